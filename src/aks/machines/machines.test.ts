import { describe, expect, it } from "vitest";
import { World } from "../testing/world.ts";

const POOL = "managedClusters/c/agentPools/nodepool1";

async function withCluster(members: object = {}): Promise<World> {
  const world = await World.open();
  const profile = { name: "nodepool1", count: 2, vmSize: "Standard_DS2_v2", mode: "System", ...members };
  const body = { location: "eastus", properties: { dnsPrefix: "c", kubernetesVersion: "1.33.12", agentPoolProfiles: [profile] } };
  await world.ended(await world.call("PUT", "managedClusters/c", { apiVersion: "2024-09-01", body }));
  return world;
}

describe("machines", () => {
  it("are the instances of the pool's scale set; one alone has its name twice in its id", async () => {
    const world = await withCluster();
    const { body } = await world.call("GET", `${POOL}/machines`, { apiVersion: "2024-09-01" });
    const [first] = body.value;
    expect(body.value.map(({ name }: { name: string }) => name)).toEqual([
      expect.stringMatching(/^aks-nodepool1-\d{8}-vmss000000$/),
      expect.stringMatching(/^aks-nodepool1-\d{8}-vmss000001$/),
    ]);
    const shown = await world.call("GET", `${POOL}/machines/${String(first.name).toUpperCase()}`, { apiVersion: "2024-09-01" });
    expect(shown.body).toEqual({ ...first, id: `${first.id}/${first.name}` });
    expect(first.id).toMatch(/\/resourceGroups\/myResourceGroup\/.*\/agentPools\/nodepool1\/machines\/aks-nodepool1-\d{8}-vmss000000$/);
    expect(first.properties).toEqual({
      network: { ipAddresses: [{ ip: expect.stringMatching(/^10\.224\./), family: "IPv4" }] },
      resourceId: expect.stringMatching(/\/resourceGroups\/MC_.*\/virtualMachineScaleSets\/aks-nodepool1-\d{8}-vmss\/virtualMachines\/0$/),
    });
    await world.stop();
  });

  it("have their zone, and nothing more in previews than their scale set's instances have", async () => {
    const world = await withCluster({ availabilityZones: ["1", "2"], nodeLabels: { tier: "web" } });
    const { body } = await world.call("GET", `${POOL}/machines`, { apiVersion: "2025-04-02-preview" });
    expect(body.value.map(({ zones }: { zones: string[] }) => zones)).toEqual([["1"], ["2"]]);
    expect(Object.keys(body.value[0].properties)).toEqual(["network", "resourceId"]);
    const older = await world.call("GET", `${POOL}/machines`, { apiVersion: "2024-09-01" });
    expect(older.body.value[0]).not.toHaveProperty("zones");
    await world.stop();
  });

  it("go with the instances", async () => {
    const world = await withCluster();
    const put = { properties: { count: 1 } };
    await world.ended(await world.call("PUT", POOL, { apiVersion: "2024-09-01", body: put }));
    expect((await world.call("GET", `${POOL}/machines`, { apiVersion: "2024-09-01" })).body.value).toHaveLength(1);
    await world.stop();
  });

  it.each([
    { path: `${POOL}/machines/none`, code: "NotFound", subcode: "GetMachine_NotFound_HCPServerError" },
    { path: "managedClusters/c/agentPools/none/machines", code: "NotFound", subcode: "GetAgentPool_NotFound_HCPServerError" },
  ])("answer 404 for $path", async ({ path, code, subcode }) => {
    const world = await withCluster();
    const { status, body } = await world.call("GET", path, { apiVersion: "2024-09-01" });
    expect([status, body.code, body.subcode]).toEqual([404, code, subcode]);
    await world.stop();
  });
});
