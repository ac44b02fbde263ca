import { describe, expect, it } from "vitest";
import { paceOf } from "./pace.ts";

describe("paceOf", () => {
  it.each([
    { speed: "realtime", realMs: 120_000, min: 120_000, max: 120_000 },
    { speed: "instant", realMs: 120_000, min: 0, max: 0 },
    { speed: "fast", realMs: 120_000, min: 1_000, max: 2_000 },
    { speed: "fast", realMs: 30_000, min: 500, max: 1_000 },
    { speed: "fast", realMs: 0, min: 0, max: 0 },
  ] as const)("turns $realMs ms into $min to $max ms at $speed", ({ speed, realMs, min, max }) => {
    expect(paceOf(speed)(realMs)).toBeGreaterThanOrEqual(min);
    expect(paceOf(speed)(realMs)).toBeLessThanOrEqual(max);
  });
});
