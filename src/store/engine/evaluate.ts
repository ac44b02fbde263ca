import {
  type Compare,
  type KeyValue,
  MAX_KEY_BYTES,
  MAX_OPS,
  MAX_VALUE_BYTES,
  type Op,
  type StoreEvent,
  type ValueSource,
  ValueTooLargeError,
} from "../store.ts";

/** Bytes that one UTF-16 code unit takes at most in a stored key. */
const MAX_BYTES_PER_UNIT = 3;

/** @throws {RangeError} when a transaction is larger than the limits of a store. */
export function checkSize(ops: readonly Op[]): void {
  if (ops.length > MAX_OPS) throw new RangeError(`a transaction has at most ${MAX_OPS} ops, not ${ops.length}`);
  for (const op of ops) {
    const isLong = op.key.length * MAX_BYTES_PER_UNIT > MAX_KEY_BYTES && keyBytes(op.key) > MAX_KEY_BYTES;
    if (op.key.length === 0 || isLong) throw new RangeError(`a key has 1 to ${MAX_KEY_BYTES} bytes: ${op.key.slice(0, 64)}`);
    if (op.kind === "put" && op.value.length > MAX_VALUE_BYTES) {
      throw new ValueTooLargeError(`a value has at most ${MAX_VALUE_BYTES} bytes, not ${op.value.length}: ${op.key}`);
    }
  }
}

function keyBytes(key: string): number {
  let bytes = 0;
  for (let index = 0; index < key.length; index++) {
    const unit = key.charCodeAt(index);
    bytes += unit < 0x80 ? 1 : unit < 0x800 ? 2 : MAX_BYTES_PER_UNIT;
  }
  return bytes;
}

export interface Transaction {
  readonly compares: readonly Compare[];
  readonly ops: readonly Op[];
}

/** Events of the transaction if its compares hold (none when it changes nothing), else the pairs that are stored instead. */
export type Evaluation = { readonly events: readonly StoreEvent[] } | { readonly current: readonly (KeyValue | undefined)[] };

/**
 * What a transaction does to the state that `get` reads.
 * @param revision The one it takes if it changes anything.
 */
export function evaluate({ compares, ops }: Transaction, revision: number, get: (key: string) => KeyValue | undefined): Evaluation {
  if (compares.length > 0) {
    const current = compares.map(({ key }) => get(key));
    const holds = compares.every(({ modRevision }, index) => (current[index]?.modRevision ?? 0) === modRevision);
    if (!holds) return { current };
  }
  const events: StoreEvent[] = [];
  for (const op of lastOps(ops)) {
    const event = eventOf(op, revision, get(op.key));
    if (event !== undefined) events.push(event);
  }
  return { events };
}

function lastOps(ops: readonly Op[]): Iterable<Op> {
  return ops.length < 2 ? ops : new Map(ops.map((op) => [op.key, op])).values();
}

function eventOf(op: Op, revision: number, previous: KeyValue | undefined): StoreEvent | undefined {
  const { key } = op;
  if (op.kind === "delete") return previous && { kind: "delete", key, previous, revision };
  const pair = pairOf(op, previous?.createRevision ?? revision, revision);
  return previous === undefined ? { kind: "put", key, pair, revision } : { kind: "put", key, pair, previous, revision };
}

function pairOf({ key, value }: Extract<Op, { kind: "put" }>, createRevision: number, modRevision: number): KeyValue {
  return value instanceof Uint8Array
    ? { key, value, createRevision, modRevision }
    : new SourcedPair(key, value, createRevision, modRevision);
}

/** A pair whose value is not kept. */
class SourcedPair implements KeyValue {
  readonly key: string;
  readonly source: ValueSource;
  readonly createRevision: number;
  readonly modRevision: number;

  constructor(key: string, source: ValueSource, createRevision: number, modRevision: number) {
    this.key = key;
    this.source = source;
    this.createRevision = createRevision;
    this.modRevision = modRevision;
  }

  get value(): Uint8Array {
    return this.source.bytes();
  }
}
