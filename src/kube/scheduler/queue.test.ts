import { beforeEach, describe, expect, it } from "vitest";
import { VirtualClock } from "#lib";
import { podToPlace, type PodToPlace } from "./pod-to-place.ts";
import { DEFAULT_CONFIGURATION } from "./profiles/active-profiles.ts";
import { type QueuedPod, SchedulingQueue } from "./queue.ts";
import { makePod } from "./testing/objects.ts";

const pod = (name: string, priority = 0): PodToPlace => podToPlace(makePod(name, { priority }));

describe("scheduling queue", () => {
  let clock: VirtualClock;
  let activations: number;
  let queue: SchedulingQueue;
  const popName = (): string | undefined => queue.pop()?.pod.pod.metadata.name;
  const pop = (): QueuedPod => {
    const queued = queue.pop();
    if (queued === undefined) throw new Error("nothing is active");
    return queued;
  };

  beforeEach(() => {
    clock = new VirtualClock();
    activations = 0;
    queue = new SchedulingQueue({
      clock,
      onActive: () => void activations++,
      backoff: () => DEFAULT_CONFIGURATION,
      flushAfterMs: () => 300_000,
    });
  });

  it("hands out by priority, then by arrival", () => {
    for (const each of [pod("first"), pod("second"), pod("urgent", 1000)]) queue.add(each);
    expect([popName(), popName(), popName(), popName()]).toEqual(["urgent", "first", "second", undefined]);
    expect(activations).toBe(3);
  });

  it("doubles the back-off from one second to ten", async () => {
    queue.add(pod("a"));
    const waits: number[] = [];
    for (let attempt = 0; attempt < 6; attempt++) {
      queue.addBackoff(pop());
      const before = clock.now();
      await clock.advanceUntil(() => queue.sizes.active === 1);
      waits.push(clock.now() - before);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  });

  it("leaves an unschedulable pod alone until something could help it", async () => {
    queue.add(pod("a"));
    queue.add(pod("b"));
    queue.addUnschedulable(pop());
    queue.addUnschedulable(pop());
    await clock.advance(20_000);
    expect(queue.sizes).toEqual({ active: 0, backoff: 0, unschedulable: 2 });
    queue.retryWhere(({ pod: { key } }) => key === "default/b");
    expect(popName()).toBe("b");
    expect(queue.sizes.unschedulable).toBe(1);
  });

  it("lets a pod that could be helped finish its back-off first", async () => {
    queue.add(pod("a"));
    queue.addUnschedulable(pop());
    await clock.advance(400);
    queue.retryWhere(() => true);
    expect(queue.sizes).toEqual({ active: 0, backoff: 1, unschedulable: 0 });
    await clock.advance(600);
    expect(popName()).toBe("a");
  });

  it("tries unschedulable pods again after five minutes", async () => {
    queue.add(pod("a"));
    queue.addUnschedulable(pop());
    await clock.advance(299_000);
    expect(queue.sizes.active).toBe(0);
    await clock.advance(31_001);
    expect(queue.sizes.active).toBe(1);
  });

  it("retries an unschedulable pod that changed, and keeps its attempts", async () => {
    queue.add(pod("a"));
    queue.addUnschedulable(pop());
    await clock.advance(5_000);
    queue.add(pod("a", 7));
    const again = pop();
    expect([again.attempts, again.pod.priority]).toEqual([2, 7]);
  });

  it("takes a pod of the same name as another one once the first is replaced", () => {
    queue.add(pod("a"));
    const first = pop();
    queue.add({ ...pod("a"), uid: "another" });
    queue.addUnschedulable(first);
    expect(queue.sizes).toEqual({ active: 1, backoff: 0, unschedulable: 0 });
    expect(pop().attempts).toBe(1);
  });

  it("forgets removed pods wherever they are, and sets no timer once closed", async () => {
    for (const name of ["a", "b", "c"]) queue.add(pod(name));
    queue.addBackoff(pop());
    queue.addUnschedulable(pop());
    for (const name of ["a", "b", "c"]) queue.remove(`default/${name}`);
    expect(queue.sizes).toEqual({ active: 0, backoff: 0, unschedulable: 0 });
    queue.close();
    await clock.advance(600_000);
    expect(clock.pending).toBe(0);
  });
});
