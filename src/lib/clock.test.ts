import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { describe, expect, it } from "vitest";
import { systemClock, VirtualClock } from "./clock.ts";

describe("VirtualClock", () => {
  it("fires timers in order of their time, then of their setting, each at its own moment", async () => {
    const clock = new VirtualClock(1000);
    const fired: string[] = [];
    const note = (name: string) => () => void fired.push(`${name}@${clock.now()}`);
    clock.after(30, note("late"));
    clock.after(10, note("first"));
    clock.after(10, note("second"));
    clock.after(-5, note("past"));
    await clock.advance(29);
    expect(fired).toEqual(["past@1000", "first@1010", "second@1010"]);
    expect(clock.now()).toBe(1029);
    await clock.advance(1);
    expect(fired.at(-1)).toBe("late@1030");
    expect(clock.pending).toBe(0);
  });

  it("runs pending promise callbacks between two timers", async () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    void clock.sleep(1).then(() => Promise.resolve().then(() => seen.push("after the first")));
    clock.after(2, () => seen.push("second"));
    await clock.advance(2);
    expect(seen).toEqual(["after the first", "second"]);
  });

  it("fires timers that a timer sets when they fall due within the same advance", async () => {
    const clock = new VirtualClock(0);
    const times: number[] = [];
    const tick = (): void => {
      times.push(clock.now());
      clock.after(10, tick);
    };
    clock.after(10, tick);
    await clock.advance(35);
    expect(times).toEqual([10, 20, 30]);
  });

  it("never fires a cancelled timer, and cancelling again or too late does nothing", async () => {
    const clock = new VirtualClock();
    const fired: number[] = [];
    const timers = Array.from({ length: 50 }, (_, index) => clock.after((index * 7) % 50, () => void fired.push((index * 7) % 50)));
    for (const [index, timer] of timers.entries()) if (index % 3 === 0) timer.cancel();
    timers[0]?.cancel();
    const left = 50 - 17;
    expect(clock.pending).toBe(left);
    await clock.advance(50);
    timers[1]?.cancel();
    expect(fired).toHaveLength(left);
    expect(fired).toEqual([...fired].sort((one, other) => one - other));
  });

  it("rejects a sleep with the signal's reason and forgets its timer", async () => {
    const clock = new VirtualClock();
    const abort = new AbortController();
    const slept = clock.sleep(100, abort.signal);
    abort.abort(new Error("no longer wanted"));
    await expect(slept).rejects.toThrow("no longer wanted");
    await expect(clock.sleep(100, abort.signal)).rejects.toThrow("no longer wanted");
    expect(clock.pending).toBe(0);
  });

  it("advances from timer to timer until a condition holds, and gives up at the limit", async () => {
    const clock = new VirtualClock(0);
    let count = 0;
    const tick = (): void => {
      count++;
      clock.after(60_000, tick);
    };
    clock.after(60_000, tick);
    await clock.advanceUntil(() => count === 5);
    expect(clock.now()).toBe(300_000);
    await expect(clock.advanceUntil(() => false, 120_000)).rejects.toThrow("condition did not hold within 120000 ms");
  });

  it("holds 50,000 timers and cancels most of them without a quadratic cost", () => {
    const clock = new VirtualClock();
    const started = systemClock.now();
    for (let round = 0; round < 10; round++) {
      const timers = Array.from({ length: 5000 }, (_, index) => clock.after((index * 7919) % 10_000, () => undefined));
      for (const timer of timers.slice(100)) timer.cancel();
    }
    expect(clock.pending).toBe(1000);
    expect(systemClock.now() - started).toBeLessThan(2000);
  });
});

describe("systemClock", () => {
  it("wakes a program in which nothing else happens", () => {
    const program = `
      import { systemClock } from ${JSON.stringify(join(import.meta.dirname, "clock.ts"))};
      systemClock.after(50, () => systemClock.after(1, () => console.log("due")));
      setTimeout(() => console.log("later"), 400);`;
    const { outputFiles } = buildSync({
      stdin: { contents: program, resolveDir: import.meta.dirname },
      bundle: true,
      write: false,
      platform: "node",
      format: "esm",
    });
    const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", outputFiles[0]?.text ?? ""], { encoding: "utf8" });
    expect(stdout).toBe("due\nlater\n");
  });

  it("calls back, and not when cancelled", async () => {
    const fired: string[] = [];
    systemClock.after(0, () => void fired.push("cancelled")).cancel();
    await new Promise<void>((resolve) => {
      systemClock.after(1, resolve);
    });
    expect(fired).toEqual([]);
  });
});
