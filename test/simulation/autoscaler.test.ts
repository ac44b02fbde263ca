import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Event, Node, Pod } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import { clusterKeyOf } from "./table.ts";
import { SUBSCRIPTION, World } from "./world.ts";

const API = "2024-02-01";
const VERSION = "1.34.8";
const MINUTE = 60_000;
/** Where the limit on all cores of a region is stored. */
const QUOTA = `/compute/quotas/${SUBSCRIPTION}/eastus/cores`;

let world: World;
let uid: string;

beforeEach(async () => {
  world = await World.open(11, "realtime");
  const first = { name: "first", count: 1, vmSize: "Standard_DS2_v2", mode: "System", osType: "Linux", type: "VirtualMachineScaleSets" };
  await put("managedClusters/new", { kubernetesVersion: VERSION, dnsPrefix: "new", agentPoolProfiles: [first] });
  uid = world.ledger.clusters.get(clusterKeyOf("new"))?.uid ?? "";
});

afterEach(() => world.crash(0, "before"));

async function put(path: string, properties: object, apiVersion = API): Promise<void> {
  const answer = await world.call("PUT", path, apiVersion, { location: "eastus", properties });
  expect(answer).toMatchObject({ status: expect.toSatisfy((status: number) => status < 300, "is taken") });
  await world.clock.advanceUntil(() => [...world.ledger.operations.values()].every(({ status }) => status !== "InProgress"));
}

function pool(name = "second") {
  const found = world.ledger.pools.get(`${clusterKeyOf("new")}/${name}`);
  if (found === undefined) throw new Error(`no pool ${name}`);
  return found;
}

function autoscaled(min: number, max: number, more: object = {}, name = "second"): Promise<void> {
  const properties = {
    count: min,
    minCount: min,
    maxCount: max,
    enableAutoScaling: true,
    vmSize: "Standard_DS2_v2",
    mode: "User",
    ...more,
  };
  return put(`managedClusters/new/agentPools/${name}`, properties);
}

async function deploy(
  name: string,
  replicas: number,
  {
    cpu = "1",
    annotations = {},
    spec = { nodeSelector: { agentpool: "second" } },
  }: { readonly cpu?: string; readonly annotations?: Record<string, string>; readonly spec?: Partial<Pod["spec"]> } = {},
): Promise<void> {
  const container = { name: "main", image: "nginx", resources: { requests: { cpu } } };
  const template = {
    metadata: { labels: { app: name }, annotations },
    spec: { ...spec, containers: [container] },
  };
  const answer = await world.kube(uid, "deploy", (client) =>
    client.create(resources.deployments, {
      metadata: { name, namespace: "default" },
      spec: { replicas, selector: { matchLabels: { app: name } }, template },
    }),
  );
  expect(answer.status).toBe(200);
}

async function resize(name: string, replicas: number): Promise<void> {
  await world.kube(uid, "resize", (client) =>
    client.patch(resources.deployments, { name, namespace: "default" }, { type: "merge", body: { spec: { replicas } } }),
  );
}

async function events(): Promise<readonly string[]> {
  const found: Event[] = [];
  await world.kube(uid, "events", async (client) => void found.push(...(await client.list(resources.events)).items));
  return found.filter(({ source }) => source?.component === "cluster-autoscaler").map(({ reason, message }) => `${reason}: ${message}`);
}

const nodes = (name = "second"): readonly Node[] => world.ledger.nodesOf(uid, name);
const running = (): readonly Pod[] =>
  [...world.ledger.kube(uid).pods.values()].filter(
    ({ status, metadata }) => status?.phase === "Running" && metadata.namespace === "default",
  );

describe("the cluster autoscaler", () => {
  it("makes nodes from none for pods without a node, and takes them away when nothing needs them", async () => {
    await autoscaled(0, 3);
    await deploy("web", 2);
    await world.clock.advanceUntil(() => running().length === 2, 20 * MINUTE);
    expect(pool().properties).toMatchObject({ count: 2, provisioningState: "Succeeded" });
    const name = `aks-second-${pool().suffix}-vmss`;
    expect(await events()).toContain(`TriggeredScaleUp: pod triggered scale-up: [{${name} 0->2 (max: 3)}]`);

    await resize("web", 0);
    await world.clock.advanceUntil(() => nodes().length === 0, 30 * MINUTE);
    await world.clock.advance(MINUTE);
    expect(pool().properties).toMatchObject({ count: 0, provisioningState: "Succeeded" });
    expect(await events()).toContain(`ScaleDownEmpty: Scale-down: removing empty node "${name}000000"`);
    expect(world.watchman.breaches).toEqual([]);
  });

  it("scales the sizes of a pool of virtual machines, each within its own bounds", async () => {
    const autoscale = [
      { size: "Standard_D2s_v3", minCount: 0, maxCount: 2 },
      { size: "Standard_D8s_v3", minCount: 1, maxCount: 3 },
    ];
    await put(
      "managedClusters/new/agentPools/second",
      { type: "VirtualMachines", mode: "User", virtualMachinesProfile: { scale: { autoscale } } },
      "2026-06-01",
    );
    const sizes = (): readonly unknown[] => nodes().map(({ metadata }) => metadata.labels?.["node.kubernetes.io/instance-type"]);
    expect(sizes()).toEqual(["Standard_D8s_v3"]);
    // Only the larger size has room for one of these, and the node that is there has room for one.
    await deploy("web", 2, { cpu: "5" });
    await world.clock.advanceUntil(() => running().length === 2, 20 * MINUTE);
    expect(sizes()).toEqual(["Standard_D8s_v3", "Standard_D8s_v3"]);
    expect(await events()).toContain("TriggeredScaleUp: pod triggered scale-up: [{second/Standard_D8s_v3 1->2 (max: 3)}]");

    await resize("web", 0);
    await world.clock.advanceUntil(() => nodes().length === 1, 30 * MINUTE);
    await world.clock.advance(20 * MINUTE);
    expect(sizes()).toEqual(["Standard_D8s_v3"]);
    expect(pool().properties).toMatchObject({ count: 1, provisioningState: "Succeeded" });
    expect(world.watchman.breaches).toEqual([]);
  });

  it("says why no pool helps, and stops at the pool's bound", async () => {
    await autoscaled(0, 1);
    await deploy("web", 3);
    await world.clock.advance(15 * MINUTE);
    expect(pool().properties.count).toBe(1);
    expect(await events()).toContain("NotTriggerScaleUp: pod didn't trigger scale-up: 1 max node group size reached");
    expect(world.watchman.breaches).toEqual([]);
  });

  it("moves pods together, budgets allowing, and goes on after a crash in the middle", async () => {
    await autoscaled(0, 2);
    await deploy("web", 2);
    await world.clock.advanceUntil(() => running().length === 2, 20 * MINUTE);
    // One of them beside each of the large ones, and a budget that keeps both.
    await deploy("small", 2, { cpu: "200m" });
    const budget = {
      metadata: { name: "small", namespace: "default" },
      spec: { minAvailable: 2, selector: { matchLabels: { app: "small" } } },
    };
    await world.kube(uid, "budget", (client) => client.create(resources.podDisruptionBudgets, budget));
    await world.clock.advanceUntil(() => running().length === 4, 20 * MINUTE);
    expect(new Set(running().map(({ spec }) => spec.nodeName)).size).toBe(2);
    await resize("web", 0);
    await world.clock.advance(40 * MINUTE);
    expect(nodes()).toHaveLength(2);

    await world.kube(uid, "allow", (client) =>
      client.patch(resources.podDisruptionBudgets, budget.metadata, { type: "merge", body: { spec: { minAvailable: 1 } } }),
    );
    const isLeaving = ({ spec }: Node): boolean => spec.taints?.some(({ key }) => key === "ToBeDeletedByClusterAutoscaler") === true;
    await world.clock.advanceUntil(() => nodes().some(isLeaving), 40 * MINUTE);
    world.crash(0, "before");
    await world.start();
    await world.clock.advanceUntil(() => nodes().length === 1, 60 * MINUTE);
    await world.clock.advance(5 * MINUTE);
    expect(running()).toHaveLength(2);
    expect(pool().properties.count).toBe(1);
    expect(world.watchman.breaches).toEqual([]);
  });

  it("leaves a pool alone for a while when there is no quota for it, and says so", async () => {
    await autoscaled(0, 3);
    await world.store.transact([], [{ kind: "put", key: QUOTA, value: Buffer.from(JSON.stringify({ limit: 2 })) }]);
    await deploy("web", 1);
    await world.clock.advance(2 * MINUTE);
    expect(pool()).toMatchObject({ properties: { count: 0, provisioningState: "Succeeded" } });
    expect(await events()).toContain("NotTriggerScaleUp: pod didn't trigger scale-up: 1 in backoff after failed scale-up");
    const status = await world.kube(uid, "status", (client) =>
      client.get(resources.configMaps, { namespace: "kube-system", name: "cluster-autoscaler-status" }),
    );
    expect((status.body as { data: { status: string } }).data.status).toContain("errorCode: QuotaExceeded");

    await world.store.transact([], [{ kind: "put", key: QUOTA, value: Buffer.from(JSON.stringify({ limit: 100 })) }]);
    await world.clock.advanceUntil(() => running().length === 1, 40 * MINUTE);
    expect(pool().properties.count).toBe(1);
    expect(world.watchman.breaches).toEqual([]);
  });

  it("gives way to a caller, and takes the pool up again when it starts", async () => {
    await autoscaled(0, 3);
    await deploy("web", 2);
    await world.clock.advanceUntil(() => pool().work !== undefined, 10 * MINUTE);
    await put("managedClusters/new/agentPools/second", { nodeLabels: { tier: "web" } });
    await put("managedClusters/new/agentPools/second", { powerState: { code: "Stopped" } });
    expect(pool().properties.count).toBe(0);
    await world.clock.advance(20 * MINUTE);
    expect(nodes()).toHaveLength(0);
    await put("managedClusters/new/agentPools/second", { powerState: { code: "Running" } });
    await world.clock.advanceUntil(() => running().length === 2, 20 * MINUTE);
    expect(world.watchman.breaches).toEqual([]);
  });

  it("keeps the machines where the pool keeps them, and starts them again", async () => {
    await autoscaled(0, 2, { scaleDownMode: "Deallocate" });
    await deploy("web", 1);
    await world.clock.advanceUntil(() => running().length === 1, 20 * MINUTE);
    await resize("web", 0);
    await world.clock.advanceUntil(() => [...world.ledger.instances.values()].some(({ state }) => state === "Deallocated"), 40 * MINUTE);
    await world.clock.advance(2 * MINUTE);
    expect(pool().properties.count).toBe(0);
    await resize("web", 1);
    await world.clock.advanceUntil(() => running().length === 1, 20 * MINUTE);
    expect(nodes()).toHaveLength(1);
    expect(world.watchman.breaches).toEqual([]);
  });

  it("leaves a node whose pod must not be evicted", async () => {
    await autoscaled(0, 2);
    await deploy("web", 1, { annotations: { "cluster-autoscaler.kubernetes.io/safe-to-evict": "false" } });
    await deploy("big", 1);
    await world.clock.advanceUntil(() => running().length === 2, 20 * MINUTE);
    await world.clock.advance(40 * MINUTE);
    expect(nodes()).toHaveLength(2);
    expect(world.watchman.breaches).toEqual([]);
  });

  const topologyKey = "kubernetes.io/hostname";
  const labelSelector = { matchLabels: { app: "web" } };
  const nodeSelector = { agentpool: "second" };
  /** On nodes of one pool or the other. */
  const expressions = [{ key: "agentpool", operator: "In" as const, values: ["second", "third"] }];
  const either = {
    nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: expressions }] } },
  };

  it("makes a node for each of pods that keep apart", async () => {
    await autoscaled(0, 3);
    const podAntiAffinity = { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector, topologyKey }] };
    await deploy("web", 3, { cpu: "100m", spec: { nodeSelector, affinity: { podAntiAffinity } } });
    await world.clock.advanceUntil(() => running().length === 3, 20 * MINUTE);
    expect(pool().properties.count).toBe(3);
    expect(await events()).toContain(`TriggeredScaleUp: pod triggered scale-up: [{aks-second-${pool().suffix}-vmss 0->3 (max: 3)}]`);
    // None of them has a place elsewhere.
    await world.clock.advance(40 * MINUTE);
    expect(nodes()).toHaveLength(3);
    expect(world.watchman.breaches).toEqual([]);
  });

  it("makes nodes in the zones that a spread asks for", async () => {
    await autoscaled(1, 3, { availabilityZones: ["1"] });
    await autoscaled(1, 3, { availabilityZones: ["2"] }, "third");
    const constraint = {
      maxSkew: 1,
      topologyKey: "topology.kubernetes.io/zone",
      whenUnsatisfiable: "DoNotSchedule",
      labelSelector,
    } as const;
    await deploy("web", 4, { spec: { topologySpreadConstraints: [constraint], affinity: either } });
    await world.clock.advanceUntil(() => running().length === 4, 60 * MINUTE);
    expect([nodes().length, nodes("third").length]).toEqual([2, 2]);
    expect(world.watchman.breaches).toEqual([]);
  });

  it("chooses by the priorities of the expander's ConfigMap, and does nothing without it", async () => {
    await put("managedClusters/new", { autoScalerProfile: { expander: "priority" } });
    await autoscaled(0, 3);
    await autoscaled(0, 3, {}, "third");
    await deploy("web", 2, { spec: { affinity: either } });
    await world.clock.advance(5 * MINUTE);
    const filtered = "NotTriggerScaleUp: pod didn't trigger scale-up: 2 expansion options filtered out and no longer considered";
    expect((await events()).some((event) => event.startsWith(filtered))).toBe(true);
    expect(nodes().length + nodes("third").length).toBe(0);

    const metadata = { name: "cluster-autoscaler-priority-expander", namespace: "kube-system" };
    const write = (priorities: string): Promise<unknown> =>
      world.kube(uid, "priorities", async (client) => {
        await client.delete(resources.configMaps, metadata).catch(() => undefined);
        return client.create(resources.configMaps, { metadata, data: { priorities } });
      });
    await write("10: [(]");
    await world.clock.advance(MINUTE);
    expect((await events()).some((event) => event.startsWith("PriorityConfigMapInvalid: Wrong configuration for priority expander"))).toBe(
      true,
    );
    await write("10:\n- .*-second-.*\n20:\n- .*-third-.*\n");
    await world.clock.advanceUntil(() => running().length === 2, 20 * MINUTE);
    expect([nodes().length, nodes("third").length]).toEqual([0, 2]);
    expect(world.watchman.breaches).toEqual([]);
  });

  it("makes nodes with GPUs from none", async () => {
    await autoscaled(0, 2, { vmSize: "Standard_NC6" });
    const plugin = {
      containers: [{ name: "main", image: "nvidia/k8s-device-plugin" }],
      nodeSelector,
      volumes: [{ name: "device-plugin", hostPath: { path: "/var/lib/kubelet/device-plugins" } }],
    };
    const labels = { name: "nvidia-device-plugin-ds" };
    await world.kube(uid, "plugin", (client) =>
      client.create(resources.daemonSets, {
        metadata: { name: "nvidia-device-plugin", namespace: "kube-system" },
        spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: plugin } },
      }),
    );
    const container = {
      name: "main",
      image: "cuda",
      resources: { limits: { "nvidia.com/gpu": "1" }, requests: { "nvidia.com/gpu": "1" } },
    };
    for (const name of ["one", "two"])
      await world.kube(uid, "pod", (client) =>
        client.create(resources.pods, { metadata: { name, namespace: "default" }, spec: { nodeSelector, containers: [container] } }),
      );
    await world.clock.advanceUntil(() => running().length === 2, 30 * MINUTE);
    expect(nodes()).toHaveLength(2);
    expect(world.watchman.breaches).toEqual([]);
  });
});
