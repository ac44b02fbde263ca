import { type Clock, Heap, type HeapItem, type Timer } from "#lib";

interface Entry extends HeapItem {
  readonly atMs: number;
  readonly sequence: number;
  readonly callback: () => void;
}

/**
 * Many waits on one timer: however many pods and nodes wait, the clock holds a single timer, set for the first of them.
 * Callbacks run in order of their time, then of their entry.
 */
export class Agenda {
  readonly #clock: Clock;
  readonly #entries = new Heap<Entry>((one, other) => one.atMs < other.atMs || (one.atMs === other.atMs && one.sequence < other.sequence));
  #sequence = 0;
  #timer: Timer | undefined;
  #timerAtMs = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Waits that have not ended. */
  get size(): number {
    return this.#entries.size;
  }

  /** Runs `callback` once after `delayMs`. */
  after(delayMs: number, callback: () => void): Timer {
    const entry: Entry = { atMs: this.#clock.now() + delayMs, sequence: this.#sequence++, callback, place: -1 };
    this.#entries.add(entry);
    this.#setTimer();
    return { cancel: () => this.#entries.remove(entry) };
  }

  /** Drops every wait. */
  clear(): void {
    for (let entry = this.#entries.peek(); entry !== undefined; entry = this.#entries.peek()) this.#entries.remove(entry);
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerAtMs = Number.POSITIVE_INFINITY;
  }

  /** A timer that is early is left: it finds nothing due and sets the next. */
  #setTimer(): void {
    const first = this.#entries.peek();
    if (first === undefined || first.atMs >= this.#timerAtMs) return;
    this.#timer?.cancel();
    this.#timerAtMs = first.atMs;
    this.#timer = this.#clock.after(Math.max(first.atMs - this.#clock.now(), 0), () => this.#runDue());
  }

  #runDue(): void {
    this.#timerAtMs = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    for (let entry = this.#entries.peek(); entry !== undefined && entry.atMs <= now; entry = this.#entries.peek()) {
      this.#entries.remove(entry);
      entry.callback();
    }
    this.#setTimer();
  }
}
