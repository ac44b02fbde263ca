import { describe, expect, it } from "vitest";
import { VirtualClock } from "./clock.ts";
import { silentLogger } from "./log.ts";
import { ClockBusyError, ClockLateError, type ClockRecord, RESERVE_MS, SteeredClock } from "./steered-clock.ts";

const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;

/** A clock over a machine's clock that the test moves. */
function steered(from: Partial<ClockRecord> = {}) {
  const wall = new VirtualClock(START);
  const saved: ClockRecord[] = [];
  const fired: string[] = [];
  let settling = async (): Promise<void> => undefined;
  const clock = new SteeredClock({
    wall,
    from: { nowMs: START, scale: 1, isPaused: false, ...from },
    settle: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      await settling();
    },
    save: async (record) => void saved.push(record),
    log: silentLogger,
  });
  const since = (): number => clock.now() - START;
  const note = (name: string) => () => void fired.push(`${name}@${since()}`);
  return { wall, clock, saved, fired, since, note, settleBy: (by: () => Promise<void>) => (settling = by) };
}

describe("SteeredClock", () => {
  it("runs as the machine's clock does, and fires timers at their time", async () => {
    const { wall, clock, fired, since, note } = steered();
    clock.after(1000, note("second"));
    clock.after(999.5, note("first"));
    clock.after(1001, note("third")).cancel();
    await wall.advance(500);
    expect(since()).toBe(500);
    await wall.advance(10 * MINUTE);
    expect(fired).toEqual(["second@1000", "first@1000"]);
    expect(since()).toBe(10 * MINUTE + 500);
  });

  it("stands still while paused, and goes on from there", async () => {
    const { wall, clock, fired, since, note } = steered();
    clock.after(2000, note("timer"));
    await wall.advance(1000);
    await clock.pause();
    await wall.advance(60 * MINUTE);
    expect([since(), fired]).toEqual([1000, []]);
    await clock.resume();
    await wall.advance(1500);
    expect([since(), fired]).toEqual([2500, ["timer@2000"]]);
  });

  it("runs as many times as fast as told", async () => {
    const { wall, clock, fired, since, note } = steered();
    await wall.advance(1000);
    await clock.setScale(60);
    clock.after(30 * MINUTE, note("half an hour"));
    await wall.advance(MINUTE);
    expect([since(), fired]).toEqual([1000 + 60 * MINUTE, [`half an hour@${1000 + 30 * MINUTE}`]]);
    await clock.setScale(0.5);
    await wall.advance(MINUTE);
    expect(since()).toBe(1000 + 60.5 * MINUTE);
  });

  it.each([false, true])("advances from timer to timer, each after what the last one began has settled (paused: %s)", async (isPaused) => {
    const { clock, fired, since, note, settleBy } = steered({ isPaused });
    let waiting: (() => void) | undefined;
    settleBy(async () => {
      waiting?.();
      waiting = undefined;
    });
    clock.after(1000, () => (waiting = note("settled")));
    clock.after(2000, note("later"));
    clock.after(1000, () => {
      note("again")();
      clock.after(0, note("next"));
    });
    await clock.advance(120 * MINUTE, MINUTE);
    expect(fired).toEqual(["again@1000", "settled@1000", "next@1010", "later@2000"]);
    expect(since()).toBe(120 * MINUTE);
    expect(clock.state()).toMatchObject({ isPaused, isAdvancing: false });
  });

  it("is steered by one at a time", async () => {
    const { clock, since } = steered();
    const advance = clock.advance(MINUTE, MINUTE);
    expect(clock.state().isAdvancing).toBe(true);
    expect(() => clock.advance(1, 1)).toThrow(ClockBusyError);
    await expect(clock.pause()).rejects.toThrow(ClockBusyError);
    await expect(clock.setScale(2)).rejects.toThrow(ClockBusyError);
    await advance;
    expect(since()).toBe(MINUTE);
  });

  it("gives an advance up that takes too long, and stays where it came to", async () => {
    const { wall, clock, since, settleBy } = steered({ isPaused: true });
    const tick = (): void => void clock.after(1000, tick);
    tick();
    settleBy(() => wall.advance(100));
    await expect(clock.advance(60 * MINUTE, 1000)).rejects.toThrow(ClockLateError);
    expect(since()).toBeGreaterThan(1000);
    expect(since()).toBeLessThan(MINUTE);
    settleBy(async () => undefined);
    await clock.advance(MINUTE, MINUTE);
    expect(since() % 1000).toBe(0);
  });

  it("keeps a record before time comes to it, and the moment itself when it stops", async () => {
    const { wall, clock, saved } = steered();
    for (let second = 0; second < 300; second++) {
      await wall.advance(1000);
      expect(saved.at(-1)?.nowMs).toBeGreaterThanOrEqual(clock.now());
    }
    expect(saved.length).toBeLessThan(15);
    await clock.advance(60 * MINUTE, MINUTE);
    expect(saved.at(-1)?.nowMs).toBeGreaterThanOrEqual(clock.now());
    expect(saved.at(-1)?.nowMs).toBeLessThanOrEqual(clock.now() + RESERVE_MS);
    await clock.pause();
    expect(saved.at(-1)).toEqual({ nowMs: clock.now(), scale: 1, isPaused: true });
    await clock.resume();
    await wall.advance(1234);
    const nowMs = clock.now();
    await clock.stop();
    expect(saved.at(-1)).toEqual({ nowMs, scale: 1, isPaused: false });
  });

  it("waits for a record that is slow to be kept", async () => {
    const wall = new VirtualClock(START);
    const clock = new SteeredClock({
      wall,
      from: { nowMs: START, scale: 1, isPaused: false },
      settle: async () => undefined,
      save: () => wall.sleep(20_000),
      log: silentLogger,
    });
    await wall.advance(10_000);
    expect(clock.now()).toBe(START);
    await wall.advance(15_000);
    expect(clock.now()).toBeGreaterThan(START);
  });

  it("goes on neither backwards nor in leaps when the machine's clock does", async () => {
    const { wall, clock, fired, since, note } = steered();
    await wall.advance(10_000);
    expect(since()).toBe(10_000);
    const machine = wall as unknown as { now(): number };
    const trueNow = wall.now.bind(wall);
    machine.now = () => trueNow() - 60 * MINUTE;
    expect(since()).toBe(10_000);
    await wall.advance(5000);
    expect(since()).toBe(15_000);
    clock.after(1000, note("soon"));
    machine.now = () => trueNow() + 60 * MINUTE;
    await wall.advance(2000);
    expect(fired).toEqual(["soon@16000"]);
    expect(since()).toBeLessThan(MINUTE);
  });

  it("sleeps, and wakes whoever gives up", async () => {
    const { clock } = steered({ isPaused: true });
    const abort = new AbortController();
    const given = clock.sleep(MINUTE, abort.signal);
    const slept = clock.sleep(MINUTE);
    abort.abort(new Error("enough"));
    await expect(given).rejects.toThrow("enough");
    await clock.advance(MINUTE, MINUTE);
    await slept;
  });
});
