import { beforeEach, describe, expect, it } from "vitest";
import { silentLogger, VirtualClock } from "#lib";
import { openDocuments, openMemoryStore, type Store } from "#store";
import { AllocationError, type Compute, type Instance } from "./compute.ts";
import { DURATIONS } from "./durations.ts";
import { openCompute } from "./open-compute.ts";
import { CORE_LIMIT } from "./quota.ts";
import type { Quotas } from "./quota.ts";
import { KEY, SPEC } from "./testing/scale-set.ts";

const MINUTE_MS = 60_000;

describe("compute", () => {
  let clock: VirtualClock;
  let store: Store;
  let compute: Compute & Quotas;
  const open = (): Promise<Compute & Quotas> => openCompute({ store, clock, pace: (ms) => ms, log: silentLogger });
  const states = (): string[] => compute.instances(KEY).map(({ id, state }) => `${id} ${state}`);
  const make = (count: number): Promise<readonly Instance[]> => compute.createInstances(KEY, count, ({ id }) => ({ boot: "first", id }));

  beforeEach(async () => {
    clock = new VirtualClock();
    store = openMemoryStore();
    compute = await open();
    await compute.ensureScaleSet(SPEC);
  });

  it("boots machines under names, addresses and user data of their own", async () => {
    await make(2);
    expect(states()).toEqual(["0 Creating", "1 Creating"]);
    await clock.advance(DURATIONS.bootMs - 1);
    expect(states()).toEqual(["0 Creating", "1 Creating"]);
    await clock.advance(1);
    expect(compute.instances(KEY)).toMatchObject([
      { state: "Running", computerName: "aks-p-12345678-vmss000000", privateIp: "10.240.0.4", userData: { id: 0 }, boot: 1 },
      { state: "Running", computerName: "aks-p-12345678-vmss000001", privateIp: "10.240.0.5", userData: { id: 1 } },
    ]);
  });

  it("never gives an id again, and an address only after its machine is gone", async () => {
    await make(3);
    await clock.advance(5 * MINUTE_MS);
    await compute.deleteInstances(KEY, [1]);
    await make(1);
    expect(compute.instance(KEY, 3)?.privateIp).toBe("10.240.0.7");
    await clock.advance(5 * MINUTE_MS);
    await make(1);
    expect(compute.instances(KEY).map(({ id, privateIp }) => `${id} ${privateIp}`)).toEqual([
      "0 10.240.0.4",
      "2 10.240.0.6",
      "3 10.240.0.7",
      "4 10.240.0.5",
    ]);
  });

  it("spreads machines over zones", async () => {
    await compute.ensureScaleSet({ ...SPEC, name: "zoned", zones: ["1", "2", "3"] });
    await compute.createInstances({ ...KEY, name: "zoned" }, 5, () => undefined);
    expect(compute.instances({ ...KEY, name: "zoned" }).map(({ zone }) => zone)).toEqual(["1", "2", "3", "1", "2"]);
  });

  it.each([
    { title: "addresses", count: 252, code: "SubnetIsFull", size: "Standard_DS2_v2" },
    { title: "cores", count: 241, code: "QuotaExceeded", size: "Standard_M416ms_v2" },
  ])("makes no machine when there are not enough $title for all", async ({ count, code, size }) => {
    const key = { ...KEY, name: "large" };
    await compute.ensureScaleSet({ ...SPEC, ...key, vmSize: size });
    await expect(compute.createInstances(key, count, () => undefined)).rejects.toMatchObject({ code } satisfies Partial<AllocationError>);
    expect(compute.instances(key)).toEqual([]);
    await compute.createInstances(key, 1, () => undefined);
    expect(compute.instances(key)).toMatchObject([{ id: 0, privateIp: "10.240.0.4" }]);
  });

  it("tells the host what runs: after boots, reimages and deletions", async () => {
    const heard: string[] = [];
    const record = (what: string) => (instance: Instance) => void heard.push(`${what} ${instance.id} boot ${instance.boot}`);
    await make(2);
    await clock.advance(5 * MINUTE_MS);
    await compute.attach({ started: record("started"), stopped: record("stopped") });
    await compute.reimageInstance(KEY, 0, { boot: "second" });
    expect(compute.instance(KEY, 0)).toMatchObject({
      state: "Updating",
      userData: { boot: "second" },
      computerName: "aks-p-12345678-vmss000000",
    });
    await clock.advance(5 * MINUTE_MS);
    await compute.deleteInstances(KEY, [0, 1]);
    await clock.advance(5 * MINUTE_MS);
    expect(heard).toEqual([
      "started 0 boot 1",
      "started 1 boot 1",
      "stopped 0 boot 1",
      "started 0 boot 2",
      "stopped 0 boot 2",
      "stopped 1 boot 1",
    ]);
    expect(compute.instances(KEY)).toEqual([]);
  });

  it("keeps a machine that is deallocated, and starts it under its name with other user data", async () => {
    await make(3);
    await clock.advance(5 * MINUTE_MS);
    const heard: string[] = [];
    await compute.attach({
      started: ({ id }) => void heard.push(`started ${id}`),
      stopped: ({ id }) => void heard.push(`stopped ${id}`),
    });
    heard.length = 0;
    await compute.deallocateInstances(KEY, [1, 2, 7]);
    await compute.deallocateInstances(KEY, [1, 2]);
    expect(states()).toEqual(["0 Running", "1 Deallocating", "2 Deallocating"]);
    await compute.startInstances(KEY, [1], () => "early");
    await clock.advance(5 * MINUTE_MS);
    expect(states()).toEqual(["0 Running", "1 Deallocated", "2 Deallocated"]);
    const { privateIp, computerName } = compute.instance(KEY, 1) ?? {};
    await compute.startInstances(KEY, [0, 1], ({ id }) => `again ${id}`);
    expect(states()).toEqual(["0 Running", "1 Starting", "2 Deallocated"]);
    expect(heard).toEqual(["stopped 1", "stopped 2"]);
    await compute.stop();
    await clock.advance(5 * MINUTE_MS);
    compute = await open();
    await clock.advance(0);
    expect(states()).toEqual(["0 Running", "1 Running", "2 Deallocated"]);
    expect(compute.instance(KEY, 1)).toMatchObject({ privateIp, computerName, userData: "again 1", boot: 2 });
    await compute.deleteInstances(KEY, [2]);
    await clock.advance(5 * MINUTE_MS);
    expect(states()).toEqual(["0 Running", "1 Running"]);
  });

  it("goes on after a restart from what is stored", async () => {
    await make(1);
    await compute.stop();
    await clock.advance(10 * MINUTE_MS);
    compute = await open();
    await clock.advance(0);
    expect(states()).toEqual(["0 Running"]);
    await make(1);
    expect(compute.instance(KEY, 1)?.privateIp).toBe("10.240.0.5");
  });

  it("deletes a scale set after its machines", async () => {
    await make(2);
    await compute.deleteScaleSet(KEY);
    expect(states()).toEqual(["0 Deleting", "1 Deleting"]);
    expect(compute.scaleSet(KEY)).toBeDefined();
    await clock.advance(5 * MINUTE_MS);
    expect(compute.scaleSet(KEY)).toBeUndefined();
    await compute.deleteScaleSet(KEY);
  });

  it("deletes the machines of a scale set that was to go when the program ended, and makes no more of them", async () => {
    await make(2);
    await compute.stop();
    const scaleSets = await openDocuments<object>(store, "/compute/scale-sets/");
    for (const { id } of scaleSets.list()) await scaleSets.update(id, (stored) => ({ ...stored, isDeleting: true }));
    compute = await open();
    await clock.advance(0);
    expect(states()).toEqual(["0 Deleting", "1 Deleting"]);
    await expect(make(1)).rejects.toThrow("is being deleted");
    await clock.advance(5 * MINUTE_MS);
    expect(compute.scaleSet(KEY)).toBeUndefined();
  });

  it("tells of a change once a transaction and scale set, when all of it is in place", async () => {
    const seen: string[] = [];
    const stop = compute.subscribe(({ name }) => void seen.push(`${name} ${states().join()}`));
    await make(2);
    expect(seen.length).toBeLessThanOrEqual(2);
    expect(seen.at(-1)).toBe(`${KEY.name} 0 Creating,1 Creating`);
    seen.length = 0;
    await clock.advance(DURATIONS.bootMs);
    expect(seen).toEqual([`${KEY.name} 0 Running,1 Running`]);
    stop();
    await compute.deleteInstances(KEY, [0]);
    expect(seen).toHaveLength(1);
  });

  it("counts cores by region and family, and refuses beyond a limit in Azure's words, also to two who ask at once", async () => {
    await compute.setLimit({ subscriptionId: "s", location: "East US", name: "cores" }, 6);
    const settled = await Promise.allSettled([make(2), make(2)]);
    expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    const usages = compute.usages("S", "eastus");
    expect(usages[0]).toEqual({ name: "cores", current: 4, limit: 6, isSet: true });
    expect(usages.find(({ name }) => name === "standardDSv2Family")?.current).toBe(4);
    expect(compute.usages("S", "westus")[0]?.current).toBe(0);
    await expect(make(2)).rejects.toThrow(
      "Operation could not be completed as it results in exceeding approved Total Regional Cores quota. Additional details - Deployment Model: Resource Manager, Location: eastus, Current Limit: 6, Current Usage: 4, Additional Required: 4, (Minimum) New Limit Required: 8.",
    );
    await compute.stop();
    compute = await open();
    expect(compute.usages("S", "eastus")[0]?.limit).toBe(6);
    await compute.setLimit({ subscriptionId: "s", location: "eastus", name: "cores" }, undefined);
    expect(compute.usages("S", "eastus")[0]).toMatchObject({ limit: CORE_LIMIT, isSet: false });
  });
});
