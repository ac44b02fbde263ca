import { describe, expect, it } from "vitest";
import { logLines, type LogOptions, renderLine, selectLines } from "./log-lines.ts";

const START = Date.UTC(2024, 0, 1);
const ALL: LogOptions = {
  follow: false,
  previous: false,
  timestamps: false,
  sinceMs: undefined,
  tailLines: undefined,
  limitBytes: undefined,
};
const SCRIPT = "starting\n+5s listening\n+1m GET / 200\n+250ms ready\n+x no time\n";

describe("lines of a log", () => {
  it("are written in their time, and not after the end", () => {
    const texts = (finishedMs?: number): string[] => logLines(SCRIPT, { startedMs: START, finishedMs }).map(({ text }) => text);
    expect(texts()).toEqual(["starting", "+x no time", "ready", "listening", "GET / 200"]);
    expect(texts(START + 5_000)).toEqual(["starting", "+x no time", "ready", "listening"]);
  });

  it.each([
    { name: "all of them", options: {}, atMs: 3_600_000, want: 5 },
    { name: "those that are written by now", options: {}, atMs: 5_000, want: 4 },
    { name: "the last two", options: { tailLines: 2 }, atMs: 3_600_000, want: 2 },
    { name: "none", options: { tailLines: 0 }, atMs: 3_600_000, want: 0 },
    { name: "those since a time", options: { sinceMs: START + 5_000 }, atMs: 3_600_000, want: 2 },
    { name: "those of the tail since a time", options: { sinceMs: START + 5_000, tailLines: 1 }, atMs: 3_600_000, want: 1 },
  ])("selects $name", ({ options, atMs, want }) => {
    const lines = logLines(SCRIPT, { startedMs: START, finishedMs: undefined });
    expect(selectLines(lines, { ...ALL, ...options }, START + atMs)).toHaveLength(want);
  });

  it("carry their time when asked", () => {
    expect(renderLine({ atMs: START + 250, text: "ready" }, true)).toBe("2024-01-01T00:00:00.250000000Z ready\n");
    expect(renderLine({ atMs: START, text: "" }, false)).toBe("\n");
  });

  it("are bounded in number", () => {
    expect(logLines("x\n".repeat(20_000), { startedMs: 0, finishedMs: undefined })).toHaveLength(10_000);
  });
});
