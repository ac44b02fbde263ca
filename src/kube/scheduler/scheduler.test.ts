import { afterEach, describe, expect, it } from "vitest";
import type { Event, Pod, PodSpec, ResourceList } from "#api/kubernetes/core";
import type { KubeObject, LabelSelector } from "#api/kubernetes/meta";
import { resources } from "#api/kubernetes/resources";
import type { KubeClient } from "#kube/client";
import { seededRandom, silentLogger } from "#lib";
import { createScheduler, type Scheduler } from "./scheduler.ts";
import { startTestCluster, type TestCluster } from "./testing/cluster.ts";
import { makeNode, makePod, type NodeOptions } from "./testing/objects.ts";

const GPU_TAINT = { key: "sku", value: "gpu", effect: "NoSchedule" as const };

describe("scheduler", () => {
  let cluster: TestCluster;
  let scheduler: Scheduler;

  async function start(version: string, wrap: (client: KubeClient) => KubeClient = (client) => client): Promise<void> {
    cluster = await startTestCluster(version);
    const { clock, client } = cluster;
    scheduler = createScheduler({
      client: wrap(client),
      clock,
      random: seededRandom(1),
      log: silentLogger,
      version: () => version,
    });
    await scheduler.start();
  }
  afterEach(async () => {
    await scheduler.stop();
    await cluster.stop();
  });

  /** Adds a node that is ready: the API's own start-up taint is taken away as the node controller does. */
  async function addNode(name: string, options: NodeOptions = {}): Promise<void> {
    const { uid: _, ...metadata } = makeNode(name, options).metadata;
    await cluster.client.create(resources.nodes, { ...makeNode(name, options), metadata });
    await setTaints(name, options.taints ?? []);
  }
  async function setTaints(name: string, taints: NonNullable<NodeOptions["taints"]>): Promise<void> {
    await cluster.client.patch(resources.nodes, { name }, { type: "merge", body: { spec: { taints } } });
  }
  async function setUnschedulable(name: string): Promise<void> {
    await cluster.client.patch(resources.nodes, { name }, { type: "merge", body: { spec: { unschedulable: true } } });
  }
  async function addPod(name: string, spec: Partial<PodSpec> = {}, requests?: ResourceList): Promise<void> {
    const { metadata, ...pod } = makePod(name, spec, requests);
    await cluster.client.create(resources.pods, { ...pod, metadata: { name: metadata.name, namespace: "default" } });
  }
  const getPod = (name: string): Promise<Pod> => cluster.client.get(resources.pods, { name, namespace: "default" });
  const nodeOf = async (name: string): Promise<string | undefined> => (await getPod(name)).spec.nodeName;
  async function events(name: string): Promise<readonly Event[]> {
    const { items } = await cluster.client.list(resources.events, { namespace: "default" });
    return items.filter(({ involvedObject }) => involvedObject.name === name);
  }
  const bound = (name: string): Promise<void> => cluster.clock.advanceUntil(async () => (await nodeOf(name)) !== undefined, 60_000);
  const refused = (name: string): Promise<void> =>
    cluster.clock.advanceUntil(
      async () => ((await getPod(name)).status?.conditions ?? []).some(({ type }) => type === "PodScheduled"),
      60_000,
    );

  it("keeps an intolerant pod off the GPU node and lets a tolerant one on, in 1.12's words", async () => {
    await start("1.12.6");
    await addNode("aks-nodepool1-28993262-vmss000000", { unschedulable: true });
    await addNode("aks-gpunodepool-28993262-vmss000000", { taints: [GPU_TAINT] });
    await addPod("plain");
    await addPod("mypod", { tolerations: [{ key: "sku", operator: "Equal", value: "gpu", effect: "NoSchedule" }] });
    await bound("mypod");
    await refused("plain");
    expect(await nodeOf("mypod")).toBe("aks-gpunodepool-28993262-vmss000000");
    expect(await nodeOf("plain")).toBeUndefined();
    const message = "0/2 nodes are available: 1 node(s) had taints that the pod didn't tolerate, 1 node(s) were unschedulable.";
    expect((await getPod("plain")).status?.conditions).toEqual([
      expect.objectContaining({ type: "PodScheduled", status: "False", reason: "Unschedulable", message }),
    ]);
    expect(await events("plain")).toEqual([
      expect.objectContaining({
        type: "Warning",
        reason: "FailedScheduling",
        message,
        source: { component: "default-scheduler" },
        count: 1,
      }),
    ]);
    expect(await events("mypod")).toEqual([
      expect.objectContaining({
        type: "Normal",
        reason: "Scheduled",
        message: "Successfully assigned default/mypod to aks-gpunodepool-28993262-vmss000000",
        source: { component: "default-scheduler" },
      }),
    ]);
  });

  it("writes events in the newer form in newer clusters", async () => {
    await start("1.30.0");
    await addNode("n1");
    await addPod("a");
    await bound("a");
    await cluster.clock.advance(0);
    expect(await events("a")).toEqual([
      expect.objectContaining({
        reason: "Scheduled",
        action: "Binding",
        reportingComponent: "default-scheduler",
        eventTime: expect.any(String),
      }),
    ]);
  });

  it.each([
    { name: "a node that comes", help: () => addNode("new") },
    { name: "a taint that goes", help: () => setTaints("n1", []) },
  ])("tries a waiting pod again for $name, not by polling", async ({ help }) => {
    await start("1.30.0");
    await addNode("n1", { taints: [GPU_TAINT] });
    await addPod("a");
    await refused("a");
    await cluster.clock.advance(120_000);
    expect((await events("a")).map(({ series }) => series?.count)).toEqual([undefined]);
    await help();
    await bound("a");
    expect(await nodeOf("a")).toBeDefined();
  });

  it("does not try again for a node that would not help", async () => {
    await start("1.30.0");
    await addNode("n1", { taints: [GPU_TAINT] });
    await addPod("a");
    await refused("a");
    await addNode("n2", { taints: [GPU_TAINT] });
    await cluster.clock.advance(60_000);
    expect((await events("a")).map(({ series }) => series?.count)).toEqual([undefined]);
  });

  it("gives the room of a pod that ended or is gone to the next", async () => {
    await start("1.30.0");
    await addNode("n1", { allocatable: { cpu: "1", memory: "1Gi", pods: "110" } });
    await addPod("first", {}, { cpu: "1" });
    await bound("first");
    await addPod("second", {}, { cpu: "1" });
    await refused("second");
    await cluster.client.patch(
      resources.pods,
      { name: "first", namespace: "default" },
      { type: "merge", body: { status: { phase: "Succeeded" } } },
      { subresource: "status" },
    );
    await bound("second");
    await addPod("third", {}, { cpu: "1" });
    await refused("third");
    await cluster.client.delete(resources.pods, { name: "second", namespace: "default" }, { gracePeriodSeconds: 0 });
    await bound("third");
    expect(await nodeOf("third")).toBe("n1");
  });

  it("never puts more on a node than it has, however many pods come at once", async () => {
    await start("1.30.0");
    for (const name of ["n1", "n2", "n3"]) await addNode(name, { allocatable: { cpu: "2", memory: "4Gi", pods: "110" } });
    await Promise.all(Array.from({ length: 20 }, (_, index) => addPod(`p${index}`, {}, { cpu: "300m" })));
    await cluster.clock.advance(1_000);
    const { items } = await cluster.client.list(resources.pods, { namespace: "default" });
    const perNode = new Map<string, number>();
    for (const { spec } of items) if (spec.nodeName) perNode.set(spec.nodeName, (perNode.get(spec.nodeName) ?? 0) + 1);
    expect([...perNode.values()]).toEqual([6, 6, 6]);
    expect(items.filter(({ spec }) => !spec.nodeName)).toHaveLength(2);
  });

  it("backs off and tries again when a binding is refused", async () => {
    let refusals = 2;
    await start("1.30.0", (client) => ({
      ...client,
      bind: (pod, nodeName) => (refusals-- > 0 ? Promise.reject(new Error("etcdserver: request timed out")) : client.bind(pod, nodeName)),
    }));
    await addNode("n1", { allocatable: { cpu: "1", memory: "1Gi", pods: "1" } });
    await addPod("a", {}, { cpu: "1" });
    const before = cluster.clock.now();
    await bound("a");
    expect(cluster.clock.now() - before).toBe(3_000);
    expect((await events("a")).map(({ reason, message }) => [reason, message])).toEqual(
      expect.arrayContaining([["FailedScheduling", "binding rejected: etcdserver: request timed out"]]),
    );
  });

  it.each([
    { name: "another scheduler's", spec: { schedulerName: "mine" } },
    { name: "one that is gated", spec: { schedulingGates: [{ name: "example.com/wait" }] } },
  ])("leaves alone $name", async ({ spec }) => {
    await start("1.30.0");
    await addNode("n1");
    await addPod("held", spec);
    await addPod("free");
    await bound("free");
    await cluster.clock.advance(10_000);
    expect(await nodeOf("held")).toBeUndefined();
    expect(await events("held")).toEqual([]);
  });

  it("places a pod once its gates are gone", async () => {
    await start("1.30.0");
    await addNode("n1");
    await addPod("held", { schedulingGates: [{ name: "example.com/wait" }] });
    await cluster.client.patch(
      resources.pods,
      { name: "held", namespace: "default" },
      { type: "merge", body: { spec: { schedulingGates: [] } } },
    );
    await bound("held");
    expect(await nodeOf("held")).toBe("n1");
  });

  it("says of a gated pod what it waits for", async () => {
    await start("1.30.0");
    await addPod("held", { schedulingGates: [{ name: "example.com/wait" }] });
    const [condition] = (await getPod("held")).status?.conditions ?? [];
    const message = "Scheduling is blocked due to non-empty scheduling gates";
    expect(condition).toMatchObject({ type: "PodScheduled", status: "False", reason: "SchedulingGated", message });
  });

  describe("preemption", () => {
    const small = { allocatable: { cpu: "1", memory: "1Gi", pods: "110" } };
    async function addClass(name: string, value: number): Promise<void> {
      const type = { group: "scheduling.k8s.io", version: "v1", resource: "priorityclasses", kind: "PriorityClass", namespaced: false };
      await cluster.client.create(type, { metadata: { name }, value } as KubeObject);
    }
    const gone = (name: string): Promise<void> =>
      cluster.client.delete(resources.pods, { name, namespace: "default" }, { gracePeriodSeconds: 0 });
    const isGoing = async (name: string): Promise<boolean> => (await getPod(name)).metadata.deletionTimestamp !== undefined;

    it("makes room, says so to the victim, and waits until it is gone", async () => {
      await start("1.30.0");
      await addClass("urgent", 1000);
      await addNode("n1", small);
      await addPod("low", { terminationGracePeriodSeconds: 45 }, { cpu: "1" });
      await bound("low");
      await addPod("high", { priorityClassName: "urgent" }, { cpu: "1" });
      await cluster.clock.advanceUntil(() => isGoing("low"), 60_000);
      await cluster.clock.advance(0);
      const high = await getPod("high");
      expect(high.status?.nominatedNodeName).toBe("n1");
      expect(high.status?.conditions).toEqual([expect.objectContaining({ message: "0/1 nodes are available: 1 Insufficient cpu." })]);
      const low = await getPod("low");
      expect(low.metadata.deletionGracePeriodSeconds).toBe(45);
      expect(low.status?.conditions).toContainEqual(
        expect.objectContaining({
          type: "DisruptionTarget",
          status: "True",
          reason: "PreemptionByScheduler",
          message: "default-scheduler: preempting to accommodate a higher priority pod",
        }),
      );
      const preempted = `Preempted by pod ${high.metadata.uid} on node n1`;
      expect(await events("low")).toContainEqual(
        expect.objectContaining({ type: "Normal", reason: "Preempted", action: "Preempting", message: preempted }),
      );
      await addPod("late", {}, { cpu: "100m" });
      await refused("late");
      await gone("low");
      await bound("high");
      expect(await nodeOf("late")).toBeUndefined();
    });

    it("does not look for other victims while the first are going", async () => {
      await start("1.30.0");
      await addClass("urgent", 1000);
      await addNode("n1", small);
      await addPod("low", {}, { cpu: "1" });
      await bound("low");
      await addPod("high", { priorityClassName: "urgent" }, { cpu: "1" });
      await cluster.clock.advanceUntil(() => isGoing("low"), 60_000);
      await addNode("n2", small);
      await addPod("other", {}, { cpu: "1" });
      await cluster.clock.advance(2_000);
      // The node that came takes either of the two; the one that is left waits for the victim.
      expect([await nodeOf("high"), await nodeOf("other")].filter((node) => node !== undefined)).toEqual(["n2"]);
    });

    it("leaves the room of a nominated pod to it after a restart", async () => {
      await start("1.30.0");
      await addClass("urgent", 1000);
      await addNode("n1", small);
      await addPod("low", {}, { cpu: "1" });
      await bound("low");
      await addPod("high", { priorityClassName: "urgent" }, { cpu: "1" });
      await cluster.clock.advanceUntil(async () => (await getPod("high")).status?.nominatedNodeName === "n1", 60_000);
      await scheduler.stop();
      const { clock, client } = cluster;
      scheduler = createScheduler({ client, clock, random: seededRandom(2), log: silentLogger, version: () => "1.30.0" });
      await scheduler.start();
      await refused("high");
      await gone("low");
      await bound("high");
    });

    it("takes back a nomination that leads nowhere", async () => {
      await start("1.30.0");
      await addClass("urgent", 1000);
      await addClass("utmost", 2000);
      await addNode("n1", small);
      await addPod("low", {}, { cpu: "1" });
      await bound("low");
      await addPod("high", { priorityClassName: "urgent" }, { cpu: "1" });
      await cluster.clock.advanceUntil(async () => (await getPod("high")).status?.nominatedNodeName === "n1", 60_000);
      await addPod("highest", { priorityClassName: "utmost" }, { cpu: "1" });
      await cluster.clock.advanceUntil(async () => (await getPod("highest")).status?.nominatedNodeName === "n1", 60_000);
      await cluster.clock.advanceUntil(async () => (await getPod("high")).status?.nominatedNodeName === undefined, 60_000);
      await gone("low");
      await bound("highest");
      expect(await nodeOf("high")).toBeUndefined();
    });
  });

  describe("pods that others keep waiting", () => {
    const app = (name: string): LabelSelector => ({ matchLabels: { app: name } });
    async function addLabelled(name: string, label: string, spec: Partial<PodSpec> = {}): Promise<void> {
      const { metadata, ...pod } = makePod(name, spec);
      await cluster.client.create(resources.pods, {
        ...pod,
        metadata: { name: metadata.name, namespace: "default", labels: { app: label } },
      });
    }

    it("are tried again for a pod that they want to be near", async () => {
      await start("1.30.0");
      await addNode("n1", { labels: { zone: "z1" } });
      const podAffinity = { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: "zone", labelSelector: app("db") }] };
      await addLabelled("web", "web", { affinity: { podAffinity } });
      await refused("web");
      expect((await getPod("web")).status?.conditions?.[0]?.message).toBe(
        "0/1 nodes are available: 1 node(s) didn't match pod affinity rules. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.",
      );
      await addLabelled("db", "db");
      await bound("web");
    });

    it("are tried again when a pod elsewhere in the zone is gone", async () => {
      await start("1.30.0");
      await addNode("n1", { labels: { zone: "z1" } });
      await addLabelled("db", "db");
      await bound("db");
      await addNode("n2", { labels: { zone: "z1" } });
      await setUnschedulable("n1");
      const podAntiAffinity = { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: "zone", labelSelector: app("db") }] };
      await addLabelled("web", "web", { affinity: { podAntiAffinity } });
      await refused("web");
      await cluster.client.delete(resources.pods, { name: "db", namespace: "default" }, { gracePeriodSeconds: 0 });
      await bound("web");
      expect(await nodeOf("web")).toBe("n2");
    });

    it("are tried again when the emptiest domain is gone", async () => {
      await start("1.30.0");
      await addNode("n1", { labels: { zone: "z1" } });
      await addLabelled("one", "s");
      await bound("one");
      await addNode("n2", { labels: { zone: "z2" }, unschedulable: true });
      const topologySpreadConstraints = [
        { maxSkew: 1, topologyKey: "zone", whenUnsatisfiable: "DoNotSchedule" as const, labelSelector: app("s") },
      ];
      await addLabelled("two", "s", { topologySpreadConstraints });
      await refused("two");
      await cluster.client.delete(resources.nodes, { name: "n2" });
      await bound("two");
    });
  });

  it("spreads the pods of a replica set that asks for nothing", async () => {
    await start("1.30.0");
    for (const name of ["n1", "n2", "n3"]) await addNode(name, { allocatable: { cpu: "64", memory: "256Gi", pods: "110" } });
    const owner = { metadata: { name: "web", namespace: "default" }, spec: { selector: { matchLabels: { app: "web" } } } };
    const set = await cluster.client.create(resources.replicaSets, {
      ...owner,
      spec: {
        ...owner.spec,
        replicas: 0,
        template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "c", image: "i" }] } },
      },
    });
    const ownerReferences = [{ apiVersion: "apps/v1", kind: "ReplicaSet", name: "web", uid: set.metadata.uid ?? "", controller: true }];
    for (let index = 0; index < 6; index++) {
      const { metadata, ...pod } = makePod(`p${index}`);
      const labels = { app: "web" };
      await cluster.client.create(resources.pods, {
        ...pod,
        metadata: { name: metadata.name, namespace: "default", labels, ownerReferences },
      });
    }
    await cluster.clock.advance(1_000);
    const { items } = await cluster.client.list(resources.pods, { namespace: "default" });
    expect(items.map(({ spec }) => spec.nodeName ?? "").sort()).toEqual(["n1", "n1", "n2", "n2", "n3", "n3"]);
  });

  it("knows after a restart what runs where", async () => {
    await start("1.30.0");
    await addNode("n1", { allocatable: { cpu: "1", memory: "1Gi", pods: "110" } });
    await addPod("first", {}, { cpu: "1" });
    await bound("first");
    await scheduler.stop();
    const { clock, client } = cluster;
    scheduler = createScheduler({ client, clock, random: seededRandom(2), log: silentLogger, version: () => "1.30.0" });
    await scheduler.start();
    await addPod("second", {}, { cpu: "1" });
    await refused("second");
    expect((await getPod("second")).status?.conditions?.[0]?.message).toMatch(/^0\/1 nodes are available: 1 Insufficient cpu\./);
  });
});
