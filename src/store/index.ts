export {
  checkRoom,
  type Compare,
  CompactedError,
  FutureRevisionError,
  type KeyValue,
  MAX_KEY_BYTES,
  MAX_OPS,
  MAX_VALUE_BYTES,
  type Op,
  type RangeOptions,
  type RangeResult,
  type Store,
  StoreClosedError,
  type StoreEvent,
  type TransactionResult,
  type ValueSource,
  ValueTooLargeError,
  type Watch,
  type WatchOptions,
} from "./store.ts";
export { type Document, type DocumentEvent, type Documents, MAX_ATTEMPTS, openDocuments } from "./documents.ts";
export { type EngineOptions } from "./engine/engine.ts";
export { type LmdbOptions, openLmdbStore } from "./lmdb/index.ts";
export { openMemoryStore } from "./memory/index.ts";
