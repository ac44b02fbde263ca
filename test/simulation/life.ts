import type { Clock, Logger, Timer } from "#lib";
import type { Store, Watch } from "#store";

/** Where in a transaction a life ends: before anything is stored, or after, when nobody has heard of it yet. */
export type EndOfLife = "before" | "after";

/** A call of a process that is no more: it never returns. */
const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

const forgotten: Watch & Timer = { close: () => undefined, cancel: () => undefined };

/**
 * One process of the service: its ways to the store, the time and the log. When it ends, as by `kill -9`, its timers and
 * watches are gone, its calls never return and nothing that it does reaches the store.
 */
export class Life {
  readonly #base: Store;
  readonly #time: Clock;
  readonly #onDefect: (message: string, error: unknown) => void;
  readonly #timers = new Set<Timer>();
  readonly #watches = new Set<Watch>();
  #isOver = false;
  #transactionsLeft = Number.POSITIVE_INFINITY;
  #ending: EndOfLife = "before";

  constructor(base: Store, time: Clock, onDefect: (message: string, error: unknown) => void) {
    this.#base = base;
    this.#time = time;
    this.#onDefect = onDefect;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  end(): void {
    this.#isOver = true;
    for (const timer of this.#timers) timer.cancel();
    for (const watch of this.#watches) watch.close();
    this.#timers.clear();
    this.#watches.clear();
  }

  /** Ends in the `count`-th transaction from now. */
  endIn(count: number, ending: EndOfLife): void {
    this.#transactionsLeft = count;
    this.#ending = ending;
  }

  get store(): Store {
    const base = this.#base;
    const alive = <T>(call: () => Promise<T>): Promise<T> => (this.#isOver ? never() : call());
    return {
      revision: () => base.revision(),
      compactedRevision: () => base.compactedRevision(),
      get: (key) => alive(() => base.get(key)),
      range: (options) => alive(() => base.range(options)),
      transact: (compares, ops) =>
        alive(async () => {
          if (--this.#transactionsLeft > 0) return base.transact(compares, ops);
          this.end();
          if (this.#ending === "after") await base.transact(compares, ops);
          return never();
        }),
      watch: (options, onEvents) => {
        if (this.#isOver) return forgotten;
        const watch = base.watch(options, (events) => {
          if (!this.#isOver) onEvents(events);
        });
        this.#watches.add(watch);
        return {
          close: () => {
            this.#watches.delete(watch);
            watch.close();
          },
        };
      },
      compact: (revision) => alive(() => base.compact(revision)),
      close: () => Promise.resolve(),
    };
  }

  get clock(): Clock {
    const after = (delayMs: number, callback: () => void): Timer => {
      if (this.#isOver) return forgotten;
      const timer = this.#time.after(delayMs, () => {
        this.#timers.delete(timer);
        callback();
      });
      this.#timers.add(timer);
      return {
        cancel: () => {
          this.#timers.delete(timer);
          timer.cancel();
        },
      };
    };
    return {
      now: () => this.#time.now(),
      after,
      sleep: (delayMs, signal) =>
        new Promise((resolve, reject) => {
          if (signal?.aborted) return reject(signal.reason as Error);
          const abort = (): void => {
            timer.cancel();
            reject(signal?.reason as Error);
          };
          const timer = after(delayMs, () => {
            signal?.removeEventListener("abort", abort);
            resolve();
          });
          signal?.addEventListener("abort", abort, { once: true });
        }),
    };
  }

  /** A log for which an error is a broken promise. What a dead process says is not heard. */
  get log(): Logger {
    const ignore = (): void => undefined;
    const log: Logger = {
      debug: ignore,
      info: ignore,
      warn: ignore,
      error: (message, fields) => {
        if (!this.#isOver) this.#onDefect(message, fields?.["error"]);
      },
      with: () => log,
    };
    return log;
  }
}
