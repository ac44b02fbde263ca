/** What a reconcile asks for: come back after this time (a change of state wakes it anyway), or nothing more to do. */
export interface Requeue {
  readonly requeueAfterMs: number;
}

/**
 * A level-triggered loop over keys: at most one run of a key at a time, a key added while it runs runs again after,
 * and a run that throws is retried with back-off (first {@link FIRST_BACKOFF_MS}, doubling to {@link MAX_BACKOFF_MS}).
 */
export interface Reconciler {
  /** Asks for a run of the key as soon as possible. */
  enqueue(key: string): void;
  /** Resolves when nothing is queued or running; keys waiting for a time do not count. */
  idle(): Promise<void>;
  /** Takes no more keys and resolves when the runs under way have ended. */
  stop(): Promise<void>;
}

export const FIRST_BACKOFF_MS = 20;
export const MAX_BACKOFF_MS = 10_000;
