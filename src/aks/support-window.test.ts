import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Answer, World } from "./testing/world.ts";

const CLUSTER = "managedClusters/c";
const apiVersion = "2024-10-01";

let world: World;

beforeEach(async () => {
  world = await World.open(() => 0, "2024-12-01");
});
afterEach(() => world.stop());

function put(properties: object = {}): Promise<Answer> {
  const pool = { name: "pool1", count: 1, vmSize: "Standard_DS2_v2", mode: "System" };
  const body = { location: "eastus", properties: { dnsPrefix: "c-dns", agentPoolProfiles: [pool], ...properties } };
  return world.call("PUT", CLUSTER, { body, apiVersion });
}

describe("a service with a support window", () => {
  it.each(["1.28.13", "1.29.9", "1.30.5", "1.31.1", "1.31"])("creates clusters of %s", async (kubernetesVersion) => {
    expect(await put({ kubernetesVersion })).toMatchObject({ status: 201 });
  });

  it.each(["1.27.16", "1.25.6", "1.32.0", "1.29.11", "1.27"])("refuses clusters of %s", async (kubernetesVersion) => {
    expect(await put({ kubernetesVersion })).toMatchObject({
      status: 400,
      body: {
        code: "AgentPoolK8sVersionNotSupported",
        message: expect.stringContaining(`Version ${kubernetesVersion} is not supported in this region.`),
      },
    });
  });

  it("has the default of that day, whatever the api-version", async () => {
    expect((await put()).body.properties.currentKubernetesVersion).toBe("1.30.5");
  });

  it("takes what only long-term support has for clusters of that plan", async () => {
    expect(await put({ kubernetesVersion: "1.27.16", supportPlan: "AKSLongTermSupport" })).toMatchObject({ status: 201 });
  });

  it("refuses an upgrade to what is not there yet, in the cluster's words", async () => {
    await world.ended(await put({ kubernetesVersion: "1.31.1" }));
    expect(await put({ kubernetesVersion: "1.32.0" })).toMatchObject({
      status: 400,
      body: {
        code: "K8sVersionNotSupported",
        message: expect.stringContaining("Managed cluster c is on version 1.32.0 which is not supported in this region."),
      },
    });
    const pool = { body: { properties: { orchestratorVersion: "1.31.2" } }, apiVersion };
    expect(await world.call("PUT", `${CLUSTER}/agentPools/pool1`, pool)).toMatchObject({
      status: 400,
      body: { code: "AgentPoolK8sVersionNotSupported" },
    });
  });

  it("lists the versions of that day, with previews and plans", async () => {
    const { values } = (await world.call("GET", "locations/eastus/kubernetesVersions", { apiVersion: "2026-07-01" })).body;
    expect(values.map(({ version }: { version: string }) => version)).toEqual(["1.27", "1.28", "1.29", "1.30", "1.31"]);
    expect(values[0].capabilities.supportPlan).toEqual(["AKSLongTermSupport"]);
    expect(values[3]).toMatchObject({ version: "1.30", isDefault: true });
  });
});
