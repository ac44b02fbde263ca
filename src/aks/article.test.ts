import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Node, Pod } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import type { Instance } from "#compute";
import type { FakeKubernetes } from "./testing/kubernetes.ts";
import { type Answer, SUBSCRIPTION, World } from "./testing/world.ts";

const CLUSTER = "managedClusters/myAKSCluster";
const POOL = `${CLUSTER}/agentPools/mynodepool`;

/** What `az aks create --enable-vmss --node-count 1 --kubernetes-version 1.12.6` sends. */
const clusterBody = {
  location: "East US",
  properties: {
    kubernetesVersion: "1.12.6",
    dnsPrefix: "myAKSClust-myResourceGroup-19da35",
    agentPoolProfiles: [
      { name: "nodepool1", count: 1, vmSize: "Standard_DS2_v2", osDiskSizeGB: 0, osType: "Linux", type: "VirtualMachineScaleSets" },
    ],
    linuxProfile: { adminUsername: "azureuser", ssh: { publicKeys: [{ keyData: "ssh-rsa AAAA" }] } },
    servicePrincipalProfile: { clientId: "sp", secret: "hidden" },
    addonProfiles: {},
    enableRBAC: true,
  },
};
const poolBody = { properties: { count: 3, vmSize: "Standard_DS2_v2", osType: "Linux", type: "VirtualMachineScaleSets" } };

let world: World;

beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.stop());

function kubernetes(): FakeKubernetes {
  const [cluster] = world.controlPlanes.clusters.values();
  if (cluster === undefined) throw new Error("no cluster runs");
  return cluster;
}

function nodes(): readonly Node[] {
  return [...kubernetes().all(resources.nodes)].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

function nodeNames(): readonly string[] {
  return nodes().map(({ metadata }) => metadata.name);
}

function machines(): readonly Instance[] {
  return world.compute.scaleSets({ subscriptionId: SUBSCRIPTION }).flatMap((set) => world.compute.instances(set));
}

async function create(): Promise<void> {
  expect(await world.ended(await world.call("PUT", CLUSTER, { body: clusterBody }))).toMatchObject({ status: "Succeeded" });
}

async function addPool(): Promise<void> {
  expect(await world.ended(await world.call("PUT", POOL, { body: poolBody }))).toMatchObject({ status: "Succeeded" });
}

async function changePool(change: object): Promise<Answer> {
  const { body } = await world.call("GET", POOL);
  return world.call("PUT", POOL, { body: { ...body, properties: { ...body.properties, ...change } } });
}

async function state(path: string): Promise<string> {
  return (await world.call("GET", path)).body.properties.provisioningState;
}

function podOn(name: string, nodeName: string): Pod {
  return { metadata: { name, namespace: "default" }, spec: { nodeName, containers: [] } };
}

describe("the article", () => {
  it("creates a cluster with one pool", async () => {
    const put = await world.call("PUT", CLUSTER, { body: clusterBody });
    expect(put.status).toBe(201);
    expect(put.body).toMatchObject({
      location: "eastus",
      properties: {
        provisioningState: "Creating",
        kubernetesVersion: "1.12.6",
        nodeResourceGroup: "MC_myResourceGroup_myAKSCluster_eastus",
        maxAgentPools: 8,
        agentPoolProfiles: [{ name: "nodepool1", count: 1, provisioningState: "Creating", osDiskSizeGB: 100, maxPods: 110 }],
      },
    });
    expect(JSON.stringify(put.body)).not.toContain("hidden");
    expect(await world.ended(put)).toMatchObject({ status: "Succeeded" });
    expect(await state(CLUSTER)).toBe("Succeeded");
    expect(nodeNames()).toEqual(["aks-nodepool1-28993262-vmss000000"]);
    expect(world.arm.group("", "MC_myResourceGroup_myAKSCluster_eastus")).toMatchObject({ location: "eastus" });
    // The recorded median of a creation is 289 s.
    expect(world.clock.now() - Date.UTC(2019, 4, 17, 12, 0, 0)).toBeGreaterThan(142_000);
    expect(world.clock.now() - Date.UTC(2019, 4, 17, 12, 0, 0)).toBeLessThan(740_000);
  });

  it("adds a pool of three nodes, and shows the cluster at rest meanwhile", async () => {
    await create();
    const put = await world.call("PUT", POOL, { body: poolBody });
    expect(put.status).toBe(201);
    expect(put.body.properties).toMatchObject({ provisioningState: "Creating", orchestratorVersion: "1.12.6", count: 3 });
    expect(await state(CLUSTER)).toBe("Succeeded");
    expect(await world.ended(put)).toMatchObject({ status: "Succeeded" });
    expect(nodeNames()).toEqual([
      "aks-mynodepool-28993262-vmss000000",
      "aks-mynodepool-28993262-vmss000001",
      "aks-mynodepool-28993262-vmss000002",
      "aks-nodepool1-28993262-vmss000000",
    ]);
    const list = await world.call("GET", `${CLUSTER}/agentPools`);
    expect(list.body.value.map((pool: { name: string }) => pool.name)).toEqual(["mynodepool", "nodepool1"]);
  });

  it("upgrades the pool node by node, with one more meanwhile, and keeps names and ids", async () => {
    await create();
    await addPool();
    await kubernetes().create(resources.pods, podOn("lonely", "aks-mynodepool-28993262-vmss000001"));
    const put = await changePool({ orchestratorVersion: "1.12.7" });
    expect(put.status).toBe(200);
    expect(put.body.properties).toMatchObject({ provisioningState: "Upgrading", orchestratorVersion: "1.12.7", count: 3 });
    let most = 0;
    let fewestReady = 9;
    await world.clock.advanceUntil(() => {
      const ofPool = nodes().filter(({ metadata }) => metadata.name.includes("mynodepool"));
      const serving = ofPool.filter(({ spec, status }) => spec.unschedulable !== true && status?.conditions?.[0]?.status === "True");
      most = Math.max(most, machines().length - 1);
      fewestReady = Math.min(fewestReady, serving.length);
      return world.operation(put)?.status !== "InProgress";
    });
    expect(world.operation(put)).toMatchObject({ status: "Succeeded" });
    expect({ most, fewestReady }).toEqual({ most: 4, fewestReady: 3 });
    expect(nodeNames().filter((name) => name.includes("mynodepool"))).toEqual([
      "aks-mynodepool-28993262-vmss000000",
      "aks-mynodepool-28993262-vmss000001",
      "aks-mynodepool-28993262-vmss000002",
    ]);
    const versions = nodes().map(({ status }) => status?.nodeInfo?.["kubeletVersion"]);
    expect(versions).toEqual(["v1.12.7", "v1.12.7", "v1.12.7", "v1.12.6"]);
    expect(nodes().filter(({ spec }) => spec.unschedulable === true)).toEqual([]);
    expect(kubernetes().all(resources.pods)).toEqual([]);
    const reasons = new Set(
      kubernetes()
        .all(resources.events)
        .map(({ reason, source }) => `${source?.component}: ${reason}`),
    );
    expect([...reasons].sort()).toEqual(["upgrader: Drain", "upgrader: Surge", "upgrader: Upgrade"]);
  });

  it("scales up under the next ids, and down from the highest", async () => {
    await create();
    await addPool();
    const up = await changePool({ count: 5 });
    expect(up.body.properties).toMatchObject({ provisioningState: "Scaling", count: 5 });
    expect(await world.ended(up)).toMatchObject({ status: "Succeeded" });
    expect(nodeNames().filter((name) => name.includes("mynodepool"))).toHaveLength(5);
    expect(await world.ended(await changePool({ count: 2 }))).toMatchObject({ status: "Succeeded" });
    expect(await world.ended(await changePool({ count: 3 }))).toMatchObject({ status: "Succeeded" });
    expect(nodeNames().slice(0, 3)).toEqual([
      "aks-mynodepool-28993262-vmss000000",
      "aks-mynodepool-28993262-vmss000001",
      "aks-mynodepool-28993262-vmss000005",
    ]);
  });

  it("deletes the pool, and nothing of it is left", async () => {
    await create();
    await addPool();
    const deletion = await world.call("DELETE", POOL);
    expect(deletion).toMatchObject({ status: 202, body: undefined, headers: { Location: expect.any(String) as string } });
    expect(await state(POOL)).toBe("Deleting");
    expect((await world.call("GET", `${CLUSTER}/agentPools`)).body.value).toHaveLength(2);
    expect(await world.ended(deletion)).toMatchObject({ status: "Succeeded" });
    expect(await world.call("GET", POOL)).toMatchObject({ status: 404, body: { code: "NotFound", message: expect.any(String) } });
    expect(nodeNames()).toEqual(["aks-nodepool1-28993262-vmss000000"]);
    expect(world.compute.scaleSets({ subscriptionId: SUBSCRIPTION })).toHaveLength(1);
  });

  it("makes the template's pool on a newer patch than the control plane", async () => {
    await create();
    const properties = {
      maxPods: 30,
      osDiskSizeGB: 0,
      count: 3,
      vmSize: "Standard_DS2_v2",
      osType: "Linux",
      storageProfile: "ManagedDisks",
      type: "VirtualMachineScaleSets",
      vnetSubnetID: "",
      orchestratorVersion: "1.12.8",
    };
    const put = await world.call("PUT", `${CLUSTER}/agentPools/myagentpool`, { body: { location: "eastus", properties } });
    expect(put).toMatchObject({ status: 201, body: { properties: { maxPods: 30, osDiskSizeGB: 100, orchestratorVersion: "1.12.8" } } });
    expect(await world.ended(put)).toMatchObject({ status: "Succeeded" });
  });

  it("deletes the cluster with everything of it", async () => {
    await create();
    await addPool();
    const deletion = await world.call("DELETE", CLUSTER);
    expect(deletion.status).toBe(202);
    expect(await state(CLUSTER)).toBe("Deleting");
    expect(await world.ended(deletion)).toMatchObject({ status: "Succeeded" });
    expect(await world.call("GET", CLUSTER)).toMatchObject({ status: 404, body: { error: { code: "ResourceNotFound" } } });
    expect(world.controlPlanes.clusters.size).toBe(0);
    expect([...world.arm.groups.keys()]).toEqual(["myresourcegroup"]);
    expect(world.compute.scaleSets({ subscriptionId: SUBSCRIPTION })).toEqual([]);
  });
});

describe("a restart in the middle", () => {
  it.each([
    { name: "the creation of a cluster", prepare: async () => {}, act: () => world.call("PUT", CLUSTER, { body: clusterBody }) },
    { name: "the creation of a pool", prepare: create, act: () => world.call("PUT", POOL, { body: poolBody }) },
    { name: "a scale up", prepare: async () => (await create(), addPool()), act: () => changePool({ count: 5 }) },
    { name: "a scale down", prepare: async () => (await create(), addPool()), act: () => changePool({ count: 1 }) },
    { name: "an upgrade", prepare: async () => (await create(), addPool()), act: () => changePool({ orchestratorVersion: "1.12.7" }) },
    { name: "the deletion of a pool", prepare: async () => (await create(), addPool()), act: () => world.call("DELETE", POOL) },
    { name: "the deletion of a cluster", prepare: async () => (await create(), addPool()), act: () => world.call("DELETE", CLUSTER) },
  ])("lets $name end as it would have", async ({ prepare, act }) => {
    await prepare();
    const answer = await act();
    for (let restarts = 0; restarts < 40 && world.operation(answer)?.status === "InProgress"; restarts++) {
      await world.clock.advance(20_000);
      await world.restart();
    }
    expect(await world.ended(answer)).toMatchObject({ status: "Succeeded" });
    const running = machines();
    const [cluster] = world.controlPlanes.clusters.values();
    const names = cluster?.all(resources.nodes).map(({ metadata }) => metadata.name) ?? [];
    expect([...names].sort()).toEqual(running.map(({ computerName }) => computerName).sort());
    const list = await world.call("GET", `${CLUSTER}/agentPools`);
    const counts = list.status === 200 ? list.body.value.map((pool: { properties: { count: number } }) => pool.properties.count) : [];
    expect(running).toHaveLength(counts.reduce((sum: number, count: number) => sum + count, 0));
  });
});
