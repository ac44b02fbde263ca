import { describe, expect, it } from "vitest";
import { paceOf, silentLogger, VirtualClock } from "#lib";
import { openMemoryStore } from "#store";
import { openCompute } from "./open-compute.ts";

const KEY = { subscriptionId: "s", resourceGroup: "MC_rg_c_eastus", name: "aks-p-12345678-vms" };
const D2 = "Standard_D2s_v3";
const E4 = "Standard_E4s_v3";

async function open() {
  const options = { store: openMemoryStore(), clock: new VirtualClock(), pace: paceOf("instant"), log: silentLogger };
  const compute = await openCompute(options);
  await compute.ensureScaleSet({
    ...KEY,
    standalone: true,
    location: "eastus",
    vmSize: D2,
    osType: "Linux",
    osDiskSizeGb: 128,
    zones: [],
    network: { id: "vnet", cidr: "10.224.0.0/12" },
    tags: {},
  });
  return compute;
}

describe("machines of their own", () => {
  it("have decimal numbers in their names, which are not used again, and each its size", async () => {
    const compute = await open();
    await compute.createInstances(KEY, 11, ({ vmSize }) => vmSize, E4);
    await compute.deleteInstances(KEY, [10]);
    const [made] = await compute.createInstances(KEY, 1, ({ vmSize }) => vmSize, D2);
    expect(made).toMatchObject({ computerName: "aks-p-12345678-vms11", vmSize: D2, userData: D2 });
    expect(compute.instance(KEY, 9)).toMatchObject({ computerName: "aks-p-12345678-vms9", vmSize: E4, userData: E4 });
    await compute.stop();
  });

  it("count against the quota of their own size's family", async () => {
    const compute = await open();
    await compute.setLimit({ subscriptionId: "s", location: "eastus", name: "standardESv3Family" }, 8);
    await compute.createInstances(KEY, 2, () => undefined, E4);
    await compute.createInstances(KEY, 3, () => undefined, D2);
    const used = new Map(compute.usages("s", "eastus").map(({ name, current }) => [name, current]));
    expect([used.get("cores"), used.get("standardESv3Family"), used.get("standardDSv3Family")]).toEqual([14, 8, 6]);
    await expect(compute.createInstances(KEY, 1, () => undefined, E4)).rejects.toMatchObject({ code: "QuotaExceeded" });
    await compute.stop();
  });
});
