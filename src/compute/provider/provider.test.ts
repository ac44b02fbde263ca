import { describe, expect, it } from "vitest";
import { type ArmRequest, ArmError, type Method } from "#arm";
import { paceOf, silentLogger, VirtualClock } from "#lib";
import { openMemoryStore } from "#store";
import type { ScaleSetSpec } from "../compute.ts";
import { openCompute } from "../open-compute.ts";
import { createComputeProvider } from "./provider.ts";

const KEY = { subscriptionId: "s", resourceGroup: "MC_rg_c_eastus", name: "aks-p-1-vmss" };
const OLD = { id: "/galleries/g/images/i/versions/1" };
const NEW = { id: "/galleries/g/images/i/versions/2" };
const SPEC: ScaleSetSpec = {
  ...KEY,
  location: "eastus",
  vmSize: "Standard_DS2_v2",
  osType: "Linux",
  osDiskSizeGb: 128,
  zones: [],
  network: { id: "vnet", cidr: "10.224.0.0/12" },
  tags: { a: "1" },
  image: OLD,
};

async function open() {
  const clock = new VirtualClock();
  const store = openMemoryStore();
  const compute = await openCompute({ store, clock, pace: paceOf("realtime"), log: silentLogger });
  const provider = createComputeProvider(compute);
  // eslint-disable-next-line typescript/no-explicit-any -- a body is looked into by tests that know its shape.
  const call = async (method: Method, segments: string, query = ""): Promise<any> => {
    const request: ArmRequest = {
      method,
      path: { subscriptionId: "S", resourceGroup: "mc_RG_c_eastus", namespace: "Microsoft.Compute", segments: segments.split("/") },
      apiVersion: "2022-11-01",
      query: new URLSearchParams(query),
      headers: {},
      body: undefined,
      baseUrl: "https://localhost:8443",
      principal: { tenantId: "t", objectId: "o", name: "n" },
      correlationId: "c",
    };
    const { body, text } = await provider.handle(request);
    return text === undefined ? body : JSON.parse(text);
  };
  return { clock, compute, provider, call };
}

const SET = `virtualMachineScaleSets/${KEY.name}`;

describe("Microsoft.Compute", () => {
  it("shows a machine from its creation to its end", async () => {
    const { clock, compute, call } = await open();
    await compute.ensureScaleSet(SPEC);
    await compute.createInstances(KEY, 1, () => ({}));
    const states = async (): Promise<string[]> => {
      const set = await call("GET", SET);
      const list = await call("GET", `${SET}/virtualMachines`, "$expand=instanceView");
      const machines = list.value as { properties: { provisioningState: string; instanceView: { statuses: { code: string }[] } } }[];
      const shown = machines.map(({ properties }) => `${properties.provisioningState} ${properties.instanceView.statuses[1]?.code}`);
      return [`${set.properties.provisioningState} ${set.sku.capacity}`, ...shown];
    };
    expect(await states()).toEqual(["Updating 1", "Creating PowerState/starting"]);
    await clock.advance(120_000);
    expect(await states()).toEqual(["Succeeded 1", "Succeeded PowerState/running"]);
    await compute.deleteInstances(KEY, [0]);
    expect(await states()).toEqual(["Updating 0", "Deleting PowerState/stopping"]);
    await clock.advance(30_000);
    expect(await states()).toEqual(["Succeeded 0"]);
    await compute.stop();
  });

  it("tells which machines have yet to get the image of the model", async () => {
    const { clock, compute, call } = await open();
    await compute.ensureScaleSet(SPEC);
    await compute.createInstances(KEY, 2, () => ({}));
    await clock.advance(120_000);
    await compute.updateScaleSet(KEY, { tags: { a: "2" }, image: NEW });
    const latest = async (): Promise<boolean[]> => {
      const { value } = await call("GET", `${SET}/virtualMachines`);
      return (value as { properties: { latestModelApplied: boolean } }[]).map(({ properties }) => properties.latestModelApplied);
    };
    expect(await latest()).toEqual([false, false]);
    const before = (await call("GET", `${SET}/virtualMachines/1`)).properties;
    await compute.reimageInstance(KEY, 1, {});
    await clock.advance(90_000);
    expect(await latest()).toEqual([false, true]);
    const after = await call("GET", `${SET}/virtualMachines/1`);
    expect(after.tags).toEqual({ a: "2" });
    expect(after.properties.storageProfile.imageReference).toEqual(NEW);
    expect(after.properties.vmId).toBe(before.vmId);
    expect(after.properties.storageProfile.osDisk.name).not.toBe(before.storageProfile.osDisk.name);
    await compute.stop();
  });

  it("counts spot machines against their own limit", async () => {
    const { compute } = await open();
    await compute.ensureScaleSet({ ...SPEC, spot: { evictionPolicy: "Delete", maxPrice: -1 } });
    await compute.setLimit({ subscriptionId: "s", location: "eastus", name: "lowPriorityCores" }, 3);
    await compute.setLimit({ subscriptionId: "s", location: "eastus", name: "cores" }, 0);
    await compute.createInstances(KEY, 1, () => ({}));
    await expect(compute.createInstances(KEY, 1, () => ({}))).rejects.toThrow("approved LowPriority Cores quota");
    await compute.stop();
  });

  it.each(["PUT", "PATCH", "DELETE", "POST"] as const)("refuses %s of a scale set, and changes nothing", async (method) => {
    const { compute, call } = await open();
    await compute.ensureScaleSet(SPEC);
    await expect(call(method, SET)).rejects.toBeInstanceOf(ArmError);
    await expect(call(method, `${SET}/virtualMachines/0`)).rejects.toMatchObject({ status: 400, code: "NotEmulated" });
    expect(compute.scaleSet(KEY)?.tags).toEqual({ a: "1" });
    await compute.stop();
  });

  it.each(["virtualMachineScaleSets/none", `${SET}/virtualMachines/x`, `${SET}/virtualMachines/99999999999`, "disks/d"])(
    "does not find %s",
    async (path) => {
      const { compute, call } = await open();
      await compute.ensureScaleSet(SPEC);
      await expect(call("GET", path)).rejects.toMatchObject({ status: 404, code: "ResourceNotFound" });
      await compute.stop();
    },
  );

  it("lists all regions' sizes in pages, each region once", async () => {
    const { compute, call } = await open();
    const seen: string[] = [];
    for (let query: string | undefined = "api-version=2021-07-01"; query !== undefined;) {
      const { value, nextLink } = await call("GET", "skus", query);
      seen.push(...new Set((value as { locations: string[] }[]).map(({ locations }) => locations.join())));
      query = typeof nextLink === "string" ? nextLink.split("?")[1] : undefined;
    }
    expect(seen.length).toBeGreaterThan(40);
    expect(new Set(seen).size).toBe(seen.length);
    expect(await call("GET", "skus", "$filter=location eq 'atlantis'")).toEqual({ value: [] });
    await compute.stop();
  });
});
