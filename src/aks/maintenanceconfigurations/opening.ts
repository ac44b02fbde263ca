import type { MaintenanceConfiguration, MaintenanceWindow } from "#api/containerservice/maintenance-configuration";
import { DAY_MS, dayOf, daysOf, modulo, weekdayNumber } from "./days.ts";

/** Whether AKS may begin something of its own now. Milliseconds since the epoch. */
export type Opening =
  /** `sinceMs` names the window: it is the same at each moment of one, and differs from the next one's. */
  | { readonly open: true; readonly sinceMs: number; readonly untilMs: number }
  /** `nextMs` is undefined where none is in sight. */
  | { readonly open: false; readonly nextMs: number | undefined };

interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

const HOUR_MS = 3_600_000;
const HOURS_OF_WEEK = 168;
/** Windows looked at for one that is not blocked; blocked dates may go on for years. */
const MOST_WINDOWS = 1_000;
/** How long a cluster without a configuration may be upgraded each day. The shortest window that one can have. */
const UNPLANNED_MS = 4 * HOUR_MS;

/**
 * Whether maintenance may begin at a moment, and when it changes. What has begun is not looked at: it goes on after the end.
 *
 * Without a configuration AKS chooses. Unverified: when; here it is four hours each day from the time of day on at which the cluster
 * was made, and never within its first 24 hours. Source: Azure docs auto-upgrade-cluster, "allow 24 hours for the changes to take effect".
 * @param configuration as it is stored; one that says nothing counts as none.
 */
export function openingAt(
  configuration: MaintenanceConfiguration | undefined,
  { nowMs, bornMs }: { readonly nowMs: number; readonly bornMs: number },
): Opening {
  const blocks = blocksOf(configuration);
  let looked = 0;
  let open: Opening | undefined;
  for (const { startMs, endMs } of spansOf(configuration ?? {}, nowMs, bornMs)) {
    if (open !== undefined && startMs > nowMs) break;
    const freeMs = firstFree(Math.max(startMs, nowMs), blocks);
    if (freeMs < endMs && freeMs > nowMs) return { open: false, nextMs: freeMs };
    if (freeMs < endMs) open = { open: true, sinceMs: startMs, untilMs: Math.min(endMs, nextBlock(nowMs, blocks)) };
    if (++looked >= MOST_WINDOWS) break;
  }
  return open ?? { open: false, nextMs: undefined };
}

/** Whether a configuration says anything of when. */
export function isPlanned({ timeInWeek = [], notAllowedTime = [], maintenanceWindow }: MaintenanceConfiguration): boolean {
  return timeInWeek.length > 0 || notAllowedTime.length > 0 || maintenanceWindow !== undefined;
}

/** Windows in their order, from the last that may still be open on. */
function spansOf({ timeInWeek = [], maintenanceWindow }: MaintenanceConfiguration, nowMs: number, bornMs: number): Iterable<Span> {
  if (maintenanceWindow !== undefined) return scheduled(maintenanceWindow, nowMs);
  return timeInWeek.length > 0 ? slotted(timeInWeek, nowMs) : unplanned(nowMs, bornMs);
}

function* scheduled({ schedule = {}, durationHours = 0, ...window }: MaintenanceWindow, nowMs: number): Generator<Span> {
  const offsetMs = offsetOf(window.utcOffset);
  const [hours = 0, minutes = 0] = (window.startTime ?? "00:00").split(":").map(Number);
  // A window is a day long at most.
  const from = Math.floor((nowMs + offsetMs) / DAY_MS) - 1;
  for (const day of daysOf(schedule, dayOf(window.startDate ?? "1970-01-01"), from)) {
    const startMs = day * DAY_MS + hours * HOUR_MS + minutes * 60_000 - offsetMs;
    yield { startMs, endMs: startMs + durationHours * HOUR_MS };
  }
}

/**
 * Slots that follow one another are one window; a week of them is a window each day.
 * Source: Azure/azure-rest-api-specs managedClusters.json, TimeInWeek: hours in UTC; several entries of a day are their union.
 */
function* slotted(slots: NonNullable<MaintenanceConfiguration["timeInWeek"]>, nowMs: number): Generator<Span> {
  const taken = new Set(slots.flatMap(({ day, hourSlots = [] }) => hourSlots.map((hour) => weekdayNumber(day) * 24 + hour)));
  const isTaken = (hour: number): boolean => taken.has(modulo(hour + HOURS_TO_SUNDAY, HOURS_OF_WEEK));
  const begins = (hour: number): boolean => isTaken(hour) && (taken.size >= HOURS_OF_WEEK ? modulo(hour, 24) === 0 : !isTaken(hour - 1));
  if (taken.size === 0) return;
  for (let hour = Math.floor(nowMs / HOUR_MS) - HOURS_OF_WEEK; ; hour++) {
    if (!begins(hour)) continue;
    let end = hour + 1;
    while (isTaken(end) && !begins(end)) end++;
    yield { startMs: hour * HOUR_MS, endMs: end * HOUR_MS };
  }
}

/** 1970-01-01 was a Thursday: its first hour is the 96th of a week. */
const HOURS_TO_SUNDAY = 4 * 24;

function* unplanned(nowMs: number, bornMs: number): Generator<Span> {
  const first = Math.max(Math.floor((nowMs - bornMs) / DAY_MS), 1);
  for (let startMs = bornMs + first * DAY_MS; ; startMs += DAY_MS) yield { startMs, endMs: startMs + UNPLANNED_MS };
}

/**
 * Times at which nothing may begin, by their start.
 * Source: Azure/azure-rest-api-specs managedClusters.json, MaintenanceWindow.notAllowedDates: the last day is blocked too, and the
 * window's UTC offset applies.
 */
function blocksOf({ notAllowedTime = [], maintenanceWindow }: MaintenanceConfiguration = {}): readonly Span[] {
  const offsetMs = offsetOf(maintenanceWindow?.utcOffset);
  const dates = (maintenanceWindow?.notAllowedDates ?? []).map(({ start = "", end = "" }) => ({
    startMs: dayOf(start) * DAY_MS - offsetMs,
    endMs: (dayOf(end) + 1) * DAY_MS - offsetMs,
  }));
  const times = notAllowedTime.map(({ start = "", end = "" }) => ({ startMs: Date.parse(start), endMs: Date.parse(end) }));
  return [...dates, ...times].sort((a, b) => a.startMs - b.startMs);
}

/** The moment, or when it is no longer blocked. */
function firstFree(ms: number, blocks: readonly Span[]): number {
  return blocks.reduce((free, { startMs, endMs }) => (startMs <= free && free < endMs ? endMs : free), ms);
}

function nextBlock(ms: number, blocks: readonly Span[]): number {
  return blocks.find(({ startMs }) => startMs > ms)?.startMs ?? Infinity;
}

/** `-08:00` in milliseconds. */
function offsetOf(text = "+00:00"): number {
  const [, sign = "+", hours = "0", minutes = "0"] = /^([-+])(\d\d):(\d\d)$/.exec(text) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) * HOUR_MS + Number(minutes) * 60_000);
}
