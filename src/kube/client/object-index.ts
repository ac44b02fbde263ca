/** Objects by key, and by the values that named functions find in them. */
export class ObjectIndex<T> {
  readonly #objects = new Map<string, T>();
  readonly #indexes: ReadonlyMap<string, { valuesOf: (object: T) => readonly string[]; byValue: Map<string, Map<string, T>> }>;

  constructor(indexes: Readonly<Record<string, (object: T) => readonly string[]>>) {
    this.#indexes = new Map(Object.entries(indexes).map(([name, valuesOf]) => [name, { valuesOf, byValue: new Map() }]));
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  values(): IterableIterator<T> {
    return this.#objects.values();
  }

  /** @throws {TypeError} when no index has this name. */
  find(name: string, value: string): readonly T[] {
    const index = this.#indexes.get(name);
    if (index === undefined) throw new TypeError(`there is no index ${name}`);
    return [...(index.byValue.get(value)?.values() ?? [])];
  }

  /** Returns what was there before. */
  set(key: string, object: T): T | undefined {
    const previous = this.#objects.get(key);
    this.#objects.set(key, object);
    for (const { valuesOf, byValue } of this.#indexes.values()) {
      const values = valuesOf(object);
      // Most changes leave an object under the values that it has: its place in a bucket is not given up for them.
      if (previous !== undefined) for (const value of valuesOf(previous)) if (!values.includes(value)) take(byValue, value, key);
      for (const value of values) {
        let bucket = byValue.get(value);
        if (bucket === undefined) byValue.set(value, (bucket = new Map<string, T>()));
        bucket.set(key, object);
      }
    }
    return previous;
  }

  /** Returns whether it was there. */
  delete(key: string): boolean {
    const object = this.#objects.get(key);
    if (object === undefined) return false;
    this.#objects.delete(key);
    this.#drop(key, object);
    return true;
  }

  #drop(key: string, object: T): void {
    for (const { valuesOf, byValue } of this.#indexes.values()) {
      for (const value of valuesOf(object)) take(byValue, value, key);
    }
  }
}

function take<T>(byValue: Map<string, Map<string, T>>, value: string, key: string): void {
  const bucket = byValue.get(value);
  bucket?.delete(key);
  if (bucket?.size === 0) byValue.delete(value);
}
