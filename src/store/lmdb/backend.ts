import { chmodSync, mkdirSync } from "node:fs";
import type { Database, RootDatabase, Transaction } from "lmdb";
import { assert } from "#lib";
import type { Backend, Commit, PageOptions } from "../engine/backend.ts";
import type { KeyValue, RangeResult, StoreEvent } from "../store.ts";
import { decodeKey, encodeKey, endOf } from "./keys.ts";
import {
  decodePair,
  decodeState,
  decodeUndo,
  encodePair,
  encodeState,
  encodeUndo,
  encodeUndoKey,
  type State,
  type Undo,
} from "./records.ts";

type Table = Database<Buffer, Buffer>;

const BINARY = { encoding: "binary", keyEncoding: "binary" } as const;
const STATE_KEY = Buffer.from("state");
/** Address space to begin with; the file grows as it fills, and the map with it. */
const MAP_BYTES = 2 ** 30;
const OWNER_ONLY = 0o700;
const NEW_STATE: State = { revision: 1, compactedRevision: 0 };

/**
 * Keeps pairs in LMDB. Reads go to a snapshot that is exchanged when a commit has reached the disk, so that what is
 * written but not yet durable shows to nobody.
 */
export class LmdbBackend implements Backend {
  readonly opened: State;
  readonly #root: RootDatabase<Buffer, Buffer>;
  readonly #current: Table;
  readonly #undo: Table;
  #snapshot: Transaction;
  #compactedRevision: number;

  /** The folder is made when it is not there, and kept from other users of the machine: what is stored holds keys. */
  constructor(open: typeof import("lmdb").open, directory: string) {
    mkdirSync(directory, { recursive: true, mode: OWNER_ONLY });
    chmodSync(directory, OWNER_ONLY);
    this.#root = open<Buffer, Buffer>({ path: directory, noSubdir: false, mapSize: MAP_BYTES, ...BINARY });
    this.#current = this.#root.openDB({ name: "current", ...BINARY });
    this.#undo = this.#root.openDB({ name: "undo", ...BINARY });
    this.#snapshot = this.#root.useReadTransaction();
    const row = this.#root.get(STATE_KEY);
    this.opened = row === undefined ? NEW_STATE : decodeState(row);
    this.#compactedRevision = this.opened.compactedRevision;
  }

  get(key: string): KeyValue | undefined {
    const row = this.#current.get(encodeKey(key), { transaction: this.#snapshot });
    return row && decodePair(key, row);
  }

  page({ prefix, after, limit }: PageOptions): Omit<RangeResult, "revision"> {
    const bytes = encodeKey(prefix);
    const isAfter = after !== undefined && after >= prefix;
    const range = { start: isAfter ? encodeKey(after) : bytes, exclusiveStart: isAfter, end: endOf(bytes), transaction: this.#snapshot };
    const rows = this.#current.getRange(limit === undefined ? range : { ...range, limit });
    const pairs = [...rows].map(({ key, value }) => decodePair(decodeKey(key), value));
    const isWhole = limit === undefined || pairs.length < limit;
    return { pairs, remaining: isWhole ? 0 : this.#current.getKeysCount(range) - pairs.length };
  }

  eventsAfter(revision: number, prefix: string): readonly StoreEvent[] {
    const undos: Undo[] = [];
    for (const { key, value } of this.#undo.getRange({ start: encodeUndoKey(revision + 1, 0), transaction: this.#snapshot })) {
      const undo = decodeUndo(key, value);
      if (undo.key.startsWith(prefix)) undos.push(undo);
    }
    const later = new Map<string, KeyValue | undefined>();
    const events: StoreEvent[] = [];
    for (const undo of undos.toReversed()) {
      events.push(eventOf(undo, later.has(undo.key) ? later.get(undo.key) : this.get(undo.key)));
      later.set(undo.key, undo.previous);
    }
    return events.reverse();
  }

  gather(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  async commit({ events, revision, compactTo = this.#compactedRevision }: Commit): Promise<void> {
    const forgotten = this.#undoKeysOf(compactTo);
    await this.#root.batch(() => {
      for (const [index, event] of events.entries()) this.#write(event, index);
      for (const key of forgotten) void this.#undo.remove(key);
      void this.#root.put(STATE_KEY, encodeState({ revision, compactedRevision: compactTo }));
    });
    await this.#root.flushed;
    this.#compactedRevision = compactTo;
    const former = this.#snapshot;
    this.#root.resetReadTxn();
    this.#snapshot = this.#root.useReadTransaction();
    former.done();
  }

  async close(): Promise<void> {
    this.#snapshot.done();
    await this.#root.close();
  }

  /** Keys of the undo rows that a compaction to the revision removes. */
  #undoKeysOf(revision: number): Buffer[] {
    if (revision === this.#compactedRevision) return [];
    return [...this.#undo.getKeys({ start: encodeUndoKey(0, 0), end: encodeUndoKey(revision + 1, 0), transaction: this.#snapshot })];
  }

  #write(event: StoreEvent, index: number): void {
    const key = encodeKey(event.key);
    void this.#undo.put(encodeUndoKey(event.revision, index), encodeUndo(event));
    if (event.kind === "put") void this.#current.put(key, encodePair(event.pair));
    else void this.#current.remove(key);
  }
}

function eventOf({ kind, key, revision, previous }: Undo, pair: KeyValue | undefined): StoreEvent {
  if (kind === "delete") {
    assert(previous !== undefined, "what is deleted was there");
    return { kind, key, previous, revision };
  }
  assert(pair?.modRevision === revision, "the next undo row of a key, or its current row, holds what a put wrote");
  return previous === undefined ? { kind, key, pair, revision } : { kind, key, pair, previous, revision };
}
