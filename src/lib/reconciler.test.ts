import { describe, expect, it } from "vitest";
import { VirtualClock } from "./clock.ts";
import { silentLogger } from "./log.ts";
import { createReconciler, FIRST_BACKOFF_MS, MAX_BACKOFF_MS, type Reconciler, type Requeue } from "./reconciler.ts";

interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

function gate(): Gate {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

function reconciler(clock: VirtualClock, reconcile: (key: string) => Promise<Requeue | void>, concurrency = 2): Reconciler {
  return createReconciler({ name: "test", clock, log: silentLogger, concurrency, reconcile });
}

describe("createReconciler", () => {
  it("runs a key once however often it is enqueued before, and not inside enqueue", async () => {
    const runs: string[] = [];
    const loop = reconciler(new VirtualClock(), async (key) => void runs.push(key));
    for (const key of ["a", "b", "a"]) loop.enqueue(key);
    expect(runs).toEqual([]);
    await loop.idle();
    expect(runs).toEqual(["a", "b"]);
  });

  it("runs a key again, after and never beside, when it is enqueued while it runs", async () => {
    const gates = [gate(), gate()];
    let runs = 0;
    const loop = reconciler(new VirtualClock(), async () => gates[runs++]?.opened);
    loop.enqueue("a");
    await Promise.resolve();
    expect(runs).toBe(1);
    loop.enqueue("a");
    loop.enqueue("a");
    await Promise.resolve();
    expect(runs).toBe(1);
    gates[0]?.open();
    gates[1]?.open();
    await loop.idle();
    expect(runs).toBe(2);
  });

  it("runs no more keys at a time than its concurrency", async () => {
    let running = 0;
    let most = 0;
    const loop = reconciler(new VirtualClock(), async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
    });
    for (let key = 0; key < 9; key++) loop.enqueue(String(key));
    await loop.idle();
    expect(most).toBe(2);
  });

  it("tries a failing key again with doubled pauses up to the longest, and from the first pause after a success", async () => {
    const clock = new VirtualClock(0);
    const times: number[] = [];
    let failing = true;
    const loop = reconciler(clock, async () => {
      times.push(clock.now());
      if (failing) throw new Error("not yet");
    });
    loop.enqueue("a");
    await clock.advance(60_000);
    const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(pauses.slice(0, 4)).toEqual([FIRST_BACKOFF_MS, 40, 80, 160]);
    expect(pauses.at(-1)).toBe(MAX_BACKOFF_MS);
    failing = false;
    await clock.advance(MAX_BACKOFF_MS);
    failing = true;
    const before = times.length;
    loop.enqueue("a");
    await clock.advance(FIRST_BACKOFF_MS);
    expect(times).toHaveLength(before + 2);
  });

  it("comes back when asked to, and an earlier wake replaces that", async () => {
    const clock = new VirtualClock(0);
    const times: number[] = [];
    const loop = reconciler(clock, async () => {
      times.push(clock.now());
      return times.length < 3 ? { requeueAfterMs: 1000 } : undefined;
    });
    loop.enqueue("a");
    await clock.advance(400);
    expect(clock.pending).toBe(1);
    loop.enqueue("a");
    await clock.advance(5000);
    expect(times).toEqual([0, 400, 1400]);
    expect(clock.pending).toBe(0);
  });

  it("stops: waits for what runs, drops what is queued or waiting, takes no more", async () => {
    const clock = new VirtualClock(0);
    const held = gate();
    const runs: string[] = [];
    const loop = reconciler(
      clock,
      async (key) => {
        runs.push(key);
        if (key === "waits") return { requeueAfterMs: 10 };
        await held.opened;
        return undefined;
      },
      1,
    );
    for (const key of ["waits", "runs", "queued"]) loop.enqueue(key);
    await clock.advance(0);
    const ended: string[] = [];
    const stopped = loop.stop().then(() => ended.push("stopped"));
    await clock.advance(100);
    expect(ended).toEqual([]);
    held.open();
    await stopped;
    loop.enqueue("late");
    await clock.advance(100);
    expect(runs).toEqual(["waits", "runs"]);
  });
});
