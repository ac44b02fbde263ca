/**
 * The blocks of one size in a range of IPv4 addresses, and which of them are taken. Blocks are handed out in turn, so one
 * that was freed is not used again at once. Source: kubernetes pkg/controller/nodeipam/ipam/cidrset/cidr_set.go.
 */
export class CidrSet {
  /** Blocks in the range. */
  readonly capacity: number;
  readonly #first: number;
  readonly #maskSize: number;
  readonly #taken = new Set<number>();
  #next = 0;

  /**
   * @param range `10.244.0.0/16`
   * @param maskSize bits of a block's network, from the range's to 32.
   * @throws {Error} when the range is none or the blocks do not fit.
   */
  constructor(range: string, maskSize: number) {
    const parsed = parseCidr(range);
    if (parsed === undefined || maskSize < parsed.maskSize || maskSize > 32)
      throw new Error(`${range} cannot be cut into blocks of /${maskSize}`);
    this.#first = parsed.address;
    this.#maskSize = maskSize;
    this.capacity = 2 ** (maskSize - parsed.maskSize);
  }

  /** A free block, now taken; undefined when there is none. */
  allocate(): string | undefined {
    if (this.#taken.size === this.capacity) return undefined;
    while (this.#taken.has(this.#next)) this.#next = (this.#next + 1) % this.capacity;
    const index = this.#next;
    this.#taken.add(index);
    this.#next = (index + 1) % this.capacity;
    return this.#block(index);
  }

  /** Marks a block as taken; one outside the range is ignored. */
  occupy(cidr: string): void {
    const index = this.#indexOf(cidr);
    if (index !== undefined) this.#taken.add(index);
  }

  /** Gives a block back; one outside the range is ignored. */
  release(cidr: string): void {
    const index = this.#indexOf(cidr);
    if (index !== undefined) this.#taken.delete(index);
  }

  #block(index: number): string {
    const address = this.#first + index * 2 ** (32 - this.#maskSize);
    const bytes = [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256);
    return `${bytes.join(".")}/${this.#maskSize}`;
  }

  #indexOf(cidr: string): number | undefined {
    const parsed = parseCidr(cidr);
    if (parsed === undefined || parsed.maskSize !== this.#maskSize) return undefined;
    const index = (parsed.address - this.#first) / 2 ** (32 - this.#maskSize);
    return index >= 0 && index < this.capacity ? index : undefined;
  }
}

function parseCidr(text: string): { readonly address: number; readonly maskSize: number } | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (match === null) return undefined;
  const [first = 256, second = 256, third = 256, fourth = 256, maskSize = 33] = match.slice(1).map(Number);
  if ([first, second, third, fourth].some((byte) => byte > 255) || maskSize > 32) return undefined;
  const address = ((first * 256 + second) * 256 + third) * 256 + fourth;
  const size = 2 ** (32 - maskSize);
  return { address: Math.floor(address / size) * size, maskSize };
}
