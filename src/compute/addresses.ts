import type { ScaleSetSpec } from "./compute.ts";
import { AllocationError } from "./compute.ts";

/** Addresses of networks, each given to one machine at a time. */
export interface Addresses {
  /** Takes the lowest free ones. @throws {AllocationError} SubnetIsFull when there are not that many; then none is taken. */
  take(network: ScaleSetSpec["network"], count: number): string[];
  /** Marks one as taken: for machines that are already stored. */
  keep(networkId: string, address: string): void;
  release(networkId: string, address: string): void;
}

/**
 * Where public addresses come from, those of a prefix of one's own too.
 * Differs from AKS: they are of 198.18.0.0/15, which leads nowhere (RFC 2544), so that nobody else is ever spoken to.
 */
export const PUBLIC_NETWORK: ScaleSetSpec["network"] = { id: "public", cidr: "198.18.0.0/15" };

/** Azure keeps the first four addresses of a subnet, and the last. Source: azure-docs virtual-network/virtual-networks-faq.md. */
const RESERVED_FIRST = 4;

export function createAddresses(): Addresses {
  const taken = new Map<string, Set<number>>();
  const of = (networkId: string): Set<number> => {
    const set = taken.get(networkId) ?? new Set();
    taken.set(networkId, set);
    return set;
  };
  return {
    take({ id, cidr }, count) {
      const used = of(id);
      const { base, size } = parseCidr(cidr);
      const found: number[] = [];
      for (let offset = RESERVED_FIRST; offset < size - 1 && found.length < count; offset++)
        if (!used.has(base + offset)) found.push(base + offset);
      if (found.length < count) {
        // Source: azure-aks-docs error-codes subnetisfull-error.
        throw new AllocationError(
          "SubnetIsFull",
          `Subnet ${id} with address prefix ${cidr} doesn't have enough capacity for ${count} IP addresses.`,
        );
      }
      for (const address of found) used.add(address);
      return found.map(formatAddress);
    },
    keep: (networkId, address) => void of(networkId).add(parseAddress(address)),
    release: (networkId, address) => void of(networkId).delete(parseAddress(address)),
  };
}

function parseCidr(cidr: string): { base: number; size: number } {
  const [address = "", bits = "32"] = cidr.split("/");
  const size = 2 ** (32 - Number(bits));
  return { base: Math.floor(parseAddress(address) / size) * size, size };
}

function parseAddress(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}
