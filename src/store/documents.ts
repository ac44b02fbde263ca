import type { Compare, Op, Store } from "./store.ts";

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
