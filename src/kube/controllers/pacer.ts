import type { Clock, Reconciler, Timer } from "#lib";

/** Keys whose last run is remembered; forgetting them only lets a run come sooner. */
const MAX_REMEMBERED = 10_000;
/** Keys never wait longer than this for their next run. */
const MAX_GAP_MS = 250;

/**
 * The gap for runs that look at so many objects: none worth speaking of in a small cluster, and in a large one long
 * enough for many events to share a run.
 * @param objects nodes or pods that one run goes through.
 * @param perMs how many of them a millisecond of gap pays for.
 */
export function gapFor(objects: number, perMs: number): number {
  return Math.min(MAX_GAP_MS, Math.floor(objects / perMs));
}

/**
 * A loop that runs a key at most once in `gapMs()`: the first event runs at once, those that follow closely share one run
 * after the gap. For runs whose cost grows with the number of objects, each of which wakes them.
 */
export function paced(loop: Reconciler, { clock, gapMs }: { readonly clock: Clock; readonly gapMs: () => number }): Reconciler {
  const lastMs = new Map<string, number>();
  const waiting = new Map<string, Timer>();
  const start = (key: string): void => {
    waiting.delete(key);
    if (lastMs.size >= MAX_REMEMBERED) lastMs.clear();
    lastMs.set(key, clock.now());
    loop.enqueue(key);
  };
  return {
    idle: () => loop.idle(),
    enqueue(key) {
      if (waiting.has(key)) return;
      const leftMs = (lastMs.get(key) ?? Number.NEGATIVE_INFINITY) + gapMs() - clock.now();
      if (leftMs <= 0) return start(key);
      waiting.set(
        key,
        clock.after(leftMs, () => start(key)),
      );
    },
    async stop() {
      for (const timer of waiting.values()) timer.cancel();
      waiting.clear();
      await loop.stop();
    },
  };
}
