import { type EngineOptions, StoreEngine } from "../engine/engine.ts";
import type { Store } from "../store.ts";
import { LmdbBackend } from "./backend.ts";

export interface LmdbOptions extends EngineOptions {
  /** Folder that is the store's own; made when absent. Only one process may have it open. */
  readonly directory: string;
}

/**
 * The store on disk in the folder.
 * @throws {Error} when it cannot be read, or a version of this program with another format wrote it.
 */
export async function openLmdbStore({ directory, ...options }: LmdbOptions): Promise<Store> {
  const { open } = await import("lmdb");
  return new StoreEngine(new LmdbBackend(open, directory), options);
}
