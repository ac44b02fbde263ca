/** Keys in one block at most; a full one is halved. Small enough that inserting is cheap, large enough that blocks are few. */
const MAX_BLOCK = 512;

/** Texts in order of their UTF-16 code units, without duplicates, in blocks: adding and removing cost little also among many. */
export class SortedKeys {
  readonly #blocks: string[][] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds a key; nothing happens when it is in. */
  add(key: string): void {
    const last = this.#blocks.at(-1);
    if (last === undefined) this.#blocks.push([]);
    const index = Math.min(this.#blockOf(key), this.#blocks.length - 1);
    const block = this.#blocks[index] ?? [];
    const place = lowerBound(block, key);
    if (block[place] === key) return;
    block.splice(place, 0, key);
    this.#size++;
    if (block.length > MAX_BLOCK) this.#blocks.splice(index + 1, 0, block.splice(MAX_BLOCK / 2));
  }

  /** Removes a key; nothing happens when it is not in. */
  remove(key: string): void {
    const index = this.#blockOf(key);
    const block = this.#blocks[index];
    if (block === undefined) return;
    const place = lowerBound(block, key);
    if (block[place] !== key) return;
    block.splice(place, 1);
    this.#size--;
    if (block.length === 0) this.#blocks.splice(index, 1);
  }

  /** Keys that start with `prefix` and, when given, come after `after`. */
  *withPrefix(prefix: string, after?: string): Iterable<string> {
    const isAfter = after !== undefined && after >= prefix;
    const from = isAfter ? after : prefix;
    for (let index = this.#blockOf(from); index < this.#blocks.length; index++) {
      const block = this.#blocks[index] ?? [];
      for (let place = block.length > 0 ? lowerBound(block, from) : 0; place < block.length; place++) {
        const key = block[place] ?? "";
        if (isAfter && key === after) continue;
        if (!key.startsWith(prefix)) return;
        yield key;
      }
    }
  }

  /** The first block whose last key is not before the key; the number of blocks when there is none. */
  #blockOf(key: string): number {
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const last = this.#blocks[middle]?.at(-1);
      if (last !== undefined && last < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = keys[middle];
    if (other !== undefined && other < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
