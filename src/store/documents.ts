import { assert } from "#lib";
import { SortedKeys } from "./sorted-keys.ts";
import type { Compare, KeyValue, Op, RangeResult, Store, StoreEvent, Watch } from "./store.ts";

/** A decoded JSON document and the revision that wrote it. `value` is shared: it must never be changed in place. */
export interface Document<T> {
  readonly id: string;
  readonly value: T;
  readonly revision: number;
}

/** What happened to a document. */
export type DocumentEvent<T> =
  | { readonly kind: "put"; readonly document: Document<T>; readonly previous?: Document<T> }
  | { readonly kind: "delete"; readonly previous: Document<T>; readonly revision: number };

/**
 * Typed JSON documents under one key prefix, kept decoded in memory and up to date by a watch.
 * An id may hold `/`; ids are ordered as keys are.
 */
export interface Documents<T> {
  readonly store: Store;
  get(id: string): Document<T> | undefined;
  /** Documents whose id starts with `prefix` (all when absent), in order of id. */
  list(prefix?: string): readonly Document<T>[];
  /** Holds when the document is as `document` says: at that revision, or absent. For {@link Store.transact}. */
  unchanged(id: string, document: Document<T> | undefined): Compare;
  put(id: string, value: T): Op;
  remove(id: string): Op;
  /** Calls back, synchronously as the store does, for each change from now on. Returns the way to stop. */
  subscribe(onEvent: (event: DocumentEvent<T>) => void): () => void;
  /**
   * Reads, changes, writes, and tries again when another writer came between, at most {@link MAX_ATTEMPTS} times.
   * `change` gets the present value and returns the next one, or undefined to leave it. Returns what is stored then.
   */
  update(id: string, change: (value: T) => T | undefined): Promise<Document<T> | undefined>;
  close(): void;
}

export const MAX_ATTEMPTS = 16;

/** The documents under the prefix, which are from then on the store's own way to hold JSON there. */
export async function openDocuments<T>(store: Store, prefix: string): Promise<Documents<T>> {
  const { pairs, revision } = await store.range({ prefix });
  return new CachedDocuments<T>(store, prefix, { pairs, revision });
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

class CachedDocuments<T> implements Documents<T> {
  readonly store: Store;
  readonly #prefix: string;
  readonly #documents = new Map<string, Document<T>>();
  readonly #ids = new SortedKeys();
  readonly #subscribers = new Set<(event: DocumentEvent<T>) => void>();
  readonly #watch: Watch;

  constructor(store: Store, prefix: string, { pairs, revision }: Pick<RangeResult, "pairs" | "revision">) {
    this.store = store;
    this.#prefix = prefix;
    for (const pair of pairs) this.#keep(this.#decode(pair));
    this.#watch = store.watch({ prefix, fromRevision: revision + 1 }, (events) => this.#apply(events));
  }

  get(id: string): Document<T> | undefined {
    return this.#documents.get(id);
  }

  list(prefix = ""): readonly Document<T>[] {
    const documents: Document<T>[] = [];
    for (const id of this.#ids.withPrefix(prefix)) {
      const document = this.#documents.get(id);
      if (document !== undefined) documents.push(document);
    }
    return documents;
  }

  unchanged(id: string, document: Document<T> | undefined): Compare {
    return { key: this.#prefix + id, modRevision: document?.revision ?? 0 };
  }

  put(id: string, value: T): Op {
    return this.#put(id, value);
  }

  remove(id: string): Op {
    return { kind: "delete", key: this.#prefix + id };
  }

  subscribe(onEvent: (event: DocumentEvent<T>) => void): () => void {
    this.#subscribers.add(onEvent);
    return () => void this.#subscribers.delete(onEvent);
  }

  async update(id: string, change: (value: T) => T | undefined): Promise<Document<T> | undefined> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const document = this.#documents.get(id);
      const next = document && change(document.value);
      if (next === undefined) return document;
      const op = this.#put(id, next);
      const { succeeded, revision } = await this.store.transact([this.unchanged(id, document)], [op]);
      if (succeeded) return this.#decode({ key: op.key, value: op.value, modRevision: revision });
    }
    throw new Error(`document ${this.#prefix}${id} was changed by others at each of ${MAX_ATTEMPTS} attempts`);
  }

  close(): void {
    this.#watch.close();
    this.#subscribers.clear();
  }

  /** All of a transaction is in place before anyone hears of any of it. */
  #apply(events: readonly StoreEvent[]): void {
    const told = events.map((event) => this.#applyOne(event));
    for (const event of told) for (const subscriber of this.#subscribers) subscriber(event);
  }

  #applyOne(event: StoreEvent): DocumentEvent<T> {
    const id = event.key.slice(this.#prefix.length);
    const previous = this.#documents.get(id);
    if (event.kind === "delete") {
      assert(previous !== undefined, "a deleted document was known");
      this.#documents.delete(id);
      this.#ids.remove(id);
      return { kind: "delete", previous, revision: event.revision };
    }
    const document = this.#decode(event.pair);
    this.#keep(document);
    return previous === undefined ? { kind: "put", document } : { kind: "put", document, previous };
  }

  #put(id: string, value: T): Op & { kind: "put"; value: Uint8Array } {
    return { kind: "put", key: this.#prefix + id, value: encoder.encode(JSON.stringify(value)) };
  }

  #keep(document: Document<T>): void {
    if (!this.#documents.has(document.id)) this.#ids.add(document.id);
    this.#documents.set(document.id, document);
  }

  #decode({ key, value, modRevision }: Omit<KeyValue, "createRevision">): Document<T> {
    return { id: key.slice(this.#prefix.length), value: JSON.parse(decoder.decode(value)) as T, revision: modRevision };
  }
}
