import { describe, expect, it } from "vitest";
import { createReconciler, type Reconciler, silentLogger, VirtualClock } from "#lib";
import { gapFor, paced } from "./pacer.ts";

describe("paced", () => {
  const clock = new VirtualClock(0);
  const start = (runs: string[]): Reconciler => {
    const reconcile = async (key: string): Promise<void> => void runs.push(`${key}@${clock.now()}`);
    return paced(createReconciler({ name: "test", clock, log: silentLogger, concurrency: 1, reconcile }), { clock, gapMs: () => 100 });
  };

  it("runs the first event at once, and those that follow closely together after the gap", async () => {
    const runs: string[] = [];
    const loop = start(runs);
    loop.enqueue("a");
    for (let step = 0; step < 5; step++) {
      loop.enqueue("a");
      loop.enqueue("b");
      await clock.advance(10);
    }
    await clock.advance(500);
    loop.enqueue("a");
    await clock.advance(0);
    expect(runs).toEqual(["a@0", "b@0", "a@100", "b@100", "a@550"]);
  });

  it("runs nothing after it was stopped", async () => {
    const runs: string[] = [];
    const loop = start(runs);
    loop.enqueue("a");
    await clock.advance(0);
    loop.enqueue("a");
    await loop.stop();
    await clock.advance(500);
    expect(runs.length).toBe(1);
  });

  it.each([
    { objects: 3, perMs: 4, want: 0 },
    { objects: 400, perMs: 4, want: 100 },
    { objects: 5000, perMs: 4, want: 250 },
  ])("gives $objects objects a gap of $want ms", ({ objects, perMs, want }) => {
    expect(gapFor(objects, perMs)).toBe(want);
  });
});
