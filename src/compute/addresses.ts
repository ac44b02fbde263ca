import { type AddressRange, rangesOf, toAddress, toNumber } from "#api/addresses";
import type { ScaleSetSpec } from "./compute.ts";
import { AllocationError } from "./compute.ts";

type Network = ScaleSetSpec["network"];

/** What one machine has of a network: an address of its own, and others for what runs on it. */
export interface MachineAddresses {
  readonly privateIp: string;
  readonly others: readonly AddressRange[];
}

/** Addresses of networks, each given to one machine at a time. */
export interface Addresses {
  /** Takes the lowest free ones. @throws {AllocationError} SubnetIsFull when there are not that many; then none is taken. */
  take(network: Network, count: number): string[];
  /** The same for machines that each have `others` more. @throws {AllocationError} as {@link take} */
  takeFor(network: Network, machines: number, others: number): MachineAddresses[];
  /** Takes that many in whole blocks that begin at a multiple of their size. @throws {AllocationError} as {@link take} */
  takeBlocks(network: Network, blocks: number, size: number): readonly AddressRange[];
  /** Takes the lowest free ones, as few ranges. @throws {AllocationError} as {@link take} */
  takeRanges(network: Network, count: number): readonly AddressRange[];
  /** Marks one as taken: for machines that are already stored. */
  keep(networkId: string, address: string): void;
  keepRanges(networkId: string, ranges: readonly AddressRange[]): void;
  release(networkId: string, address: string): void;
  releaseRanges(networkId: string, ranges: readonly AddressRange[]): void;
}

/**
 * Where public addresses come from, those of a prefix of one's own too.
 * Differs from AKS: they are of 198.18.0.0/15, which leads nowhere (RFC 2544), so that nobody else is ever spoken to.
 */
export const PUBLIC_NETWORK: Network = { id: "public", cidr: "198.18.0.0/15" };

/** Azure keeps the first four addresses of a subnet, and the last. Source: azure-docs virtual-network/virtual-networks-faq.md. */
const RESERVED_FIRST = 4;

export function createAddresses(): Addresses {
  const networks = new Map<string, Taken>();
  const of = (networkId: string): Taken => {
    const taken = networks.get(networkId) ?? new Taken();
    networks.set(networkId, taken);
    return taken;
  };
  const takeNumbers = (network: Network, count: number): readonly number[] => of(network.id).take(network, count);
  return {
    take: (network, count) => takeNumbers(network, count).map(toAddress),
    takeFor(network, machines, others) {
      const numbers = takeNumbers(network, machines * (others + 1));
      return Array.from({ length: machines }, (_, index) => {
        const [own = 0, ...more] = numbers.slice(index * (others + 1), (index + 1) * (others + 1));
        return { privateIp: toAddress(own), others: rangesOf(more) };
      });
    },
    takeRanges: (network, count) => rangesOf(takeNumbers(network, count)),
    takeBlocks: (network, blocks, size) => rangesOf(of(network.id).takeBlocks(network, blocks, size)),
    keep: (networkId, address) => of(networkId).keep(toNumber(address)),
    keepRanges: (networkId, ranges) => each(ranges, (number) => of(networkId).keep(number)),
    release: (networkId, address) => of(networkId).release(toNumber(address)),
    releaseRanges: (networkId, ranges) => each(ranges, (number) => of(networkId).release(number)),
  };
}

function each(ranges: readonly AddressRange[], visit: (number: number) => void): void {
  for (const { first, count } of ranges) for (let index = 0; index < count; index++) visit(toNumber(first) + index);
}

/** What is taken of one network. */
class Taken {
  readonly #numbers = new Set<number>();
  /** Of this range, all addresses before `from` are taken. */
  #full = { cidr: "", from: 0 };

  take({ id, cidr }: Network, count: number): readonly number[] {
    const { first, end } = boundsOf(cidr);
    const found: number[] = [];
    let number = this.#full.cidr === cidr ? Math.max(first, this.#full.from) : first;
    for (; number < end && found.length < count; number++) if (!this.#numbers.has(number)) found.push(number);
    if (found.length < count) throw isFull(id, cidr, count);
    for (const one of found) this.#numbers.add(one);
    this.#full = { cidr, from: number };
    return found;
  }

  takeBlocks({ id, cidr }: Network, blocks: number, size: number): readonly number[] {
    const { first, end } = boundsOf(cidr);
    const found: number[] = [];
    for (let start = Math.ceil(first / size) * size; start + size <= end + 1 && found.length < blocks * size; start += size) {
      const block = Array.from({ length: size }, (_, index) => start + index);
      if (!block.some((number) => number >= end || this.#numbers.has(number))) found.push(...block);
    }
    if (found.length < blocks * size) throw isFull(id, cidr, blocks * size);
    for (const one of found) this.#numbers.add(one);
    return found;
  }

  keep(number: number): void {
    this.#numbers.add(number);
  }

  release(number: number): void {
    this.#numbers.delete(number);
    if (number < this.#full.from) this.#full = { ...this.#full, from: number };
  }
}

/** Source: azure-aks-docs error-codes subnetisfull-error. */
function isFull(id: string, cidr: string, count: number): AllocationError {
  return new AllocationError(
    "SubnetIsFull",
    `Subnet ${id} with address prefix ${cidr} doesn't have enough capacity for ${count} IP addresses.`,
  );
}

/** The first address of a range that is for machines, and the one after the last. */
function boundsOf(cidr: string): { readonly first: number; readonly end: number } {
  const [address = "", bits = "32"] = cidr.split("/");
  const size = 2 ** (32 - Number(bits));
  const base = Math.floor(toNumber(address) / size) * size;
  return { first: base + RESERVED_FIRST, end: base + size - 1 };
}
