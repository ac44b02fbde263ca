import { describe, expect, it } from "vitest";
import { type Answer, SUBSCRIPTION, World } from "../testing/world.ts";

const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/myResourceGroup/providers/Microsoft.ContainerService`;
const POOL = `${GROUP}/managedClusters/c/agentPools/nodepool1`;
const SNAPSHOT = `${GROUP}/snapshots/s`;
const V = "2022-02-01";

async function withCluster(version = "1.33.12"): Promise<World> {
  const world = await World.open();
  const profile = { name: "nodepool1", count: 1, vmSize: "Standard_DS2_v2", osType: "Linux", mode: "System" };
  const answer = await world.call("PUT", "managedClusters/c", {
    apiVersion: V,
    body: { location: "eastus", properties: { dnsPrefix: "c", kubernetesVersion: version, agentPoolProfiles: [profile] } },
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  await world.ended(answer);
  return world;
}

function put(world: World, name = "s", body: object = {}): Promise<Answer> {
  return world.call("PUT", `snapshots/${name}`, {
    apiVersion: V,
    body: { location: "eastus", properties: { creationData: { sourceResourceId: POOL } }, ...body },
  });
}

function addPool(world: World, name: string, properties: object): Promise<Answer> {
  return world.call("PUT", `managedClusters/c/agentPools/${name}`, {
    apiVersion: V,
    body: { properties: { count: 1, mode: "User", creationData: { sourceResourceId: SNAPSHOT }, ...properties } },
  });
}

describe("snapshots of agent pools", () => {
  it("hold what the pool was when they were taken", async () => {
    const world = await withCluster();
    const { status, body } = await put(world);
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(["name", "id", "type", "location", "systemData", "properties"]);
    const pool = (await world.call("GET", "managedClusters/c/agentPools/nodepool1", { apiVersion: V })).body.properties;
    expect(body.properties).toEqual({
      creationData: { sourceResourceId: POOL },
      snapshotType: "NodePool",
      kubernetesVersion: pool.orchestratorVersion,
      nodeImageVersion: pool.nodeImageVersion,
      osType: "Linux",
      osSku: "Ubuntu",
      vmSize: "Standard_DS2_v2",
    });
    expect((await world.call("GET", "snapshots/S", { apiVersion: V })).body).toEqual(body);
    expect((await world.call("GET", "snapshots", { apiVersion: V })).body.value).toEqual([body]);
    await world.stop();
  });

  it.each([
    { name: "a region other than the pool's", body: { location: "westus2" }, code: "InvalidParameter" },
    { name: "no source", body: { properties: {} }, code: "InvalidParameter" },
    { name: "a source that is a cluster", body: source(`${GROUP}/managedClusters/c`), code: "InvalidParameter" },
    { name: "a source that there is not", body: source(`${POOL}x`), code: "InvalidParameter" },
    { name: "a source of another type than text", body: source(3), code: "UnmarshalError" },
  ])("are refused for $name", async ({ body, code }) => {
    const world = await withCluster();
    const answer = await put(world, "s", body);
    expect(answer.status).toBe(400);
    expect(answer.body.code).toBe(code);
    expect((await world.call("GET", "snapshots", { apiVersion: V })).body.value).toEqual([]);
    await world.stop();
  });

  it("keep their content when they are put again, and only the tags change", async () => {
    const world = await withCluster();
    const first = (await put(world)).body;
    const again = await put(world, "s", { tags: { a: "b" } });
    expect(again.body.properties).toEqual(first.properties);
    const patched = await world.call("PATCH", "snapshots/s", { apiVersion: V, body: { tags: { c: "d" } } });
    expect([again.body.tags, patched.body.tags]).toEqual([{ a: "b" }, { c: "d" }]);
    expect((await put(world, "s", source(`${POOL}2`))).body.code).toBe("PropertyChangeNotAllowed");
    await world.stop();
  });

  it("outlive their pool, and go with their group", async () => {
    const world = await withCluster();
    await put(world);
    await world.restart();
    const listed = world.aks.resources({ subscriptionId: SUBSCRIPTION, resourceGroup: "MYRESOURCEGROUP" });
    expect(listed.map(({ id }) => id)).toContain(SNAPSHOT);
    for (const resource of listed.filter(({ type }) => type.endsWith("/snapshots"))) await world.aks.beginDelete(resource);
    expect((await world.call("GET", "snapshots/s", { apiVersion: V })).body.error.code).toBe("ResourceNotFound");
    await world.stop();
  });

  it("answer a deletion with 200, and with 204 when there is nothing", async () => {
    const world = await withCluster();
    await put(world);
    expect((await world.call("DELETE", "snapshots/s", { apiVersion: V })).status).toBe(200);
    expect((await world.call("DELETE", "snapshots/s", { apiVersion: V })).status).toBe(204);
    await world.stop();
  });
});

describe("pools made from a snapshot", () => {
  it("take version, image, system and size from it", async () => {
    const world = await withCluster("1.33.12");
    await put(world);
    const upgraded = await world.call("PUT", "managedClusters/c", {
      apiVersion: V,
      body: { location: "eastus", properties: { kubernetesVersion: "1.34.8", dnsPrefix: "c" } },
    });
    await world.ended(upgraded);
    const answer = await addPool(world, "np2", {});
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    const snapshot = (await world.call("GET", "snapshots/s", { apiVersion: V })).body.properties;
    expect(answer.body.properties).toMatchObject({
      orchestratorVersion: "1.33.12",
      nodeImageVersion: snapshot.nodeImageVersion,
      osSKU: "Ubuntu",
      vmSize: "Standard_DS2_v2",
      creationData: { sourceResourceId: SNAPSHOT },
    });
    await world.ended(answer);
    await world.stop();
  });

  it.each([
    { name: "a size of another family", properties: { vmSize: "Standard_F4s_v2" }, target: "agentPoolProfile.vmSize" },
    { name: "another system", properties: { osSKU: "AzureLinux" }, target: "agentPoolProfile.osSKU" },
    {
      name: "another snapshot than there is",
      properties: creation(`${SNAPSHOT}x`),
      target: "agentPoolProfile.creationData.sourceResourceId",
    },
  ])("are refused for $name", async ({ properties, target }) => {
    const world = await withCluster();
    await put(world);
    const { status, body } = await addPool(world, "np2", properties);
    expect([status, body.code, body.target]).toEqual([400, "InvalidParameter", target]);
    await world.stop();
  });

  it("keep it while they scale, also when the snapshot has gone, and leave it with their version", async () => {
    const world = await withCluster("1.33.12");
    await put(world);
    const added = await addPool(world, "np2", {});
    await world.ended(added);
    await world.call("DELETE", "snapshots/s", { apiVersion: V });
    const scaled = await addPool(world, "np2", { count: 2 });
    expect(scaled.body.properties).toMatchObject({
      creationData: { sourceResourceId: SNAPSHOT },
      nodeImageVersion: added.body.properties.nodeImageVersion,
    });
    await world.ended(scaled);
    const upgraded = await world.call("PUT", "managedClusters/c", {
      apiVersion: V,
      body: { location: "eastus", properties: { kubernetesVersion: "1.34.8", dnsPrefix: "c" } },
    });
    await world.ended(upgraded);
    const pool = (await world.call("GET", "managedClusters/c/agentPools/np2", { apiVersion: V })).body.properties;
    expect([pool.orchestratorVersion, pool.creationData]).toEqual(["1.34.8", undefined]);
    await world.stop();
  });

  it("may be a cluster's first, whose version the cluster then has", async () => {
    const world = await withCluster("1.33.12");
    await put(world);
    const profile = { name: "nodepool1", count: 1, mode: "System", ...creation(SNAPSHOT) };
    const { status, body } = await world.call("PUT", "managedClusters/d", {
      apiVersion: V,
      body: { location: "eastus", properties: { dnsPrefix: "d", agentPoolProfiles: [profile] } },
    });
    expect([status, body.properties.kubernetesVersion]).toEqual([201, "1.33.12"]);
    expect(body.properties.agentPoolProfiles[0].creationData).toEqual({ sourceResourceId: SNAPSHOT });
    await world.stop();
  });
});

describe("snapshots of clusters", () => {
  it("hold version, sku and network", async () => {
    const world = await withCluster();
    const { status, body } = await world.call("PUT", "managedclustersnapshots/m", {
      apiVersion: "2022-02-02-preview",
      body: { location: "eastus", properties: source(`${GROUP}/managedClusters/c`).properties },
    });
    expect([status, body.type]).toEqual([200, "Microsoft.ContainerService/ManagedClusterSnapshots"]);
    expect(body.properties).toMatchObject({
      snapshotType: "ManagedCluster",
      managedClusterPropertiesReadOnly: { kubernetesVersion: "1.33.12", networkProfile: { networkPlugin: "kubenet" } },
    });
    expect((await world.call("GET", "snapshots", { apiVersion: V })).body.value).toEqual([]);
    await world.stop();
  });
});

function source(sourceResourceId: unknown): { properties: object } {
  return { properties: { creationData: { sourceResourceId } } };
}

function creation(sourceResourceId: string): object {
  return { creationData: { sourceResourceId } };
}
