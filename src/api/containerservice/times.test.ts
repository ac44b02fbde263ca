import { expect, test } from "vitest";
import { isOfTime, timeOf } from "./times.ts";
import { apiVersions } from "./versions.ts";

test.each([
  ["2019-08-01", "2019-10-14"],
  ["2022-07-02-preview", "2022-08-31"],
  ["2022-11-01", "2022-10-25"],
  ["2022-10-02-preview", "2022-11-01"],
  ["2024-09-01", "2024-10-01"],
  ["2026-07-01", "2026-07-31"],
  ["2031-01-01", "2031-01-31"],
])("callers of %s live on %s", (apiVersion, day) => {
  expect(timeOf(apiVersion)).toBe(day);
});

test("every api-version has a day", () => {
  for (const apiVersion of apiVersions) expect(timeOf(apiVersion)).toMatch(/^20\d\d-\d\d-\d\d$/);
});

test("a day is of the time from the day itself on", () => {
  expect([isOfTime("2019-08-01", "2019-10-14"), isOfTime("2019-08-01", "2019-10-15")]).toEqual([true, false]);
});
