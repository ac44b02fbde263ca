import type { Clock, Timer } from "#lib";

/** Time until what failed is tried again, doubled each time up to the second. Source: client-go tools/cache/reflector.go. */
const RETRY_MS = 1000;
const MAX_RETRY_MS = 30_000;
/** Steps that wait at most; a watch that has more is over. */
const MAX_WAITING = 10_000;

export interface Step<T> {
  /** What has to be ready first. */
  readonly needs: readonly T[];
  tell(): void;
}

/** Tells things in order, each when what it needs is ready; what fails is tried again until it is done or closed. */
export class Ordered<T> {
  readonly #clock: Clock;
  readonly #ready: (needs: readonly T[]) => Promise<void> | undefined;
  readonly #overflow: () => void;
  #waiting: Step<T>[] = [];
  #isBusy = false;
  #isOver = false;
  #retry: Timer | undefined;

  constructor(clock: Clock, { ready, overflow }: { ready: (needs: readonly T[]) => Promise<void> | undefined; overflow: () => void }) {
    this.#clock = clock;
    this.#ready = ready;
    this.#overflow = overflow;
  }

  /** Nothing waits: what is said now comes in its turn. */
  get isIdle(): boolean {
    return this.#waiting.length === 0;
  }

  add(step: Step<T>): void {
    if (this.#isOver) return;
    this.#waiting.push(step);
    if (this.#waiting.length > MAX_WAITING) return this.#overflow();
    if (!this.#isBusy) void this.#run();
  }

  close(): void {
    this.#isOver = true;
    this.#waiting = [];
    this.#retry?.cancel();
  }

  async #run(): Promise<void> {
    this.#isBusy = true;
    for (let delayMs = RETRY_MS; this.#waiting.length > 0 && !this.#isOver;) {
      const steps = [...this.#waiting];
      try {
        await this.#ready(steps.flatMap(({ needs }) => needs));
      } catch {
        await this.#pause(delayMs);
        delayMs = Math.min(delayMs * 2, MAX_RETRY_MS);
        continue;
      }
      delayMs = RETRY_MS;
      for (const step of steps) {
        if (this.#isOver) break;
        this.#waiting.shift();
        step.tell();
      }
    }
    this.#isBusy = false;
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => (this.#retry = this.#clock.after(delayMs, resolve)));
  }
}
