import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Node, Pod } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import type { FakeKubernetes } from "./testing/kubernetes.ts";
import { type Answer, SUBSCRIPTION, World } from "./testing/world.ts";

const CLUSTER = "managedClusters/c";
const POOL = `${CLUSTER}/agentPools/two`;
const OTHER = `${CLUSTER}/agentPools/three`;
const TODAY = "2024-09-01";

let world: World;

beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.stop());

function clusterBody(properties: object = {}): object {
  const first = { name: "one", count: 1, vmSize: "Standard_DS2_v2", type: "VirtualMachineScaleSets", mode: "System" };
  return { location: "eastus", properties: { dnsPrefix: "c-dns", agentPoolProfiles: [first], ...properties } };
}

function call(method: "GET" | "PUT" | "PATCH" | "DELETE", path: string, body?: object): Promise<Answer> {
  return world.call(method, path, { apiVersion: TODAY, ...(body !== undefined && { body }) });
}

function pool(properties: object = {}): object {
  return { properties: { count: 2, vmSize: "Standard_DS2_v2", ...properties } };
}

async function succeed(answer: Promise<Answer> | Answer): Promise<void> {
  expect(await world.ended(await answer)).toMatchObject({ status: "Succeeded" });
}

async function create(kubernetesVersion = "1.34.2", properties: object = {}): Promise<void> {
  await succeed(call("PUT", CLUSTER, clusterBody({ kubernetesVersion, ...properties })));
}

async function change(path: string, properties: object): Promise<Answer> {
  const { body } = await call("GET", path);
  return call("PUT", path, { ...body, properties: { ...body.properties, ...properties } });
}

async function stateOf(path: string): Promise<string> {
  return (await call("GET", path)).body.properties.provisioningState;
}

function kubernetes(): FakeKubernetes {
  const [cluster] = world.controlPlanes.clusters.values();
  if (cluster === undefined) throw new Error("no cluster runs");
  return cluster;
}

function nodesOf(name: string): readonly Node[] {
  return kubernetes()
    .all(resources.nodes)
    .filter(({ metadata }) => metadata.labels?.["agentpool"] === name)
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

function machineNames(): readonly string[] {
  const sets = world.compute.scaleSets({ subscriptionId: SUBSCRIPTION });
  return sets.flatMap((set) => world.compute.instances(set)).map(({ computerName }) => computerName);
}

describe("a restart in the middle", () => {
  it("leaves no nodes of a pool whose machines went while nobody looked", async () => {
    await create();
    await succeed(call("PUT", POOL, pool()));
    const begun = await call("DELETE", POOL);
    await world.stop();
    // What the last life did before it ended: the machines are gone, their nodes are not.
    for (const prefix of ["/compute/instances/", "/compute/scale-sets/"]) {
      const { pairs } = await world.store.range({ prefix });
      const keys = pairs.map(({ key }) => key).filter((key) => key.includes("aks-two-"));
      expect(keys).not.toEqual([]);
      await world.store.transact(
        [],
        keys.map((key) => ({ kind: "delete", key })),
      );
    }
    await world.clock.advance(60_000);
    await world.restart();
    await succeed(begun);
    expect(nodesOf("two")).toEqual([]);
  });
});

describe("operations side by side", () => {
  it("refuses a second change of a pool, naming the first", async () => {
    await create();
    await call("PUT", POOL, pool());
    expect(await call("PUT", POOL, pool({ count: 4 }))).toMatchObject({
      status: 409,
      body: {
        code: "OperationNotAllowed",
        message:
          "Operation is not allowed: Another agentpool operation (two - Creating) is in progress, please wait for it to finish before " +
          "starting a new operation. See https://aka.ms/aks-pending-operation for more details",
      },
    });
  });

  it("lets different pools work at the same time, and no cluster operation meanwhile", async () => {
    await create();
    const [two, three] = [await call("PUT", POOL, pool()), await call("PUT", OTHER, pool())];
    expect([two.status, three.status]).toEqual([201, 201]);
    expect(await call("PUT", CLUSTER, clusterBody())).toMatchObject({ status: 409, body: { code: "OperationNotAllowed" } });
    expect(await call("PATCH", CLUSTER, { tags: { a: "b" } })).toMatchObject({ status: 409 });
    await succeed(two);
    await succeed(three);
  });

  it("refuses pool operations while the cluster works", async () => {
    await call("PUT", CLUSTER, clusterBody());
    expect(await call("PUT", POOL, pool())).toMatchObject({
      status: 409,
      body: { code: "OperationNotAllowed", message: expect.stringContaining("Another operation (Creating) is in progress") as string },
    });
    expect(await call("DELETE", `${CLUSTER}/agentPools/one`)).toMatchObject({ status: 409, body: { code: "EtagMismatch" } });
  });

  it("refuses to bring back a pool that is being deleted, and answers a second DELETE with the first one's operation", async () => {
    await create();
    await succeed(call("PUT", POOL, pool()));
    const first = await call("DELETE", POOL);
    expect(await call("PUT", POOL, pool())).toMatchObject({ status: 409 });
    expect((await call("DELETE", POOL)).headers).toEqual(first.headers);
    await succeed(first);
    await succeed(call("PUT", POOL, pool()));
  });

  it("lets a deletion preempt the creation of the pool", async () => {
    await create();
    const creation = await call("PUT", POOL, pool());
    await world.clock.advance(10_000);
    await succeed(call("DELETE", POOL));
    expect(world.operation(creation)).toMatchObject({ status: "Failed", error: { code: "AKSOperationPreemptedByDelete" } });
    expect(machineNames()).toHaveLength(1);
  });

  it("lets the deletion of the cluster preempt everything", async () => {
    const creation = await call("PUT", CLUSTER, clusterBody());
    await world.clock.advance(140_000);
    await succeed(call("DELETE", CLUSTER));
    expect(world.operation(creation)).toMatchObject({ status: "Failed", error: { code: "AKSOperationPreemptedByDelete" } });
    expect(world.controlPlanes.clusters.size).toBe(0);
    expect(machineNames()).toHaveLength(0);
  });

  it("stores one of two pools that would exceed the limit only together", async () => {
    await succeed(world.call("PUT", CLUSTER, { body: clusterBody({ kubernetesVersion: "1.12.6" }) }));
    for (const name of ["a", "b", "d"]) await succeed(call("PUT", `${CLUSTER}/agentPools/${name}`, pool({ count: 100 })));
    const answers = await Promise.all([call("PUT", POOL, pool({ count: 90 })), call("PUT", OTHER, pool({ count: 90 }))]);
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([201, 400]);
  });
});

describe("a cluster's own operations", () => {
  it("scale a pool, all pools showing the cluster's state", async () => {
    await create();
    const { body } = await call("GET", CLUSTER);
    body.properties.agentPoolProfiles[0].count = 3;
    const put = await call("PUT", CLUSTER, body);
    expect(put.body.properties).toMatchObject({
      provisioningState: "Scaling",
      agentPoolProfiles: [{ provisioningState: "Scaling", count: 3 }],
    });
    await succeed(put);
    expect(nodesOf("one")).toHaveLength(3);
  });

  it("upgrade the control plane first, then pool after pool", async () => {
    await create();
    await succeed(call("PUT", POOL, pool()));
    const { body } = await call("GET", CLUSTER);
    const upgraded = (profile: object): object => ({ ...profile, orchestratorVersion: "1.35.1" });
    const properties = {
      ...body.properties,
      kubernetesVersion: "1.35.1",
      agentPoolProfiles: body.properties.agentPoolProfiles.map(upgraded),
    };
    const put = await call("PUT", CLUSTER, { ...body, properties });
    expect(put.body.properties).toMatchObject({ provisioningState: "Upgrading", kubernetesVersion: "1.35.1" });
    const seen: string[] = [];
    await world.clock.advanceUntil(() => {
      const [spec] = world.controlPlanes.specs.values();
      const count = (name: string): number =>
        nodesOf(name).filter(({ status }) => status?.nodeInfo?.["kubeletVersion"] === "v1.35.1").length;
      const state = `${spec?.version} ${count("one") > 0} ${count("two") > 0}`;
      if (seen.at(-1) !== state) seen.push(state);
      return world.operation(put)?.status !== "InProgress";
    });
    expect(world.operation(put)).toMatchObject({ status: "Succeeded" });
    expect(seen).toEqual(["1.34.2 false false", "1.35.1 false false", "1.35.1 true false", "1.35.1 true true"]);
  });

  it("upgrade the control plane alone when the pools keep their versions", async () => {
    await create();
    const { body } = await call("GET", CLUSTER);
    const put = await call("PUT", CLUSTER, { ...body, properties: { ...body.properties, kubernetesVersion: "1.35.1" } });
    expect(put.body.properties).toMatchObject({ provisioningState: "Upgrading", agentPoolProfiles: [{ provisioningState: "Succeeded" }] });
    await succeed(put);
    expect((await call("GET", CLUSTER)).body.properties).toMatchObject({
      provisioningState: "Succeeded",
      agentPoolProfiles: [{ orchestratorVersion: "1.34.2" }],
    });
  });

  it.each([
    { name: "a downgrade", properties: { kubernetesVersion: "1.33.5" }, code: "OperationNotAllowed" },
    { name: "a skipped minor", properties: { kubernetesVersion: "1.36.1" }, code: "OperationNotAllowed" },
    { name: "an unknown version", properties: { kubernetesVersion: "1.99.0" }, code: "K8sVersionNotSupported" },
    { name: "another prefix", properties: { dnsPrefix: "other" }, code: "PropertyChangeNotAllowed" },
    { name: "another network", properties: { networkProfile: { networkPlugin: "kubenet" } }, code: "PropertyChangeNotAllowed" },
  ])("are refused for $name", async ({ properties, code }) => {
    await create();
    const { body } = await call("GET", CLUSTER);
    expect(await call("PUT", CLUSTER, { ...body, properties: { ...body.properties, ...properties } })).toMatchObject({
      status: 400,
      body: { code },
    });
    expect(await stateOf(CLUSTER)).toBe("Succeeded");
  });

  it("change tags", async () => {
    await create();
    await succeed(call("PATCH", CLUSTER, { tags: { team: "a" } }));
    expect((await call("GET", CLUSTER)).body.tags).toEqual({ team: "a" });
  });
});

describe("nodes", () => {
  it("take on labels and taints of the pool in place, and lose what the pool loses", async () => {
    await create();
    await succeed(call("PUT", POOL, pool({ nodeLabels: { a: "1", b: "1" }, nodeTaints: ["x=1:NoSchedule"] })));
    await kubernetes().patch(
      resources.nodes,
      { name: nodesOf("two")[0]?.metadata.name ?? "" },
      { body: { metadata: { labels: { mine: "1" } } } },
    );
    await succeed(change(POOL, { nodeLabels: { b: "2" }, nodeTaints: ["y=1:NoSchedule"] }));
    const [first, second] = nodesOf("two");
    expect(first?.metadata.labels).toMatchObject({ b: "2", mine: "1" });
    expect(first?.metadata.labels).not.toHaveProperty("a");
    expect(second?.spec.taints).toEqual([{ key: "y", value: "1", effect: "NoSchedule" }]);
  });

  it("that never become Ready fail the operation", async () => {
    await create();
    const put = await call("PUT", POOL, pool());
    await world.clock.advanceUntil(() => machineNames().some((name) => name.includes("two")));
    world.controlPlanes.sickNodes.add(machineNames().find((name) => name.includes("two")) ?? "");
    expect(await world.ended(put)).toMatchObject({
      status: "Failed",
      error: { code: "NodesNotReady", message: "Not all nodes reached Ready state. Expected: 2, Actual: 1" },
    });
    expect(await stateOf(POOL)).toBe("Failed");
  });

  it("are counted against the quota: what is beyond it fails the operation", async () => {
    await create("1.34.2", { networkProfile: { networkPlugin: "azure", networkPluginMode: "overlay", podCidr: "10.128.0.0/9" } });
    for (const name of ["a", "b", "d"]) {
      await call("PUT", `${CLUSTER}/agentPools/${name}`, pool({ count: 1000, vmSize: "Standard_D64s_v3" }));
    }
    const put = await call("PUT", POOL, pool({ count: 1000, vmSize: "Standard_D64s_v3" }));
    expect(await world.ended(put)).toMatchObject({ status: "Failed", error: { code: "QuotaExceeded" } });
    expect(await stateOf(POOL)).toBe("Failed");
  });
});

describe("a drain", () => {
  const pod = (name: string, nodeName: string, owner?: string): Pod => ({
    metadata: {
      name,
      namespace: "default",
      ...(owner !== undefined && { ownerReferences: [{ apiVersion: "apps/v1", kind: owner, name: "o", uid: "o", controller: true }] }),
    },
    spec: { nodeName, containers: [] },
  });

  it("waits for a budget to allow it, and leaves the pods of daemon sets", async () => {
    await create();
    await succeed(call("PUT", POOL, pool({ count: 3 })));
    const last = nodesOf("two")[2]?.metadata.name ?? "";
    await kubernetes().create(resources.pods, pod("guarded", last));
    await kubernetes().create(resources.pods, pod("daemon", last, "DaemonSet"));
    kubernetes().protectedPods.add("guarded");
    const put = await change(POOL, { count: 2 });
    await world.clock.advance(60_000);
    expect(world.operation(put)?.status).toBe("InProgress");
    expect(nodesOf("two")[2]?.spec.unschedulable).toBe(true);
    kubernetes().protectedPods.clear();
    await succeed(put);
    expect(nodesOf("two")).toHaveLength(2);
    expect(
      kubernetes()
        .all(resources.pods)
        .map(({ metadata }) => metadata.name),
    ).toEqual(["daemon"]);
  });

  it("that takes too long fails the upgrade and gives the node back; the next PUT goes on", async () => {
    await create();
    await succeed(call("PUT", POOL, pool({ orchestratorVersion: "1.34.1" })));
    const [first] = nodesOf("two");
    await kubernetes().create(resources.pods, pod("guarded", first?.metadata.name ?? ""));
    kubernetes().protectedPods.add("guarded");
    const put = await change(POOL, { orchestratorVersion: "1.34.2" });
    expect(await world.ended(put)).toMatchObject({ status: "Failed", error: { code: "UpgradeFailed" } });
    expect(nodesOf("two").filter(({ spec }) => spec.unschedulable === true)).toEqual([]);
    kubernetes().protectedPods.clear();
    await succeed(change(POOL, {}));
    expect(nodesOf("two").map(({ status }) => status?.nodeInfo?.["kubeletVersion"])).toEqual(["v1.34.2", "v1.34.2"]);
    expect(machineNames()).toHaveLength(3);
  });

  it("soaks as long as the pool says", async () => {
    await create();
    const properties = { count: 1, maxPods: 110, orchestratorVersion: "1.34.1", upgradeSettings: { nodeSoakDurationInMinutes: 10 } };
    await succeed(call("PUT", POOL, pool(properties)));
    const startMs = world.clock.now();
    await succeed(change(POOL, { orchestratorVersion: "1.34.2" }));
    expect(world.clock.now() - startMs).toBeGreaterThan(10 * 60_000);
  });
});
