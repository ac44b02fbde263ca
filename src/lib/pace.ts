/** How fast simulated work goes: `realtime` takes what AKS takes, `fast` a second or two, `instant` no time. */
export type Speed = "realtime" | "fast" | "instant";

/** Turns the duration something takes on real AKS, in milliseconds, into the one it takes here. */
export type Pace = (realMs: number) => number;

/** AKS creates a pool in about 180 s (recorded median); at this divisor that is a second and a half, so states stay visible. */
const FAST_DIVISOR = 120;

/** The pace of a speed. */
export function paceOf(speed: Speed): Pace {
  if (speed === "realtime") return (realMs) => realMs;
  if (speed === "instant") return () => 0;
  return (realMs) => realMs / FAST_DIVISOR;
}
