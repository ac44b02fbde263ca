import {
  MAINTENANCE_WINDOWS,
  type MaintenanceConfiguration,
  type MaintenanceSchedule,
  type MaintenanceWindow,
} from "#api/containerservice/maintenance-configuration";
import { isAtLeast, isPreviewVersion } from "#api/containerservice/versions";
import { refusals } from "../errors.ts";
import { resourceRefusals } from "../resource-errors.ts";

/** The configurations that a cluster can have: for what AKS does itself, for upgrades of its version, and of its node images. */
const NAMES = ["default", "aksManagedAutoUpgradeSchedule", "aksManagedNodeOSUpgradeSchedule"] as const;
/** From here on `default` has weekly windows only. Source: Azure/azure-cli#33431; the refusal in Azure/AgentBaker#6529. */
const WEEKLY_SINCE = "2025-03-01";
const DAYS: ReadonlySet<unknown> = new Set(["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]);
const WEEKS: ReadonlySet<unknown> = new Set(["First", "Second", "Third", "Fourth", "Last"]);
/** Source: swagger 2023-05-01, MaintenanceWindow. */
const UTC_OFFSET = /^[-+](?:0\d|1[0-4]):[0-5]\d$/;
const START_TIME = /^(?:[01]\d|2[0-3]):[0-5]\d$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[-+]\d{2}:\d{2})$/i;
const WINDOW = "properties.maintenanceWindow";

/** @throws {ProviderError} 400 for any other name than the three. */
export function checkName(name: string): void {
  if (!NAMES.some((known) => known.toLowerCase() === name.toLowerCase())) throw resourceRefusals.maintenanceName();
}

/**
 * A configuration as it is kept: times in Go's form, a window with its defaults. `today` is a date, `2026-01-26`.
 * @throws {ProviderError} 400 for the first member that may not be so. Bounds: swagger 2023-05-01. Unverified: texts of the bounds.
 */
export function normalConfiguration(
  name: string,
  sent: MaintenanceConfiguration,
  { apiVersion, today }: { readonly apiVersion: string; readonly today: string },
): MaintenanceConfiguration {
  const { timeInWeek = [], notAllowedTime = [], maintenanceWindow } = sent;
  checkKind(name, sent, apiVersion);
  for (const { day, hourSlots = [] } of timeInWeek) {
    check(DAYS.has(day), "properties.timeInWeek.day");
    check(
      hourSlots.every((hour) => within(hour, 0, 23)),
      "properties.timeInWeek.hourSlots",
    );
  }
  for (const { start, end } of notAllowedTime) checkSpan(start, end, { form: TIME, target: "properties.notAllowedTime" });
  return {
    ...(timeInWeek.length > 0 && { timeInWeek }),
    ...(notAllowedTime.length > 0 && {
      notAllowedTime: notAllowedTime.map(({ start = "", end = "" }) => ({ start: goTime(start), end: goTime(end) })),
    }),
    ...(maintenanceWindow !== undefined && { maintenanceWindow: normalWindow(maintenanceWindow, today) }),
  };
}

/** Which of the two forms the configuration may have. */
function checkKind(name: string, { timeInWeek = [], maintenanceWindow }: MaintenanceConfiguration, apiVersion: string): void {
  const { since, preview } = MAINTENANCE_WINDOWS;
  if (!isAtLeast(apiVersion, isPreviewVersion(apiVersion) ? preview : since)) return;
  if (name.toLowerCase() !== "default") {
    // Unverified: that the two others need a window and take no slots of a week.
    if (maintenanceWindow === undefined) throw refusals.missing(WINDOW);
    check(timeInWeek.length === 0, "properties.timeInWeek");
    return;
  }
  if (maintenanceWindow === undefined || !isAtLeast(apiVersion, WEEKLY_SINCE)) return;
  const { weekly } = maintenanceWindow.schedule ?? {};
  if (weekly === undefined) throw resourceRefusals.maintenanceWeekly(name);
  check(weekly.intervalWeeks === 1, `${WINDOW}.schedule.weekly.intervalWeeks`);
}

function normalWindow(window: MaintenanceWindow, today: string): MaintenanceWindow {
  const { schedule = {}, durationHours, utcOffset = "+00:00", startDate = today, startTime, notAllowedDates = [] } = window;
  checkSchedule(schedule);
  if (durationHours === undefined) throw refusals.missing(`${WINDOW}.durationHours`);
  check(within(durationHours, 4, 24), `${WINDOW}.durationHours`);
  check(UTC_OFFSET.test(utcOffset), `${WINDOW}.utcOffset`);
  check(isDate(startDate, DATE), `${WINDOW}.startDate`);
  if (startTime === undefined) throw refusals.missing(`${WINDOW}.startTime`);
  check(START_TIME.test(startTime), `${WINDOW}.startTime`);
  for (const { start, end } of notAllowedDates) checkSpan(start, end, { form: DATE, target: `${WINDOW}.notAllowedDates` });
  return { schedule, durationHours, utcOffset, startDate, startTime, ...(notAllowedDates.length > 0 && { notAllowedDates }) };
}

/** One and only one of the four. */
function checkSchedule(schedule: MaintenanceSchedule): void {
  const target = `${WINDOW}.schedule`;
  const { daily, weekly, absoluteMonthly, relativeMonthly } = schedule;
  check(Object.keys(schedule).length === 1, target);
  if (daily !== undefined) check(within(daily.intervalDays, 1, 7), `${target}.daily.intervalDays`);
  if (weekly !== undefined) {
    check(within(weekly.intervalWeeks, 1, 4), `${target}.weekly.intervalWeeks`);
    check(DAYS.has(weekly.dayOfWeek), `${target}.weekly.dayOfWeek`);
  }
  if (absoluteMonthly !== undefined) {
    check(within(absoluteMonthly.intervalMonths, 1, 6), `${target}.absoluteMonthly.intervalMonths`);
    check(within(absoluteMonthly.dayOfMonth, 1, 31), `${target}.absoluteMonthly.dayOfMonth`);
  }
  if (relativeMonthly !== undefined) {
    check(within(relativeMonthly.intervalMonths, 1, 6), `${target}.relativeMonthly.intervalMonths`);
    check(WEEKS.has(relativeMonthly.weekIndex), `${target}.relativeMonthly.weekIndex`);
    check(DAYS.has(relativeMonthly.dayOfWeek), `${target}.relativeMonthly.dayOfWeek`);
  }
}

function checkSpan(start = "", end = "", { form, target }: { readonly form: RegExp; readonly target: string }): void {
  check(isDate(start, form), `${target}.start`);
  check(isDate(end, form) && Date.parse(end) >= Date.parse(start), `${target}.end`);
}

function isDate(text: string, form: RegExp): boolean {
  return form.test(text) && !Number.isNaN(Date.parse(text));
}

function within(value: number | undefined, min: number, max: number): boolean {
  return value !== undefined && value >= min && value <= max;
}

function check(holds: boolean, target: string): void {
  if (!holds) throw refusals.invalidParameter(target);
}

/** `2021-11-26T03:00:00.000Z` as Go prints it: without the zeros of a fraction. Source: recorded answer of 2023-07. */
function goTime(text: string): string {
  return text.replace(/(\.\d*?)0+(?=Z|[-+]\d{2}:\d{2}$)/i, "$1").replace(/\.(?=Z|[-+]\d{2}:\d{2}$)/i, "");
}
