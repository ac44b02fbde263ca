import { describe, expect, it } from "vitest";
import { isSpeed, paceOf } from "./pace.ts";

describe("paceOf", () => {
  it.each([
    { speed: "realtime", realMs: 120_000, min: 120_000, max: 120_000 },
    { speed: "instant", realMs: 120_000, min: 0, max: 0 },
    { speed: "fast", realMs: 120_000, min: 1_000, max: 2_000 },
    { speed: "fast", realMs: 30_000, min: 500, max: 1_000 },
    { speed: "fast", realMs: 0, min: 0, max: 0 },
    { speed: "10x", realMs: 120_000, min: 12_000, max: 12_000 },
    { speed: "0.5x", realMs: 120_000, min: 240_000, max: 240_000 },
  ] as const)("turns $realMs ms into $min to $max ms at $speed", ({ speed, realMs, min, max }) => {
    expect(paceOf(speed)(realMs)).toBeGreaterThanOrEqual(min);
    expect(paceOf(speed)(realMs)).toBeLessThanOrEqual(max);
  });
});

describe("isSpeed", () => {
  it.each(["realtime", "fast", "instant", "1x", "20x", "2.5x", "9999x", "0.25x"])("takes %s", (text) => {
    expect(isSpeed(text)).toBe(true);
  });
  it.each(["", "x", "0x", "0.0x", "-1x", "1e3x", "10", "10 x", "100000x", "slow", "Infinityx"])("refuses %j", (text) => {
    expect(isSpeed(text)).toBe(false);
  });
});
