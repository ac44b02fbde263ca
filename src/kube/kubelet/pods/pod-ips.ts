import { type AddressRange, toAddress, toNumber } from "#api/addresses";

/** How many addresses are free, told after each that is taken, missed or given back. */
type Watcher = (free: number) => void;

/** The addresses of one node's pods. */
export class PodIps {
  readonly #ranges: { readonly first: number; readonly count: number }[] = [];
  readonly #taken = new Set<number>();
  #count = 0;
  /** Where the search begins: the place, among all addresses, after the one given out last. */
  #next = 0;
  /** Hears of changes; there is one at most. */
  watcher: Watcher | undefined;

  constructor(ranges: readonly AddressRange[]) {
    for (const range of ranges) this.add(range);
  }

  /**
   * Those of a podCIDR but the network's own, the bridge's (.1) and the broadcast.
   * @param cidr IPv4 with a prefix of 30 or less: `10.244.3.0/24`.
   */
  static ofCidr(cidr: string): PodIps {
    const [address = "", prefix = ""] = cidr.split("/");
    const count = Math.max(2 ** (32 - Number(prefix)) - 3, 0);
    return new PodIps(count === 0 ? [] : [{ first: toAddress(toNumber(address) + 2), count }]);
  }

  get size(): number {
    return this.#count;
  }

  get free(): number {
    return this.#count - this.#taken.size;
  }

  add({ first, count }: AddressRange): void {
    this.#ranges.push({ first: toNumber(first), count });
    this.#count += count;
  }

  /** A free address, the next after the one given out last; nothing when all are taken. */
  take(): string | undefined {
    let found: number | undefined;
    for (let tried = 0; tried < this.#count && this.free > 0 && found === undefined; tried++) {
      const address = this.#at((this.#next + tried) % this.#count);
      if (this.#taken.has(address)) continue;
      found = address;
      this.#taken.add(address);
      this.#next = (this.#next + tried + 1) % this.#count;
    }
    this.watcher?.(this.free);
    return found === undefined ? undefined : toAddress(found);
  }

  /** Takes this very address, when it is the node's and free. */
  reserve(ip: string): boolean {
    const address = toNumber(ip);
    if (!this.#ranges.some(({ first, count }) => address >= first && address < first + count) || this.#taken.has(address)) return false;
    this.#taken.add(address);
    return true;
  }

  release(ip: string): void {
    this.#taken.delete(toNumber(ip));
  }

  /** The address at a place among all. A node has few ranges. */
  #at(place: number): number {
    let before = 0;
    for (const { first, count } of this.#ranges) {
      if (place < before + count) return first + place - before;
      before += count;
    }
    throw new Error(`place ${place} is beyond ${this.#count} addresses`);
  }
}
