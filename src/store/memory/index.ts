import { type EngineOptions, StoreEngine } from "../engine/engine.ts";
import type { Store } from "../store.ts";
import { MemoryBackend } from "./backend.ts";

/** A new, empty store that lives as long as the process. */
export function openMemoryStore(options: EngineOptions = {}): Store {
  return new StoreEngine(new MemoryBackend(), options);
}
