/** A stored pair with its history. Revisions are those of etcd: one counter for the whole store, one step a transaction. */
export interface KeyValue {
  readonly key: string;
  readonly value: Uint8Array;
  /** What the value is made from whenever it is asked for; absent when it is kept. */
  readonly source?: ValueSource;
  /** Revision of the transaction that first put the key since it was last absent. */
  readonly createRevision: number;
  /** Revision of the transaction that last put the key. */
  readonly modRevision: number;
}

/** A value that is put into bytes whenever they are asked for, and not kept. They are the same each time. */
export interface ValueSource {
  /** Of the bytes. */
  readonly length: number;
  bytes(): Uint8Array;
}

/** Holds when the key's `modRevision` is the given one; 0 means the key is absent. */
export interface Compare {
  readonly key: string;
  readonly modRevision: number;
}

/** A change. Deleting an absent key is no change. */
export type Op =
  | { readonly kind: "put"; readonly key: string; readonly value: Uint8Array | ValueSource }
  | { readonly kind: "delete"; readonly key: string };

export type TransactionResult =
  | { readonly succeeded: true; readonly revision: number }
  /** `current` holds, in the order of the compares, what is stored instead. */
  | { readonly succeeded: false; readonly revision: number; readonly current: readonly (KeyValue | undefined)[] };

export interface RangeOptions {
  /** Every key that starts with this text; keys come in order of their UTF-16 code units. */
  readonly prefix: string;
  /** Only keys after this one: where the previous page ended. */
  readonly after?: string;
  /** Pairs at most; no bound when absent. */
  readonly limit?: number;
  /** State as of this revision. @throws {CompactedError} when it has been compacted, {FutureRevisionError} when it is yet to come. */
  readonly revision?: number;
}

export interface RangeResult {
  /** The revision that the pairs are the state of. */
  readonly revision: number;
  readonly pairs: readonly KeyValue[];
  /** Pairs that match and come after the last one returned. */
  readonly remaining: number;
}

/** One change as watchers see it. `previous` is what the change replaced. */
export type StoreEvent =
  | { readonly kind: "put"; readonly key: string; readonly pair: KeyValue; readonly previous?: KeyValue; readonly revision: number }
  | { readonly kind: "delete"; readonly key: string; readonly previous: KeyValue; readonly revision: number };

export interface WatchOptions {
  readonly prefix: string;
  /** First revision of interest, also one to come; only what comes from now on when absent. @throws {CompactedError} when compacted. */
  readonly fromRevision?: number;
}

export interface Watch {
  close(): void;
}

/** The revision asked for is gone; etcd's ErrCompacted. Doors answer 410 Gone. */
export class CompactedError extends Error {
  readonly requested: number;
  readonly compacted: number;

  constructor(requested: number, compacted: number) {
    super(`required revision ${requested} has been compacted (compacted revision ${compacted})`);
    this.requested = requested;
    this.compacted = compacted;
  }
}

/** The revision asked for has not been written; etcd's ErrFutureRev. */
export class FutureRevisionError extends Error {
  readonly requested: number;
  readonly current: number;

  constructor(requested: number, current: number) {
    super(`required revision ${requested} is a future revision (current revision ${current})`);
    this.requested = requested;
    this.current = current;
  }
}

/** The store has been closed, or a write to its disk has failed (then `cause` says why) and only a restart can tell what is stored. */
export class StoreClosedError extends Error {}

/**
 * A multi-version key-value store with etcd's semantics: it sees keys, bytes and revisions, never a kind of object.
 *
 * - A transaction applies wholly or not at all, takes the next revision, and is durable before its promise resolves.
 * - Its effects show to `get`, `range` and watchers only once it is durable; compares see every earlier transaction.
 * - Watchers are called synchronously, in order of revision, before the transaction's promise resolves: who keeps a
 *   cache by watching has it up to date when its own write returns.
 * - A watcher that throws is a defect: it never harms the transaction.
 * - Values are handed over: who puts or reads one never changes its bytes.
 */
export interface Store {
  /** Revision of the last visible transaction; 1 for an empty store. */
  revision(): number;
  /** Revisions up to and including this one can no longer be read or watched from; 0 when none. */
  compactedRevision(): number;
  get(key: string): Promise<KeyValue | undefined>;
  range(options: RangeOptions): Promise<RangeResult>;
  /**
   * When all compares hold, applies the ops: of several on one key the last counts. A transaction of no effective change
   * keeps the revision. At most {@link MAX_OPS} ops, {@link MAX_KEY_BYTES} a key and {@link MAX_VALUE_BYTES} a value.
   * @throws {RangeError} when it is larger than that; {@link ValueTooLargeError} for a value.
   */
  transact(compares: readonly Compare[], ops: readonly Op[]): Promise<TransactionResult>;
  /** Past events of `fromRevision` and later are delivered before this returns; then live ones, a call per transaction. */
  watch(options: WatchOptions, onEvents: (events: readonly StoreEvent[]) => void): Watch;
  /** Forgets history up to and including `revision`; what is current stays. @throws {FutureRevisionError} */
  compact(revision: number): Promise<void>;
  /** Waits for what is under way, then lets go of files. Later calls reject. */
  close(): Promise<void>;
}

/** Ops in one transaction at most: etcd's default is 128; group deletes here are larger. */
export const MAX_OPS = 4096;
/** Bytes of one key at most, and at least one: what a page of the embedded store takes. */
export const MAX_KEY_BYTES = 1900;
/** Bytes of one value at most: etcd's default request limit. */
export const MAX_VALUE_BYTES = 1_572_864;
/** Bytes of a value that a caller may bring at most: the rest is left for what the program itself adds to it later. */
const MAX_BROUGHT_BYTES = 1_048_576;

/** A value has more bytes than it may have. */
export class ValueTooLargeError extends RangeError {}

/** Refuses what a caller brings when too little room would be left. @throws {ValueTooLargeError} */
export function checkRoom(ops: readonly Op[]): void {
  const large = ops.find((op) => op.kind === "put" && op.value.length > MAX_BROUGHT_BYTES);
  if (large !== undefined) throw new ValueTooLargeError(`a caller may bring ${MAX_BROUGHT_BYTES} bytes: ${large.key}`);
}
