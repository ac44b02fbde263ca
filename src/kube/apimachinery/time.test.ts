import { describe, expect, it } from "vitest";
import { ageSince, formatMicroTime, formatTime, humanDuration, parseTime } from "./time.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

// Rows follow apimachinery pkg/util/duration/duration_test.go.
describe("human durations", () => {
  it.each([
    [-2 * SECOND, "<invalid>"],
    [-2 * SECOND + 1, "0s"],
    [-1, "0s"],
    [0, "0s"],
    [SECOND - 1, "0s"],
    [SECOND, "1s"],
    [2 * MINUTE - 1, "119s"],
    [2 * MINUTE, "2m"],
    [2 * MINUTE + SECOND, "2m1s"],
    [10 * MINUTE - SECOND, "9m59s"],
    [10 * MINUTE, "10m"],
    [10 * MINUTE + SECOND, "10m"],
    [3 * HOUR - SECOND, "179m"],
    [3 * HOUR, "3h"],
    [3 * HOUR + MINUTE, "3h1m"],
    [8 * HOUR - SECOND, "7h59m"],
    [8 * HOUR, "8h"],
    [8 * HOUR + 59 * MINUTE, "8h"],
    [2 * DAY - SECOND, "47h"],
    [2 * DAY, "2d"],
    [2 * DAY + HOUR, "2d1h"],
    [8 * DAY - SECOND, "7d23h"],
    [8 * DAY, "8d"],
    [8 * DAY + 23 * HOUR, "8d"],
    [2 * YEAR - SECOND, "729d"],
    [2 * YEAR, "2y"],
    [2 * YEAR + DAY, "2y1d"],
    [8 * YEAR - SECOND, "7y364d"],
    [8 * YEAR, "8y"],
    [8 * YEAR + 364 * DAY, "8y"],
    [10 * YEAR, "10y"],
  ])("%d ms is %s", (ms, text) => {
    expect(humanDuration(ms)).toBe(text);
  });
});

describe("timestamps", () => {
  const ms = Date.UTC(2019, 4, 17, 12, 0, 0, 987);

  it("are written in seconds or microseconds", () => {
    expect(formatTime(ms)).toBe("2019-05-17T12:00:00Z");
    expect(formatMicroTime(ms)).toBe("2019-05-17T12:00:00.987000Z");
  });

  it.each([
    ["2019-05-17T12:00:00Z", ms - 987],
    ["2019-05-17T14:00:00+02:00", ms - 987],
    ["2019-05-17T12:00:00.987000Z", ms],
    ["2019-05-17", undefined],
    ["2019-13-17T12:00:00Z", undefined],
    [null, undefined],
  ])("%s is read as %s", (text, want) => {
    expect(parseTime(text)).toBe(want);
  });

  it("an age without a beginning is unknown", () => {
    expect(ageSince(undefined, ms)).toBe("<unknown>");
    expect(ageSince("2019-05-17T11:00:00Z", ms)).toBe("60m");
  });
});
