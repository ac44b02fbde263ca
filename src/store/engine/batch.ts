import { FutureRevisionError, type KeyValue, type StoreEvent, type TransactionResult } from "../store.ts";
import type { Commit } from "./backend.ts";
import { evaluate, type Transaction } from "./evaluate.ts";

/** Revisions of history that are kept at least, for watches that resume and reads of an earlier state. */
export const KEPT_REVISIONS = 10_000;
/** Revisions beyond those kept that gather before they are forgotten, so that few commits do that work. */
export const COMPACTION_STEP = 1000;

/** What waits for a commit: a transaction, or the wish to forget history up to a revision. */
export type Request =
  | { readonly transaction: Transaction; readonly resolve: (result: TransactionResult) => void; readonly reject: (error: unknown) => void }
  | { readonly compactTo: number; readonly resolve: () => void; readonly reject: (error: unknown) => void };

/** The state that a batch begins from. */
export interface Before {
  readonly revision: number;
  readonly compactedRevision: number;
  readonly get: (key: string) => KeyValue | undefined;
}

export interface Batch {
  /** Absent when there is nothing to write. */
  readonly commit: Commit | undefined;
  /** What watchers are told after the commit, one revision after the other. */
  readonly tellings: readonly { readonly revision: number; readonly events: readonly StoreEvent[] }[];
  /** Answers the requests; called after the watchers. */
  readonly settle: () => void;
}

/** Decides the requests in order, each on the state that the ones before it leave. */
export function evaluateBatch(requests: readonly Request[], before: Before): Batch {
  const written = new Map<string, KeyValue | undefined>();
  const get = (key: string): KeyValue | undefined => (written.has(key) ? written.get(key) : before.get(key));
  const tellings: { revision: number; events: readonly StoreEvent[] }[] = [];
  const answers: (() => void)[] = [];
  let { revision, compactedRevision } = before;
  for (const request of requests) {
    if ("compactTo" in request) {
      const { compactTo, resolve, reject } = request;
      const current = revision;
      if (compactTo > current) answers.push(() => reject(new FutureRevisionError(compactTo, current)));
      else answers.push(resolve);
      if (compactTo <= current) compactedRevision = Math.max(compactedRevision, compactTo);
      continue;
    }
    const outcome = evaluate(request.transaction, revision + 1, get);
    if ("events" in outcome && outcome.events.length > 0) {
      revision++;
      tellings.push({ revision, events: outcome.events });
      for (const event of outcome.events) written.set(event.key, event.kind === "put" ? event.pair : undefined);
    }
    const result =
      "events" in outcome ? { succeeded: true as const, revision } : { succeeded: false as const, revision, current: outcome.current };
    answers.push(() => request.resolve(result));
  }
  if (revision - compactedRevision >= KEPT_REVISIONS + COMPACTION_STEP) compactedRevision = revision - KEPT_REVISIONS;
  return { commit: commitOf(before, revision, compactedRevision, tellings), tellings, settle: () => answers.forEach((answer) => answer()) };
}

function commitOf(before: Before, revision: number, compactTo: number, tellings: Batch["tellings"]): Commit | undefined {
  const isCompacting = compactTo > before.compactedRevision;
  if (revision === before.revision && !isCompacting) return undefined;
  return { revision, events: tellings.flatMap(({ events }) => events), ...(isCompacting ? { compactTo } : {}) };
}
