import type { ClockView } from "#api/clock";

const UNITS = [
  [86_400, "d"],
  [3600, "h"],
  [60, "m"],
  [1, "s"],
] as const;

/** One line for people: what time it is, how it goes, and how far it is from this machine's. */
export function clockText({ now, state, scale, aheadSeconds }: ClockView): string {
  const pace = scale === 1 ? "" : state === "running" ? `, ${scale} times as fast as this machine's` : `, to go on at ${scale} times`;
  const rounded = Math.round(aheadSeconds);
  const distance = rounded === 0 ? "" : `, ${span(Math.abs(rounded))} ${rounded > 0 ? "ahead of" : "behind"} this machine's`;
  return `${now.replace(/\.\d+Z$/, "Z")} ${state}${pace}${distance}`;
}

/** `2h 5m`: the two largest units. */
function span(seconds: number): string {
  const from = UNITS.findIndex(([unit]) => seconds >= unit);
  let left = seconds;
  const parts: string[] = [];
  for (const [unit, name] of UNITS.slice(from, from + 2)) {
    const count = Math.floor(left / unit);
    left -= count * unit;
    if (count > 0) parts.push(`${count}${name}`);
  }
  return parts.join(" ");
}
