import { describe, expect, it } from "vitest";
import { clockText } from "./text.ts";

describe("clockText", () => {
  const now = "2026-01-02T03:04:05.678Z";
  it.each([
    [{ state: "running", scale: 1, aheadSeconds: 0.2 }, "2026-01-02T03:04:05Z running"],
    [{ state: "paused", scale: 1, aheadSeconds: -90_061 }, "2026-01-02T03:04:05Z paused, 1d 1h behind this machine's"],
    [{ state: "paused", scale: 2, aheadSeconds: 59.6 }, "2026-01-02T03:04:05Z paused, to go on at 2 times, 1m ahead of this machine's"],
    [
      { state: "running", scale: 60, aheadSeconds: 7265 },
      "2026-01-02T03:04:05Z running, 60 times as fast as this machine's, 2h 1m ahead of this machine's",
    ],
    [{ state: "advancing", scale: 1, aheadSeconds: 5 }, "2026-01-02T03:04:05Z advancing, 5s ahead of this machine's"],
  ] as const)("%j", (view, text) => {
    expect(clockText({ now, ...view })).toBe(text);
  });
});
