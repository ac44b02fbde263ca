/** How fast simulated work goes: `realtime` takes what AKS takes, `fast` a second or two, `instant` no time. */
export type Speed = "realtime" | "fast" | "instant";

/** Turns the duration something takes on real AKS, in milliseconds, into the one it takes here. */
export type Pace = (realMs: number) => number;

/**
 * At `fast`, a duration takes this many milliseconds for the square root of its seconds: what takes two minutes takes
 * little more than one second, and what takes half a minute still more than half a one, so that the next command sees it.
 */
const FAST_MS_PER_ROOT_SECOND = 120;

/** The pace of a speed. */
export function paceOf(speed: Speed): Pace {
  if (speed === "realtime") return (realMs) => realMs;
  if (speed === "instant") return () => 0;
  return (realMs) => FAST_MS_PER_ROOT_SECOND * Math.sqrt(realMs / 1000);
}
