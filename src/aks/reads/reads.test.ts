import { describe, expect, it } from "vitest";
import { World } from "../testing/world.ts";

const V = "2023-01-01";

async function withCluster(): Promise<World> {
  const world = await World.open();
  const profile = { name: "nodepool1", count: 1, vmSize: "Standard_NC6s_v3", mode: "System" };
  const body = { location: "eastus", properties: { dnsPrefix: "c", agentPoolProfiles: [profile] } };
  await world.ended(await world.call("PUT", "managedClusters/c", { apiVersion: V, body }));
  return world;
}

describe("reads beside the resources", () => {
  it("tell the namespace's operations once each, with their words", async () => {
    const world = await World.open();
    const { status, body } = await world.call("GET", "operations", { apiVersion: V });
    const names: string[] = body.value.map(({ name }: { name: string }) => name);
    expect([status, new Set(names).size]).toEqual([200, names.length]);
    expect(body.value).toContainEqual({
      display: {
        description: "Gets an agent pool",
        operation: "Get Agent Pool",
        provider: "Microsoft Container Service",
        resource: "Agent Pools",
      },
      name: "Microsoft.ContainerService/managedClusters/agentPools/read",
      origin: "user,system",
    });
    await world.stop();
  });

  it("tell which systems a region offers", async () => {
    const world = await World.open();
    const { body } = await world.call("GET", "locations/eastus/osOptions/default", { apiVersion: V });
    expect(body).toMatchObject({ name: "default", type: "Microsoft.ContainerService/locations/osOptions" });
    expect(body.properties.osOptionPropertyList.map((option: Record<string, unknown>) => option["os-type"])).toEqual(["Linux", "Windows"]);
    await world.stop();
  });

  it("give a monitoring user's credential", async () => {
    const world = await withCluster();
    const { body } = await world.call("POST", "managedClusters/c/listClusterMonitoringUserCredential", { apiVersion: V });
    expect(body.kubeconfigs).toEqual([{ name: "clusterMonitoringUser", value: expect.any(String) }]);
    await world.stop();
  });

  it("tell what nodes call, those with graphics too", async () => {
    const world = await withCluster();
    const { body } = await world.call("GET", "managedClusters/c/outboundNetworkDependenciesEndpoints", { apiVersion: V });
    const categories = body.value.map(({ category }: { category: string }) => category);
    expect(categories).toContain("gpu");
    expect(categories).not.toContain("windows");
    expect(body.value.at(-1)).toEqual({
      category: "apiserver",
      endpoints: [{ domainName: "*.hcp.eastus.azmk8s.io", endpointDetails: [{ port: 443, protocol: "Https" }] }],
    });
    await world.stop();
  });

  it("know no private endpoint of a cluster that is not private", async () => {
    const world = await withCluster();
    for (const list of ["privateLinkResources", "privateEndpointConnections"]) {
      expect((await world.call("GET", `managedClusters/c/${list}`, { apiVersion: V })).body).toEqual({ value: [] });
    }
    const put = await world.call("PUT", "managedClusters/c/privateEndpointConnections/p", { apiVersion: V, body: {} });
    expect([put.status, put.body.code]).toEqual([400, "BadRequest"]);
    expect((await world.call("GET", "managedClusters/d/privateLinkResources", { apiVersion: V })).status).toBe(404);
    await world.stop();
  });
});
