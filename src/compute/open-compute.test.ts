import { beforeEach, describe, expect, it } from "vitest";
import { silentLogger, VirtualClock } from "#lib";
import { openMemoryStore, type Store } from "#store";
import { AllocationError, type Compute, type Instance, type ScaleSetSpec } from "./compute.ts";
import { DURATIONS } from "./durations.ts";
import { openCompute } from "./open-compute.ts";

const KEY = { subscriptionId: "S", resourceGroup: "MC_rg_c_eastus", name: "aks-p-12345678-vmss" };
const SPEC: ScaleSetSpec = {
  ...KEY,
  location: "eastus",
  vmSize: "Standard_DS2_v2",
  osType: "Linux",
  osDiskSizeGb: 100,
  zones: [],
  network: { id: "vnet", cidr: "10.240.0.0/24" },
  tags: {},
};
const MINUTE_MS = 60_000;

describe("compute", () => {
  let clock: VirtualClock;
  let store: Store;
  let compute: Compute;
  const open = (): Promise<Compute> => openCompute({ store, clock, pace: (ms) => ms, log: silentLogger });
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
});
