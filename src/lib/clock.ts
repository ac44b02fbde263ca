import { assert } from "./assert.ts";
import { Heap } from "./heap.ts";

/** A timer that has been set; `cancel` is idempotent and safe after it fired. */
export interface Timer {
  cancel(): void;
}

/**
 * Where time comes from. Everything that waits, stamps or expires takes one of these; nothing outside this
 * module may touch `Date.now`, `setTimeout` or `performance.now`.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Runs `callback` once after `delayMs` (0 or more). A set timer does not keep the process alive; a sleep does. */
  after(delayMs: number, callback: () => void): Timer;
  /** Resolves after `delayMs`; rejects with the signal's reason when aborted. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/** Largest delay Node's timers take before they fire at once; longer ones are waited for in pieces. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, callback) {
    let timer: NodeJS.Timeout;
    let due: NodeJS.Immediate | undefined;
    // Node fires timers as long as any is due, also those that are set meanwhile. Callbacks that set others for at once would
    // keep it from reading and writing sockets, so they run in a turn of their own.
    // It counts as work: Node sleeps through an immediate that does not, until a socket or another timer wakes it.
    const fire = (): void => {
      due = setImmediate(callback);
    };
    const wait = (leftMs: number): void => {
      const pieceMs = Math.min(Math.max(leftMs, 0), MAX_DELAY_MS);
      timer = setTimeout(() => (leftMs > pieceMs ? wait(leftMs - pieceMs) : fire()), pieceMs);
      timer.unref();
    };
    wait(delayMs);
    return {
      cancel() {
        clearTimeout(timer);
        clearImmediate(due);
      },
    };
  },
  async sleep(delayMs, signal) {
    // Someone waits for the end of a sleep, so the process may not end before it.
    const alive = setInterval(() => undefined, MAX_DELAY_MS);
    try {
      await sleepOn(systemClock, delayMs, signal);
    } finally {
      clearInterval(alive);
    }
  },
};

/** The sleep of a clock that has timers. */
export function sleepOn(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    const abort = (): void => {
      timer.cancel();
      reject(signal?.reason as Error);
    };
    const timer = clock.after(delayMs, () => {
      signal?.removeEventListener("abort", abort);
      resolve();
    });
    signal?.addEventListener("abort", abort, { once: true });
  });
}

interface Entry {
  readonly at: number;
  readonly sequence: number;
  readonly callback: () => void;
  place: number;
}

/** Timers that may fire at one moment of a virtual clock: more are a timer that sets itself anew without end. */
const MAX_TIMERS_AT_ONCE = 1_000_000;

/**
 * A clock that moves only when told. Timers fire in order of their time, then of their setting, and between two
 * timers all pending promise callbacks run, so a test sees the same order every time.
 */
export class VirtualClock implements Clock {
  #now: number;
  #sequence = 0;
  readonly #entries = new Heap<Entry>((one, other) => one.at < other.at || (one.at === other.at && one.sequence < other.sequence));

  /** @param startMs Time of the first moment, milliseconds since the epoch. */
  constructor(startMs = Date.UTC(2019, 4, 17, 12, 0, 0)) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, callback: () => void): Timer {
    const entry = { at: this.#now + Math.max(delayMs, 0), sequence: this.#sequence++, callback, place: -1 };
    this.#entries.add(entry);
    return { cancel: () => this.#entries.remove(entry) };
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, delayMs, signal);
  }

  /** Timers that have not fired. */
  get pending(): number {
    return this.#entries.size;
  }

  /** Moves time on by `ms`, firing every timer that falls due, each at its own moment. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    let firedAtOnce = 0;
    await settle();
    for (let entry = this.#entries.peek(); entry !== undefined && entry.at <= end; entry = this.#entries.peek()) {
      firedAtOnce = entry.at > this.#now ? 0 : firedAtOnce + 1;
      assert(firedAtOnce < MAX_TIMERS_AT_ONCE, "the timers of one moment come to an end");
      this.#entries.remove(entry);
      this.#now = entry.at;
      entry.callback();
      await settle();
    }
    this.#now = end;
  }

  /**
   * Moves time on until `condition` holds, from timer to timer.
   * @throws {Error} when `limitMs` of virtual time has passed first.
   */
  async advanceUntil(condition: () => boolean | Promise<boolean>, limitMs = 86_400_000): Promise<void> {
    const end = this.#now + limitMs;
    await settle();
    while (!(await condition())) {
      const next = this.#entries.peek();
      if (next === undefined || next.at > end) throw new Error(`condition did not hold within ${limitMs} ms of virtual time`);
      await this.advance(next.at - this.#now);
    }
  }
}

/** Turns of the event loop after which promise chains of ordinary depth have run. */
const SETTLE_TURNS = 4;

async function settle(): Promise<void> {
  for (let turn = 0; turn < SETTLE_TURNS; turn++) await new Promise((resolve) => setImmediate(resolve));
}
