/**
 * How fast simulated work goes: `realtime` takes what AKS takes, `fast` a second or two, `instant` no time, `10x` a tenth
 * of what AKS takes.
 */
export type Speed = "realtime" | "fast" | "instant" | `${number}x`;

const NAMED_SPEEDS: readonly string[] = ["realtime", "fast", "instant"];
/** A number above zero, of at most four digits and three decimals. */
const TIMES = /^(?!0+(\.0+)?x$)\d{1,4}(\.\d{1,3})?x$/;

/** Whether a text names a speed. */
export function isSpeed(text: string): text is Speed {
  return NAMED_SPEEDS.includes(text) || TIMES.test(text);
}

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
  if (speed !== "fast") return (realMs) => realMs / Number(speed.slice(0, -1));
  return (realMs) => FAST_MS_PER_ROOT_SECOND * Math.sqrt(realMs / 1000);
}
