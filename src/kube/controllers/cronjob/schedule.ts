import { Cron } from "croner";

/** When jobs are due. */
export interface Schedule {
  /** The first time after this one; undefined when there is none. Milliseconds since the epoch. */
  next(afterMs: number): number | undefined;
}

const EVERY = /^@every\s+(\S+)$/;
const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000 };

/**
 * Reads a schedule of five fields, a name such as `@daily`, or `@every 1h30m`.
 * @param timeZone of the IANA's; UTC without one, as the controllers of a managed cluster run in.
 * @throws {Error} that says what is wrong with it. Source: robfig/cron v3 parser.go, ParseStandard.
 */
export function parseSchedule(text: string, timeZone: string | undefined): Schedule {
  const every = EVERY.exec(text)?.[1];
  if (every !== undefined) return everyFixed(durationMs(every));
  const cron = new Cron(text, { timezone: timeZone ?? "UTC", mode: text.startsWith("@") ? "auto" : "5-part", sloppyRanges: true });
  return { next: (afterMs) => cron.nextRun(new Date(afterMs))?.getTime() };
}

function everyFixed(periodMs: number): Schedule {
  return { next: (afterMs) => Math.floor(afterMs / 1000) * 1000 + periodMs };
}

/** A duration as Go writes it, in whole seconds of one or more. */
function durationMs(text: string): number {
  if (!/^(\d+[hms])+$/.test(text))
    throw new Error(`failed to parse duration @every ${text}: time: invalid duration ${JSON.stringify(text)}`);
  let sum = 0;
  for (const [, amount, unit = ""] of text.matchAll(/(\d+)([hms])/g)) sum += Number(amount) * (UNITS[unit] ?? 0);
  return Math.max(sum, 1000);
}

/** Starts that were missed, of which only the last is made up for. */
export interface Due {
  /** The latest time that is due and not later than now; undefined when none is. */
  readonly atMs: number | undefined;
  /** More were missed than anybody can have wanted. */
  readonly isManyMissed: boolean;
  /** When to look again; undefined when the schedule has no more times. */
  readonly nextMs: number | undefined;
}

/** Source: pkg/controller/cronjob/utils.go, mostRecentScheduleTime: more than this many is an error somewhere. */
const MANY_MISSED = 100;
/** Times gone through one by one to find the latest. */
const MOST_STEPS = 200;

/** What is due since `sinceMs`, the last start or the creation. */
export function dueAt(schedule: Schedule, sinceMs: number, nowMs: number): Due {
  const first = schedule.next(sinceMs);
  if (first === undefined || first > nowMs) return { atMs: undefined, isManyMissed: false, nextMs: first };
  const second = schedule.next(first);
  if (second === undefined || second > nowMs) return { atMs: first, isManyMissed: false, nextMs: second };
  const missed = Math.floor((nowMs - first) / Math.max(second - first, 1000)) + 1;
  let atMs = first;
  const from = first + Math.max(missed - MOST_STEPS, 0) * (second - first);
  for (
    let time = schedule.next(from - 1), steps = 0;
    time !== undefined && time <= nowMs && steps < 2 * MOST_STEPS;
    time = schedule.next(time), steps++
  )
    atMs = time;
  return { atMs, isManyMissed: missed > MANY_MISSED, nextMs: schedule.next(nowMs) };
}
