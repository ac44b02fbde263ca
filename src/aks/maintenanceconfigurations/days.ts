import type { MaintenanceSchedule } from "#api/containerservice/maintenance-configuration";

/** Days are counted from 1970-01-01, in whatever time zone the schedule is of. */
export const DAY_MS = 86_400_000;
const MONTHS = 12;
const WEEK = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const WEEKS = ["First", "Second", "Third", "Fourth"];

/** The day of a date, `2026-01-26`. */
export function dayOf(date: string): number {
  return Math.floor(Date.parse(`${date}T00:00:00Z`) / DAY_MS);
}

/**
 * The days of a schedule, ascending and without end, the first of them on or after `from`.
 *
 * Everything is counted from the first fitting day on or after `start`: every other Friday from 2026-01-26 (a Monday) on is
 * 2026-01-30, 2026-02-13 and so on. The 31st of a shorter month is its last day.
 * Source: Azure/azure-rest-api-specs managedClusters.json, Schedule and its four kinds. Unverified: what the intervals count from, and
 * the last day of a shorter month.
 */
export function* daysOf(schedule: MaintenanceSchedule, start: number, from: number): Generator<number> {
  const { daily, weekly, absoluteMonthly: absolute, relativeMonthly: relative } = schedule;
  if (daily !== undefined) yield* every(start, daily.intervalDays ?? 1, from);
  else if (weekly !== undefined) yield* every(nextWeekday(start, weekly.dayOfWeek), 7 * (weekly.intervalWeeks ?? 1), from);
  else if (absolute !== undefined) {
    yield* monthly(absolute.intervalMonths ?? 1, { start, from }, (month) => {
      return firstOf(month) + Math.min(absolute.dayOfMonth ?? 1, firstOf(month + 1) - firstOf(month)) - 1;
    });
  } else if (relative !== undefined) {
    yield* monthly(relative.intervalMonths ?? 1, { start, from }, (month) => weekdayOfMonth(month, relative));
  }
}

function* every(first: number, interval: number, from: number): Generator<number> {
  const skipped = Math.max(Math.ceil((from - first) / interval), 0);
  for (let day = first + skipped * interval; ; day += interval) yield day;
}

/** @param dayIn the schedule's day in a month. */
function* monthly(
  interval: number,
  { start, from }: { readonly start: number; readonly from: number },
  dayIn: (month: number) => number,
): Generator<number> {
  const first = dayIn(monthOf(start)) >= start ? monthOf(start) : monthOf(start) + 1;
  const skipped = Math.max(Math.floor((monthOf(from) - first) / interval), 0);
  for (let month = first + skipped * interval; ; month += interval) {
    const day = dayIn(month);
    if (day >= from) yield day;
  }
}

function weekdayOfMonth(month: number, { weekIndex, dayOfWeek }: NonNullable<MaintenanceSchedule["relativeMonthly"]>): number {
  if (weekIndex === "Last") return nextWeekday(firstOf(month + 1) - 7, dayOfWeek);
  return nextWeekday(firstOf(month), dayOfWeek) + 7 * Math.max(WEEKS.indexOf(weekIndex ?? ""), 0);
}

/** The first such day of the week on or after the day. 1970-01-01 was a Thursday. */
function nextWeekday(day: number, name: string | undefined): number {
  const wanted = Math.max(WEEK.indexOf(name ?? ""), 0);
  return day + modulo(wanted - (day + WEEK.indexOf("Thursday")), WEEK.length);
}

/** Months are counted from January of the year 0. */
function monthOf(day: number): number {
  const date = new Date(day * DAY_MS);
  return date.getUTCFullYear() * MONTHS + date.getUTCMonth();
}

function firstOf(month: number): number {
  return Date.UTC(Math.floor(month / MONTHS), month % MONTHS) / DAY_MS;
}

/** Number of a day of the week, `Sunday` is 0; -1 for none. */
export function weekdayNumber(name: string | undefined): number {
  return WEEK.indexOf(name ?? "");
}

/** The remainder that is never negative. */
export function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}
