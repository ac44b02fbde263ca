import { beforeEach, describe, expect, it } from "vitest";
import { silentLogger, VirtualClock } from "#lib";
import { openMemoryStore, type Store } from "#store";
import type { AllocationFault, BootFault, BootPhase, Compute, MachineFaults } from "./compute.ts";
import { DURATIONS } from "./durations.ts";
import { openCompute } from "./open-compute.ts";
import { KEY, SPEC } from "./testing/scale-set.ts";

const MINUTE_MS = 60_000;

describe("faults of machines", () => {
  let clock: VirtualClock;
  let store: Store;
  let compute: Compute;
  let refusal: AllocationFault | undefined;
  let boots: Partial<Record<BootPhase, readonly (BootFault | undefined)[]>>;
  let asked: string[];
  const faults: MachineFaults = {
    async allocation(_scaleSet, phase) {
      asked.push(`allocation ${phase}`);
      return refusal;
    },
    async boots(_scaleSet, phase, names) {
      asked.push(`${phase} ${names.map((name) => name.slice(-1)).join("")}`);
      return boots[phase] ?? [];
    },
  };
  const open = (): Promise<Compute> => openCompute({ store, clock, pace: (ms) => ms, log: silentLogger, faults });
  const make = (count: number): Promise<unknown> => compute.createInstances(KEY, count, () => "data");

  beforeEach(async () => {
    clock = new VirtualClock();
    store = openMemoryStore();
    [refusal, boots, asked] = [undefined, {}, []];
    compute = await open();
    await compute.ensureScaleSet(SPEC);
  });

  it.each([
    ["allocationFailed", "AllocationFailed"],
    ["zonalAllocationFailed", "ZonalAllocationFailed"],
    ["overconstrainedAllocation", "OverconstrainedAllocationRequest"],
    ["skuNotAvailable", "SkuNotAvailable"],
    ["quotaExceeded", "ErrCode_InsufficientVCPUQuota"],
  ] as const)("%s: no machine is made, and no id used", async (fault, code) => {
    refusal = fault;
    await expect(make(2)).rejects.toMatchObject({ code });
    expect(compute.instances(KEY)).toEqual([]);
    refusal = undefined;
    await make(1);
    expect(compute.instances(KEY)).toMatchObject([{ id: 0 }]);
  });

  it("lets a single boot take longer, and the others not", async () => {
    boots = { create: [undefined, { extraMs: MINUTE_MS }] };
    await make(2);
    expect(asked).toEqual(["allocation create", "create 01"]);
    await clock.advance(DURATIONS.bootMs);
    expect(compute.instances(KEY).map(({ state }) => state)).toEqual(["Running", "Creating"]);
    await clock.advance(MINUTE_MS);
    expect(compute.instances(KEY).map(({ state }) => state)).toEqual(["Running", "Running"]);
  });

  it("keeps an ailment through a restart, until the machine boots anew", async () => {
    boots = { create: [{ ailment: "broken" }] };
    await make(1);
    await clock.advance(DURATIONS.bootMs);
    await compute.stop();
    compute = await open();
    expect(compute.instance(KEY, 0)).toMatchObject({ state: "Running", ailment: "broken", boot: 1 });
    await compute.rebootInstance(KEY, 0);
    expect(compute.instance(KEY, 0)).toMatchObject({ state: "Updating", boot: 2, userData: "data" });
    await clock.advance(DURATIONS.rebootMs);
    expect(compute.instance(KEY, 0)?.ailment).toBeUndefined();
    boots = { reimage: [{ ailment: "broken" }] };
    await compute.reimageInstance(KEY, 0, "other");
    expect(compute.instance(KEY, 0)).toMatchObject({ ailment: "broken", boot: 3, userData: "other" });
  });

  it("tells the host that a silent machine has stopped, and that it runs after its next boot", async () => {
    const heard: string[] = [];
    await compute.attach({
      started: ({ boot }) => void heard.push(`started ${boot}`),
      stopped: ({ boot }) => void heard.push(`stopped ${boot}`),
    });
    await make(1);
    await clock.advance(DURATIONS.bootMs);
    await compute.silenceInstance(KEY, 0, 7);
    expect(heard).toEqual(["started 1"]);
    await compute.silenceInstance(KEY, 0, 1);
    await compute.silenceInstance(KEY, 0, 1);
    expect(heard).toEqual(["started 1", "stopped 1"]);
    expect(compute.instance(KEY, 0)?.state).toBe("Running");
    await compute.rebootInstance(KEY, 0);
    await clock.advance(DURATIONS.rebootMs);
    expect(heard).toEqual(["started 1", "stopped 1", "started 2"]);
  });

  it("refuses to start what is deallocated when there is no capacity, and leaves it as it is", async () => {
    await make(2);
    await clock.advance(DURATIONS.bootMs);
    await compute.deallocateInstances(KEY, [0, 1]);
    await clock.advance(DURATIONS.deallocateMs);
    refusal = "allocationFailed";
    await expect(compute.startInstances(KEY, [0, 1], () => "again")).rejects.toMatchObject({ code: "AllocationFailed" });
    expect(compute.instances(KEY)).toMatchObject([{ state: "Deallocated" }, { state: "Deallocated" }]);
    refusal = undefined;
    boots = { start: [{ extraMs: MINUTE_MS }] };
    await compute.startInstances(KEY, [0, 1], () => "again");
    await clock.advance(DURATIONS.startMs);
    expect(compute.instances(KEY).map(({ state }) => state)).toEqual(["Starting", "Running"]);
  });
});
