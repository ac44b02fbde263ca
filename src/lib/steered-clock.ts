import { type Clock, sleepOn, type Timer } from "./clock.ts";
import { Heap } from "./heap.ts";
import type { Logger } from "./log.ts";

/** What is kept of a steered clock, so that its time never goes backwards. */
export interface ClockRecord {
  /** Milliseconds since the epoch: time has not been shown to anybody beyond this. */
  readonly nowMs: number;
  /** How many times as fast as the machine's clock it runs. */
  readonly scale: number;
  readonly isPaused: boolean;
}

export interface SteeredClockOptions {
  /** The machine's. */
  readonly wall: Clock;
  /** Where it goes on from. */
  readonly from: ClockRecord;
  /** Resolves when all that the timers of a moment began has ended, but for what waits for a later moment. */
  readonly settle: () => Promise<void>;
  /** Keeps the record; durable when it resolves. Called for one record at a time, in order. */
  readonly save: (record: ClockRecord) => Promise<void>;
  readonly log: Logger;
}

/** Time is being advanced, and nobody else may steer it meanwhile. */
export class ClockBusyError extends Error {}

/** An advance took too long; time stands where it has come to. */
export class ClockLateError extends Error {
  readonly reachedMs: number;

  constructor(reachedMs: number) {
    super(`the clock came to ${new Date(reachedMs).toISOString()} and no further in the time that it was given`);
    this.reachedMs = reachedMs;
  }
}

interface Entry {
  readonly atMs: number;
  readonly sequence: number;
  readonly callback: () => void;
  place: number;
}

interface Goal {
  readonly atMs: number;
  readonly wallEndMs: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  hasSettled: boolean;
}

/** How far beyond the present a record lets time go: so much virtual time may be lost, and only forwards, when the process is killed. */
export const RESERVE_MS = 60_000;
/** The same for a clock that is advanced: it comes there soon anyway, and keeping records takes most of its time. */
const ADVANCE_RESERVE_MS = 300_000;
/** A clock that runs fast reserves what it covers in this much of the machine's time, lest it do nothing but keep records. */
const RESERVE_WALL_MS = 1000;
/** Machine's time that a running clock catches up with; the rest, as after the machine slept, does not pass. */
const MAX_LAG_MS = 5000;

/** Timers of so many milliseconds fire together when time has to catch up or is advanced: thousands of nodes have many. */
const MOMENT_MS = 10;

function upToMoment(atMs: number): number {
  return Math.ceil(atMs / MOMENT_MS) * MOMENT_MS;
}

/**
 * A clock that runs as fast as told, stands still, or is moved on. Time goes from timer to timer: those of one moment fire together,
 * in the order in which they were set, and time stands until what they began has settled. So what happens does not depend on how
 * fast time goes; when the machine cannot keep up, time takes longer. Timers fire never early, at whole milliseconds, the next one at
 * the soonest; up to {@link MOMENT_MS} are one moment unless time goes by itself and keeps up.
 *
 * ```
 *   running ──pause──▶ paused          both: advance(2h) ──▶ timer, settle, timer, settle … ──▶ as before, two hours later
 *      ▲──resume─────────┘
 * ```
 */
export class SteeredClock implements Clock {
  readonly #options: SteeredClockOptions;
  readonly #entries = new Heap<Entry>((one, other) => one.atMs < other.atMs || (one.atMs === other.atMs && one.sequence < other.sequence));
  #sequence = 0;
  #now: number;
  #scale: number;
  #isPaused: boolean;
  /** The machine's time at which a running clock would have shown the other. */
  #base: { readonly wallMs: number; readonly atMs: number };
  #wallMs: number;
  #goal: Goal | undefined;
  /** Time does not go beyond this before a record of more is kept. */
  #reservedMs: number;
  #saving: Promise<void> = Promise.resolve();
  #driving: Promise<void> | undefined;
  #isStepping = false;
  #wake: { readonly atMs: number; readonly timer: Timer } | undefined;
  #isStopped = false;

  constructor(options: SteeredClockOptions) {
    this.#options = options;
    const { nowMs, scale, isPaused } = options.from;
    this.#now = this.#reservedMs = Math.ceil(nowMs);
    this.#scale = scale;
    this.#isPaused = isPaused;
    this.#wallMs = options.wall.now();
    this.#base = { wallMs: this.#wallMs, atMs: this.#now };
    this.#arm();
  }

  now(): number {
    if (this.#isPaused || this.#isStepping || this.#goal !== undefined) return this.#now;
    const most = Math.min(this.#entries.peek()?.atMs ?? Number.POSITIVE_INFINITY, this.#reservedMs);
    return (this.#now = Math.max(this.#now, Math.min(Math.floor(this.#target()), most)));
  }

  after(delayMs: number, callback: () => void): Timer {
    const entry = { atMs: Math.ceil(this.now() + Math.max(delayMs, 1)), sequence: this.#sequence++, callback, place: -1 };
    this.#entries.add(entry);
    this.#arm();
    return { cancel: () => this.#entries.remove(entry) };
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, delayMs, signal);
  }

  /** How it goes. `isAdvancing`: somebody is moving time on. */
  state(): ClockRecord & { readonly isAdvancing: boolean } {
    return { nowMs: this.now(), scale: this.#scale, isPaused: this.#isPaused, isAdvancing: this.#goal !== undefined };
  }

  /** Where time is being moved to, milliseconds since the epoch; 0 when it goes by itself. */
  movesTo(): number {
    return this.#goal?.atMs ?? 0;
  }

  /** Stops time; resolves when that is kept. @throws {ClockBusyError} */
  async pause(): Promise<void> {
    this.#steer(this.#scale, true);
    await this.#save(this.#now);
  }

  /** Lets time go on; resolves when that is kept. @throws {ClockBusyError} */
  async resume(): Promise<void> {
    this.#steer(this.#scale, false);
    await this.#reserve(this.#now);
    this.#arm();
  }

  /** Sets how many times as fast as the machine's time it runs, above 0, now or once resumed. @throws {ClockBusyError} */
  async setScale(scale: number): Promise<void> {
    this.#steer(scale, this.#isPaused);
    if (this.#isPaused) return await this.#save(this.#now);
    await this.#reserve(this.#now);
    this.#arm();
  }

  /**
   * Moves time on by whole milliseconds, firing every timer that falls due; resolves when all has settled there.
   * @param limitMs The machine's time that it may take.
   * @throws {ClockBusyError} {@link ClockLateError} when it took longer.
   */
  advance(ms: number, limitMs: number): Promise<void> {
    this.#refuseBusy();
    const wallEndMs = this.#options.wall.now() + limitMs;
    const atMs = this.now() + Math.ceil(ms);
    return new Promise((resolve, reject) => {
      this.#goal = { atMs, wallEndMs, resolve, reject, hasSettled: false };
      this.#drive();
    });
  }

  /** Stops time for good; resolves when it is kept where it stands. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#wake?.timer.cancel();
    await this.#driving;
    this.#goal?.reject(new ClockLateError(this.#now));
    this.#goal = undefined;
    await this.#save(this.now());
  }

  #refuseBusy(): void {
    if (this.#goal !== undefined) throw new ClockBusyError("time is being advanced");
  }

  #steer(scale: number, isPaused: boolean): void {
    this.#refuseBusy();
    this.#now = this.now();
    this.#scale = scale;
    this.#isPaused = isPaused;
    this.#wake?.timer.cancel();
    this.#wake = undefined;
    this.#rebase();
  }

  #rebase(): void {
    this.#base = { wallMs: (this.#wallMs = this.#options.wall.now()), atMs: this.#now };
  }

  /** Where the machine's clock says that time should be. A machine's clock that is set back does not hold time up. */
  #target(): number {
    const wallMs = this.#options.wall.now();
    if (wallMs < this.#wallMs) this.#rebase();
    this.#wallMs = wallMs;
    return this.#base.atMs + (wallMs - this.#base.wallMs) * this.#scale;
  }

  get #reserveMs(): number {
    return this.#goal === undefined ? Math.max(RESERVE_MS, RESERVE_WALL_MS * this.#scale) : ADVANCE_RESERVE_MS;
  }

  /** When a running clock reserves more, so that it need not wait for that. */
  get #renewalMs(): number {
    return this.#reservedMs - this.#reserveMs / 2;
  }

  #reserve(fromMs: number): Promise<void> {
    return this.#save(fromMs + this.#reserveMs);
  }

  #save(nowMs: number): Promise<void> {
    const record = { nowMs, scale: this.#scale, isPaused: this.#isPaused };
    const saved = this.#saving.then(async () => {
      await this.#options.save(record);
      this.#reservedMs = Math.max(nowMs, this.#now);
    });
    this.#saving = saved.catch(() => undefined);
    return saved;
  }

  /** Sees to it that the next timer fires when it is due, and that time does not come to the end of what is reserved. */
  #arm(): void {
    if (this.#isStopped || this.#driving !== undefined || this.#isPaused) return;
    const atMs = Math.min(this.#entries.peek()?.atMs ?? Number.POSITIVE_INFINITY, this.#renewalMs);
    if (this.#wake !== undefined && this.#wake.atMs <= atMs) return;
    this.#wake?.timer.cancel();
    const delayMs = Math.ceil(Math.max(atMs - this.#target(), 0) / this.#scale);
    const timer = this.#options.wall.after(delayMs, () => {
      this.#wake = undefined;
      this.#drive();
    });
    this.#wake = { atMs, timer };
  }

  #drive(): void {
    if (this.#driving !== undefined || this.#isStopped) return;
    this.#driving = this.#moveOn()
      .catch((error: unknown) => {
        this.#options.log.error("virtual time stands still", { error });
        this.#goal?.reject(error as Error);
        this.#goal = undefined;
        this.#isPaused = true;
      })
      .finally(() => {
        this.#driving = undefined;
        this.#arm();
      });
  }

  /** Goes from timer to timer as far as time may come now. */
  async #moveOn(): Promise<void> {
    while (!this.#isStopped && (this.#goal !== undefined || !this.#isPaused)) {
      const goal = this.#goal;
      if (goal?.hasSettled === false) {
        await this.#options.settle();
        goal.hasSettled = true;
      }
      if (goal !== undefined && this.#options.wall.now() > goal.wallEndMs) {
        await this.#leave(goal, () => goal.reject(new ClockLateError(this.#now)));
        continue;
      }
      const endMs = goal?.atMs ?? this.#presentEnd();
      const nextMs = Math.min(this.#entries.peek()?.atMs ?? Number.POSITIVE_INFINITY, endMs);
      // What is awaited may change everything, so it is all looked at anew.
      if (goal === undefined ? nextMs >= this.#renewalMs : upToMoment(nextMs) > this.#reservedMs) await this.#reserve(nextMs);
      else if ((this.#entries.peek()?.atMs ?? Number.POSITIVE_INFINITY) <= endMs) await this.#step(Math.min(upToMoment(nextMs), endMs));
      else if (goal === undefined) return;
      else {
        this.#now = goal.atMs;
        await this.#leave(goal, goal.resolve);
      }
    }
  }

  /** Where a running clock should be; time that it can no longer catch up with is given up. */
  #presentEnd(): number {
    const now = this.now();
    if (this.#target() - now > MAX_LAG_MS * this.#scale) this.#rebase();
    return Math.floor(this.#target());
  }

  async #step(atMs: number): Promise<void> {
    this.#now = Math.max(this.#now, atMs);
    this.#isStepping = true;
    try {
      // What they set for this moment comes at the next: the timers of a moment are those that it has now.
      for (let first = this.#entries.peek(); first !== undefined && first.atMs <= this.#now; first = this.#entries.peek()) {
        this.#entries.remove(first);
        first.callback();
      }
      await this.#options.settle();
    } finally {
      this.#isStepping = false;
    }
  }

  async #leave(goal: Goal, tell: () => void): Promise<void> {
    await this.#options.settle();
    this.#rebase();
    // What was reserved for the advance and not used is given back.
    await this.#save(this.#isPaused ? this.#now : this.#now + RESERVE_MS);
    if (this.#goal === goal) this.#goal = undefined;
    tell();
  }
}
