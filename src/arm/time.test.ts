import { describe, expect, it } from "vitest";
import { guidOf, isGuid, swapGuidBytes } from "./ids.ts";
import { compactTimestamp, countdownId, duration, timestamp } from "./time.ts";

describe("times as .NET writes them", () => {
  it.each([
    { ms: Date.UTC(2019, 9, 13, 20, 58, 53, 720), want: "2019-10-13T20:58:53.72Z" },
    { ms: Date.UTC(2019, 9, 13, 20, 58, 50), want: "2019-10-13T20:58:50Z" },
    { ms: Date.UTC(2019, 9, 13, 20, 58, 53, 5), want: "2019-10-13T20:58:53.005Z" },
  ])("$want has no zeros at the fraction's end", ({ ms, want }) => {
    expect(timestamp(ms)).toBe(want);
  });

  it.each([
    { ms: 0, want: "PT0S" },
    { ms: 5380, want: "PT5.38S" },
    { ms: 63_000, want: "PT1M3S" },
    { ms: 3_600_000, want: "PT1H" },
  ])("$ms ms last $want", ({ ms, want }) => {
    expect(duration(ms)).toBe(want);
  });

  it("routing ids carry the time without marks", () => {
    expect(compactTimestamp(Date.UTC(2019, 9, 13, 20, 58, 53))).toBe("20191013T205853Z");
  });

  it("a deployment's status id counts down in ticks, as recorded ones do", () => {
    expect(countdownId(Date.parse("2019-05-30T21:11:20.927Z")).slice(0, 16)).toBe("0858642356204550");
    expect(countdownId(2) < countdownId(1)).toBe(true);
  });
});

describe("GUIDs", () => {
  it("swap the bytes of their first three groups, as recorded operations show", () => {
    expect(swapGuidBytes("62d920cc-6907-4d11-a258-b68266021c0e")).toBe("cc20d962-0769-114d-a258-b68266021c0e");
  });

  it("of a name are the same for the same name", () => {
    expect(isGuid(guidOf("a"))).toBe(true);
    expect(guidOf("a")).toBe(guidOf("a"));
    expect(guidOf("a")).not.toBe(guidOf("b"));
  });
});
