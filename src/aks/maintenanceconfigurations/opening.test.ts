import { describe, expect, it } from "vitest";
import type { MaintenanceConfiguration, MaintenanceWindow } from "#api/containerservice/maintenance-configuration";
import { dayOf, daysOf } from "./days.ts";
import { openingAt } from "./opening.ts";

const at = (text: string): number => Date.parse(text.length === 16 ? `${text}:00Z` : text);
const shown = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : new Date(ms).toISOString().slice(0, 16));
const BORN = "2026-01-05T10:30";

function told(configuration: MaintenanceConfiguration | undefined, now: string): string {
  const opening = openingAt(configuration, { nowMs: at(now), bornMs: at(BORN) });
  return opening.open ? `open ${shown(opening.sinceMs)} to ${shown(opening.untilMs)}` : `closed until ${shown(opening.nextMs)}`;
}

const window = (more: MaintenanceWindow): MaintenanceConfiguration => ({
  maintenanceWindow: { durationHours: 4, utcOffset: "+00:00", startDate: "2026-01-05", startTime: "02:00", ...more },
});
const daily = { daily: { intervalDays: 1 } };
const friday = { weekly: { intervalWeeks: 1, dayOfWeek: "Friday" } };

describe("a window", () => {
  it.each([
    { name: "is closed before", now: "2026-01-09T01:59", told: "closed until 2026-01-09T02:00" },
    { name: "opens at its time", now: "2026-01-09T02:00", told: "open 2026-01-09T02:00 to 2026-01-09T06:00" },
    { name: "is open until the end", now: "2026-01-09T05:59", told: "open 2026-01-09T02:00 to 2026-01-09T06:00" },
    { name: "is closed at the end", now: "2026-01-09T06:00", told: "closed until 2026-01-16T02:00" },
    { name: "is not there before its first day", now: "2025-12-26T03:00", told: "closed until 2026-01-09T02:00" },
  ])("$name", ({ now, told: expected }) => expect(told(window({ schedule: friday }), now)).toBe(expected));

  it.each([
    {
      name: "east of Greenwich opens earlier",
      utcOffset: "+05:30",
      now: "2026-01-08T20:30",
      told: "open 2026-01-08T20:30 to 2026-01-09T00:30",
    },
    { name: "west of Greenwich opens later", utcOffset: "-08:00", now: "2026-01-09T09:00", told: "closed until 2026-01-09T10:00" },
  ])("$name", ({ utcOffset, now, told: expected }) => expect(told(window({ schedule: friday, utcOffset }), now)).toBe(expected));

  it("goes on past midnight", () => {
    const configuration = window({ schedule: friday, startTime: "22:00", durationHours: 12 });
    expect(told(configuration, "2026-01-10T09:59")).toBe("open 2026-01-09T22:00 to 2026-01-10T10:00");
    expect(told(configuration, "2026-01-10T10:00")).toBe("closed until 2026-01-16T22:00");
  });

  it("of a whole day is another one each day", () => {
    const configuration = window({ schedule: daily, startTime: "00:00", durationHours: 24 });
    expect(told(configuration, "2026-01-09T23:59")).toBe("open 2026-01-09T00:00 to 2026-01-10T00:00");
    expect(told(configuration, "2026-01-10T00:00")).toBe("open 2026-01-10T00:00 to 2026-01-11T00:00");
  });

  it.each([
    { name: "is cut by a day that is not allowed", now: "2026-01-09T22:30", told: "open 2026-01-09T22:00 to 2026-01-10T00:00" },
    { name: "stays closed on the last of the days", now: "2026-01-12T23:59", told: "closed until 2026-01-13T00:00" },
    { name: "opens in its middle when the days are over", now: "2026-01-13T00:00", told: "open 2026-01-12T22:00 to 2026-01-13T02:00" },
  ])("$name", ({ now, told: expected }) => {
    const notAllowedDates = [{ start: "2026-01-10", end: "2026-01-12" }];
    expect(told(window({ schedule: daily, startTime: "22:00", notAllowedDates }), now)).toBe(expected);
  });

  it("counts days that are not allowed in its own time zone, the last one included", () => {
    // Source of the numbers: Azure/azure-rest-api-specs managedClusters.json, MaintenanceWindow.notAllowedDates.
    const notAllowedDates = [{ start: "2026-12-23", end: "2027-01-03" }];
    const configuration = window({ schedule: daily, startTime: "00:00", durationHours: 24, utcOffset: "+02:00", notAllowedDates });
    expect(told(configuration, "2026-12-22T21:59")).toBe("open 2026-12-21T22:00 to 2026-12-22T22:00");
    expect(told(configuration, "2026-12-22T22:00")).toBe("closed until 2027-01-03T22:00");
  });

  it("is closed for good when all that is in sight is not allowed", () => {
    const notAllowedDates = [{ start: "2020-01-01", end: "2099-12-31" }];
    expect(told(window({ schedule: { absoluteMonthly: { intervalMonths: 1, dayOfMonth: 1 } }, notAllowedDates }), "2026-01-09T00:00")).toBe(
      "closed until 2100-01-01T02:00",
    );
    expect(told(window({ schedule: daily, notAllowedDates }), "2026-01-09T00:00")).toBe("closed until undefined");
  });
});

describe("days of a schedule", () => {
  const days = (schedule: object, start: string, from = start): readonly string[] => {
    const found = daysOf(schedule, dayOf(start), dayOf(from));
    return [1, 2, 3].map(() => new Date(Number(found.next().value) * 86_400_000).toISOString().slice(0, 10));
  };
  it.each([
    { schedule: { daily: { intervalDays: 3 } }, start: "2026-01-26", days: ["2026-01-26", "2026-01-29", "2026-02-01"] },
    {
      schedule: { weekly: { intervalWeeks: 2, dayOfWeek: "Friday" } },
      start: "2026-01-26",
      days: ["2026-01-30", "2026-02-13", "2026-02-27"],
    },
    {
      schedule: { weekly: { intervalWeeks: 1, dayOfWeek: "Monday" } },
      start: "2026-01-26",
      days: ["2026-01-26", "2026-02-02", "2026-02-09"],
    },
    {
      schedule: { absoluteMonthly: { intervalMonths: 3, dayOfMonth: 1 } },
      start: "2026-01-26",
      days: ["2026-02-01", "2026-05-01", "2026-08-01"],
    },
    {
      schedule: { absoluteMonthly: { intervalMonths: 1, dayOfMonth: 31 } },
      start: "2026-01-26",
      days: ["2026-01-31", "2026-02-28", "2026-03-31"],
    },
    {
      schedule: { relativeMonthly: { intervalMonths: 2, weekIndex: "Last", dayOfWeek: "Monday" } },
      start: "2026-01-26",
      days: ["2026-01-26", "2026-03-30", "2026-05-25"],
    },
    {
      schedule: { relativeMonthly: { intervalMonths: 1, weekIndex: "Second", dayOfWeek: "Tuesday" } },
      start: "2026-01-26",
      days: ["2026-02-10", "2026-03-10", "2026-04-14"],
    },
  ])("$schedule", ({ schedule, start, days: expected }) => expect(days(schedule, start)).toEqual(expected));

  it("keep their rhythm wherever one looks from", () => {
    const schedule = { weekly: { intervalWeeks: 2, dayOfWeek: "Friday" } };
    expect(days(schedule, "2026-01-26", "2026-02-14")).toEqual(["2026-02-27", "2026-03-13", "2026-03-27"]);
    const quarterly = { absoluteMonthly: { intervalMonths: 3, dayOfMonth: 1 } };
    expect(days(quarterly, "2026-01-26", "2026-05-02")).toEqual(["2026-08-01", "2026-11-01", "2027-02-01"]);
  });
});

describe("slots of a week", () => {
  const slots: MaintenanceConfiguration = {
    timeInWeek: [
      { day: "Saturday", hourSlots: [23] },
      { day: "Sunday", hourSlots: [0, 1] },
      { day: "Sunday", hourSlots: [1, 5] },
    ],
  };
  it.each([
    { now: "2026-01-10T22:59", told: "closed until 2026-01-10T23:00" },
    { now: "2026-01-10T23:00", told: "open 2026-01-10T23:00 to 2026-01-11T02:00" },
    { now: "2026-01-11T01:59", told: "open 2026-01-10T23:00 to 2026-01-11T02:00" },
    { now: "2026-01-11T02:00", told: "closed until 2026-01-11T05:00" },
    { now: "2026-01-11T06:00", told: "closed until 2026-01-17T23:00" },
  ])("at $now: $told", ({ now, told: expected }) => expect(told(slots, now)).toBe(expected));

  it("that are all taken are a window each day", () => {
    const hourSlots = Array.from({ length: 24 }, (_, hour) => hour);
    const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
    const all = { timeInWeek: days.map((day) => ({ day, hourSlots })) };
    expect(told(all, "2026-01-10T12:00")).toBe("open 2026-01-10T00:00 to 2026-01-11T00:00");
  });

  it("are closed at times that are not allowed", () => {
    const notAllowedTime = [{ start: "2026-01-10T23:30:00Z", end: "2026-01-11T00:30:00Z" }];
    const configuration = { ...slots, notAllowedTime };
    expect(told(configuration, "2026-01-10T23:00")).toBe("open 2026-01-10T23:00 to 2026-01-10T23:30");
    expect(told(configuration, "2026-01-10T23:30")).toBe("closed until 2026-01-11T00:30");
  });
});

describe("without a configuration", () => {
  it.each([
    { name: "nothing begins on the first day", now: BORN, told: "closed until 2026-01-06T10:30" },
    { name: "four hours are open the day after", now: "2026-01-06T10:30", told: "open 2026-01-06T10:30 to 2026-01-06T14:30" },
    { name: "and every day from then on", now: "2026-02-06T14:30", told: "closed until 2026-02-07T10:30" },
  ])("$name", ({ now, told: expected }) => expect(told(undefined, now)).toBe(expected));

  it("times that are not allowed hold all the same", () => {
    const notAllowedTime = [{ start: "2026-01-06T00:00:00Z", end: "2026-01-07T12:00:00Z" }];
    expect(told({ notAllowedTime }, "2026-01-06T11:00")).toBe("closed until 2026-01-07T12:00");
  });
});
