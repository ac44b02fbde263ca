/** Where virtual time is shown and, with a word more, steered: `POST /lido/v1/clock/pause`, `resume`, `advance`, `scale`. */
export const CLOCK_PATH = "/lido/v1/clock";

/** Virtual time: the answer of every call that shows or steers it. */
export interface ClockView {
  /** ISO 8601, UTC. */
  readonly now: string;
  readonly state: "running" | "paused" | "advancing";
  /** How many times as fast as the machine's clock it runs, or will once it is resumed. */
  readonly scale: number;
  /** Seconds that it is ahead of the machine's clock; below 0 when it is behind. */
  readonly aheadSeconds: number;
}

/** The body of `POST /lido/v1/clock/advance`. */
export interface ClockAdvance {
  /** Above 0 and at most {@link MAX_ADVANCE_SECONDS}. */
  readonly seconds: number;
}

/** The body of `POST /lido/v1/clock/scale`. */
export interface ClockScale {
  /** From {@link MIN_SCALE} to {@link MAX_SCALE}. */
  readonly factor: number;
}

/** The largest advance of one call: 31 days. */
export const MAX_ADVANCE_SECONDS = 31 * 86_400;
export const MIN_SCALE = 0.01;
export const MAX_SCALE = 3600;
