/** The addresses of one node's pods: those of its podCIDR but the network's own, the bridge's (.1) and the broadcast. */
export class PodIps {
  readonly #first: number;
  readonly #count: number;
  readonly #taken = new Set<number>();
  #next = 0;

  /** @param cidr IPv4 with a prefix of 30 or less: `10.244.3.0/24`. */
  constructor(cidr: string) {
    const [address = "", prefix = ""] = cidr.split("/");
    this.#first = toNumber(address) + 2;
    this.#count = Math.max(2 ** (32 - Number(prefix)) - 3, 0);
  }

  /** A free address, the next after the one given out last; nothing when all are taken. */
  take(): string | undefined {
    for (let tried = 0; tried < this.#count && this.#taken.size < this.#count; tried++) {
      const offset = (this.#next + tried) % this.#count;
      if (this.#taken.has(offset)) continue;
      this.#taken.add(offset);
      this.#next = (offset + 1) % this.#count;
      return toText(this.#first + offset);
    }
    return undefined;
  }

  /** Takes this very address, when it is the node's and free. */
  reserve(ip: string): boolean {
    const offset = toNumber(ip) - this.#first;
    if (!(offset >= 0 && offset < this.#count) || this.#taken.has(offset)) return false;
    this.#taken.add(offset);
    return true;
  }

  release(ip: string): void {
    this.#taken.delete(toNumber(ip) - this.#first);
  }
}

function toNumber(address: string): number {
  return address.split(".").reduce((number, part) => number * 256 + Number(part), 0);
}

function toText(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");
}
