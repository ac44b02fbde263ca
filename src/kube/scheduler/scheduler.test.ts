import { afterEach, describe, expect, it } from "vitest";
import type { Event, Pod, PodSpec, ResourceList } from "#api/kubernetes/core";
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
