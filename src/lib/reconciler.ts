import type { Clock, Timer } from "./clock.ts";
import type { Logger } from "./log.ts";

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

export interface ReconcilerOptions {
  /** What is reconciled, for the log. */
  readonly name: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Keys that may run at the same time; 1 or more. */
  readonly concurrency: number;
  /** Brings what the key names one step closer to what is wanted. Never called inside `enqueue`. */
  readonly reconcile: (key: string) => Promise<Requeue | void>;
}

/**
 * A reconciler. A key is in one of four places:
 *
 * ```
 *   enqueue ──▶ queued ──▶ running ──▶ (gone)
 *                 ▲  ▲        │ enqueued meanwhile: queued again
 *                 │  └────────┤
 *                 └─ waiting ◀┘ asked to come back, or threw; an enqueue ends the wait
 * ```
 */
export function createReconciler(options: ReconcilerOptions): Reconciler {
  return new KeyedReconciler(options);
}

class KeyedReconciler implements Reconciler {
  readonly #options: ReconcilerOptions;
  /** In order of arrival. */
  readonly #queued = new Set<string>();
  readonly #running = new Set<string>();
  /** Keys enqueued while they run. */
  readonly #dirty = new Set<string>();
  readonly #waiting = new Map<string, Timer>();
  /** Failures in a row, for keys that failed last. */
  readonly #failures = new Map<string, number>();
  #idleWaiters: (() => void)[] = [];
  #isStarting = false;
  #isStopped = false;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  enqueue(key: string): void {
    if (this.#isStopped) return;
    this.#waiting.get(key)?.cancel();
    this.#waiting.delete(key);
    if (this.#running.has(key)) {
      this.#dirty.add(key);
      return;
    }
    this.#queued.add(key);
    this.#startSoon();
  }

  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#idleWaiters.push(resolve);
      this.#wakeWhenIdle();
    });
  }

  stop(): Promise<void> {
    this.#isStopped = true;
    for (const timer of this.#waiting.values()) timer.cancel();
    this.#waiting.clear();
    this.#queued.clear();
    this.#dirty.clear();
    return this.idle();
  }

  /** Runs begin in a later microtask, so that who enqueues from within a watch finishes its own work first. */
  #startSoon(): void {
    if (this.#isStarting) return;
    this.#isStarting = true;
    queueMicrotask(() => {
      this.#isStarting = false;
      for (const key of this.#queued) {
        if (this.#running.size >= this.#options.concurrency) break;
        this.#queued.delete(key);
        void this.#run(key);
      }
    });
  }

  async #run(key: string): Promise<void> {
    this.#running.add(key);
    let waitMs: number | undefined;
    try {
      const requeue = await this.#options.reconcile(key);
      this.#failures.delete(key);
      waitMs = requeue?.requeueAfterMs;
    } catch (error) {
      waitMs = this.#failed(key, error);
    }
    this.#running.delete(key);
    if (this.#dirty.delete(key)) this.#queued.add(key);
    else if (waitMs !== undefined && !this.#isStopped) this.#wait(key, waitMs);
    if (this.#queued.size > 0) this.#startSoon();
    this.#wakeWhenIdle();
  }

  #failed(key: string, error: unknown): number {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    const retryAfterMs = Math.min(FIRST_BACKOFF_MS * 2 ** failures, MAX_BACKOFF_MS);
    this.#options.log.warn(`${this.#options.name}: a run failed and will be tried again`, { key, retryAfterMs, error });
    return retryAfterMs;
  }

  #wait(key: string, waitMs: number): void {
    this.#waiting.set(
      key,
      this.#options.clock.after(waitMs, () => this.enqueue(key)),
    );
  }

  #wakeWhenIdle(): void {
    if (this.#queued.size > 0 || this.#running.size > 0) return;
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const wake of waiters) wake();
  }
}
