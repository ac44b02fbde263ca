import type { KeyValue, StoreEvent } from "../store.ts";
import { decodeKey, encodeKey } from "./keys.ts";

/**
 * Rows on disk. Revisions are doubles: exact up to 2^53.
 *
 * ```
 *   current   key             →  createRevision f64 · modRevision f64 · value
 *   undo      revision f64 ·  →  kind u8 · key length u16 · key · previous, as in current (absent when there was none)
 *             index u32
 *   state     "state"         →  format u8 · revision f64 · compacted revision f64
 * ```
 * An undo row holds what its event replaced; what the event wrote is in the next undo row of the key, or in current.
 */
const NUMBER_BYTES = 8;
const PAIR_HEAD_BYTES = 2 * NUMBER_BYTES;
const UNDO_HEAD_BYTES = 3;
const UNDO_KEY_BYTES = NUMBER_BYTES + 4;
const FORMAT = 1;
const STATE_BYTES = 1 + 2 * NUMBER_BYTES;

const KIND = { put: 1, delete: 2 } as const;

export function encodePair({ createRevision, modRevision, value }: Omit<KeyValue, "key">): Buffer {
  const row = Buffer.allocUnsafe(PAIR_HEAD_BYTES + value.length);
  row.writeDoubleBE(createRevision, 0);
  row.writeDoubleBE(modRevision, NUMBER_BYTES);
  row.set(value, PAIR_HEAD_BYTES);
  return row;
}

export function decodePair(key: string, row: Buffer): KeyValue {
  return {
    key,
    value: row.subarray(PAIR_HEAD_BYTES),
    createRevision: row.readDoubleBE(0),
    modRevision: row.readDoubleBE(NUMBER_BYTES),
  };
}

/** Doubles of one sign are in order as bytes, too. */
export function encodeUndoKey(revision: number, index: number): Buffer {
  const key = Buffer.allocUnsafe(UNDO_KEY_BYTES);
  key.writeDoubleBE(revision, 0);
  key.writeUInt32BE(index, NUMBER_BYTES);
  return key;
}

export function encodeUndo(event: StoreEvent): Buffer {
  const key = encodeKey(event.key);
  const head = Buffer.allocUnsafe(UNDO_HEAD_BYTES);
  head.writeUInt8(KIND[event.kind], 0);
  head.writeUInt16BE(key.length, 1);
  return Buffer.concat(event.previous === undefined ? [head, key] : [head, key, encodePair(event.previous)]);
}

/** A change as its undo row tells it. */
export interface Undo {
  readonly kind: StoreEvent["kind"];
  readonly key: string;
  readonly revision: number;
  readonly previous?: KeyValue;
}

export function decodeUndo(undoKey: Buffer, row: Buffer): Undo {
  const keyEnd = UNDO_HEAD_BYTES + row.readUInt16BE(1);
  const key = decodeKey(row.subarray(UNDO_HEAD_BYTES, keyEnd));
  const undo = { kind: row.readUInt8(0) === KIND.put ? "put" : "delete", key, revision: undoKey.readDoubleBE(0) } as const;
  return keyEnd === row.length ? undo : { ...undo, previous: decodePair(key, row.subarray(keyEnd)) };
}

/** What a store remembers of itself. */
export interface State {
  readonly revision: number;
  readonly compactedRevision: number;
}

export function encodeState({ revision, compactedRevision }: State): Buffer {
  const row = Buffer.allocUnsafe(STATE_BYTES);
  row.writeUInt8(FORMAT, 0);
  row.writeDoubleBE(revision, 1);
  row.writeDoubleBE(compactedRevision, 1 + NUMBER_BYTES);
  return row;
}

/** @throws {Error} when another version of the program, with other rows, wrote it. */
export function decodeState(row: Buffer): State {
  const format = row.readUInt8(0);
  if (format !== FORMAT) throw new Error(`the store on disk has format ${format}; this version reads format ${FORMAT} only`);
  return { revision: row.readDoubleBE(1), compactedRevision: row.readDoubleBE(1 + NUMBER_BYTES) };
}
