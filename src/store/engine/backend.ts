import type { KeyValue, RangeResult, StoreEvent } from "../store.ts";

/** What one commit writes. */
export interface Commit {
  /** Revision of the store afterwards. */
  readonly revision: number;
  /** In order of revision; at most one for a key and revision. */
  readonly events: readonly StoreEvent[];
  /** History up to and including this revision is forgotten with it; absent when nothing is. */
  readonly compactTo?: number;
}

export interface PageOptions {
  readonly prefix: string;
  readonly after?: string;
  readonly limit?: number;
}

/**
 * Where pairs and their history lie: what differs between the stores of this program's own. The engine above it holds the rules:
 * it calls `commit` for one commit at a time, and everything else shows the last commit that has ended.
 */
export interface Backend {
  /** What was stored when it was opened. */
  readonly opened: { readonly revision: number; readonly compactedRevision: number };
  get(key: string): KeyValue | undefined;
  page(options: PageOptions): Omit<RangeResult, "revision">;
  /** Events of later revisions than the given one, which is not compacted, of keys with the prefix, in order. */
  eventsAfter(revision: number, prefix: string): readonly StoreEvent[];
  /** Resolves when a commit had better begin, so that transactions of the same moment share it; absent when there is no gain. */
  gather?(): Promise<void>;
  /** Writes wholly or not at all; durable and visible when it returns or, if it gives a promise, when that resolves. */
  commit(commit: Commit): Promise<void> | undefined;
  close(): Promise<void>;
}
