/** First and longest wait. Source: pkg/kubelet/kubelet.go, backOffPeriod and MaxContainerBackOff. */
const FIRST_MS = 10_000;
const MAX_MS = 300_000;
/** Without a failure for this long, waits begin anew; milliseconds on a real machine. */
export const BACK_OFF_RESET_MS = 2 * MAX_MS;

/**
 * How long something that keeps failing is left alone: 10 seconds, then twice as long each time, 5 minutes at most.
 * Source: client-go util/flowcontrol/backoff.go.
 */
export class BackOff {
  readonly #resetMs: number;
  #delayMs = 0;
  #sinceMs = 0;

  /** @param resetMs {@link BACK_OFF_RESET_MS} at the pace of the cluster. */
  constructor(resetMs: number) {
    this.#resetMs = resetMs;
  }

  /** The wait now, in milliseconds on a real machine; 0 before the first failure and long after the last. */
  current(nowMs: number): number {
    return nowMs - this.#sinceMs > this.#resetMs ? 0 : this.#delayMs;
  }

  /** Notes a failure, or a new attempt after one; the next wait is longer. */
  next(nowMs: number): void {
    const before = this.current(nowMs);
    this.#delayMs = before === 0 ? FIRST_MS : Math.min(before * 2, MAX_MS);
    this.#sinceMs = nowMs;
  }

  /** Takes over what is known of an earlier run: how often the next was called. */
  restore(times: number, nowMs: number): void {
    if (times <= 0) return;
    this.#delayMs = Math.min(FIRST_MS * 2 ** Math.min(times - 1, 10), MAX_MS);
    this.#sinceMs = nowMs;
  }
}

/** A whole number of seconds as Go prints a duration: `10s`, `1m20s`, `5m0s`. */
export function formatBackOff(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
