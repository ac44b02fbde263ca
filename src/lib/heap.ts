/** A thing that knows its place in a {@link Heap}; -1 outside of one. */
export interface HeapItem {
  place: number;
}

/** A queue by order: the first is found at once; adding and removing anywhere take a logarithmic time. */
export class Heap<T extends HeapItem> {
  readonly #items: T[] = [];
  readonly #isBefore: (one: T, other: T) => boolean;

  /** @param isBefore A strict order. */
  constructor(isBefore: (one: T, other: T) => boolean) {
    this.#isBefore = isBefore;
  }

  get size(): number {
    return this.#items.length;
  }

  /** The first of the order, left in place. */
  peek(): T | undefined {
    return this.#items[0];
  }

  /** Adds an item that is in no heap. */
  add(item: T): void {
    this.#items.push(item);
    this.#rise(item, this.#items.length - 1);
  }

  /** Takes the item out; nothing happens when it is not in. */
  remove(item: T): void {
    const { place } = item;
    if (this.#items[place] !== item) return;
    item.place = -1;
    const last = this.#items.pop();
    if (last === undefined || last === item) return;
    this.#rise(last, place);
    this.#sink(last, last.place);
  }

  #rise(item: T, from: number): void {
    let place = from;
    while (place > 0) {
      const parentPlace = (place - 1) >> 1;
      const parent = this.#items[parentPlace];
      if (parent === undefined || !this.#isBefore(item, parent)) break;
      this.#set(parent, place);
      place = parentPlace;
    }
    this.#set(item, place);
  }

  #sink(item: T, from: number): void {
    let place = from;
    for (let child = this.#firstChild(place); child !== undefined && this.#isBefore(child, item); child = this.#firstChild(place)) {
      const childPlace = child.place;
      this.#set(child, place);
      place = childPlace;
    }
    this.#set(item, place);
  }

  #firstChild(place: number): T | undefined {
    const left = this.#items[2 * place + 1];
    const right = this.#items[2 * place + 2];
    return left !== undefined && right !== undefined && this.#isBefore(right, left) ? right : left;
  }

  #set(item: T, place: number): void {
    this.#items[place] = item;
    item.place = place;
  }
}
