import { describe, expect, it } from "vitest";
import { StartError } from "#api/server";
import { silentLogger, VirtualClock } from "#lib";
import { openMemoryStore } from "#store";
import { openTime } from "./virtual-time.ts";

const START = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;

describe("openTime", () => {
  const fresh = () => ({ store: openMemoryStore(), wall: new VirtualClock(START), log: silentLogger });

  it("goes on from where it stood, and not while no server runs", async () => {
    const options = fresh();
    const before = (await openTime("virtual", options)).steered;
    await before?.setScale(2);
    await before?.pause();
    await before?.advance(5 * HOUR_MS, 1000);
    await before?.stop();
    await options.wall.advance(HOUR_MS);
    const after = (await openTime("virtual", options)).steered;
    expect(after?.state()).toEqual({ nowMs: START + 5 * HOUR_MS, scale: 2, isPaused: true, isAdvancing: false });
  });

  it("goes on later, not earlier, when it was not stopped", async () => {
    const options = fresh();
    const { clock } = await openTime("virtual", options);
    clock.after(1, () => undefined);
    for (let second = 0; second < 100; second++) await options.wall.advance(1000);
    const killedMs = clock.now();
    expect(killedMs).toBeGreaterThan(START + 90_000);
    const resumedMs = (await openTime("virtual", options)).clock.now();
    expect(resumedMs - killedMs).toBeGreaterThanOrEqual(0);
    expect(resumedMs - killedMs).toBeLessThanOrEqual(90_000);
  });

  it("leaves virtual time behind only once this machine's clock has passed it", async () => {
    const options = fresh();
    const { steered } = await openTime("virtual", options);
    await steered?.pause();
    await steered?.advance(HOUR_MS, 1000);
    await steered?.stop();
    await expect(openTime("real", options)).rejects.toThrow(StartError);
    await options.wall.advance(2 * HOUR_MS);
    expect(await openTime("real", options)).toEqual({ store: options.store, clock: options.wall, wall: options.wall });
    expect((await openTime("virtual", options)).clock.now()).toBe(options.wall.now());
  });
});
