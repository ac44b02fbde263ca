import { afterEach, describe, expect, it } from "vitest";
import type { Pod } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import type { PersistentVolume } from "#api/kubernetes/storage";
import type { PersistentVolumeClaim } from "#api/kubernetes/workloads";
import { seededRandom, silentLogger } from "#lib";
import { createScheduler, type Scheduler } from "../scheduler.ts";
import { startTestCluster, type TestCluster } from "../testing/cluster.ts";
import { makeNode, makePod } from "../testing/objects.ts";
import { DEFAULT_ARGUMENTS } from "../profiles/plugin-arguments.ts";

const ZONE = "topology.kubernetes.io/zone";
const SELECTED = "volume.kubernetes.io/selected-node";
const NOT_HELPFUL = "preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.";

/** The scheduler's part of binding volumes; the test writes what the volume controller would. */
describe("pods with claims", () => {
  let cluster: TestCluster;
  let scheduler: Scheduler;

  async function start(version = "1.30.0"): Promise<void> {
    cluster = await startTestCluster(version);
    const { client } = cluster;
    for (const [name, zone] of [
      ["n1", "z1"],
      ["n2", "z2"],
    ] as const) {
      const { uid: _, ...metadata } = makeNode(name, { labels: { [ZONE]: zone } }).metadata;
      await client.create(resources.nodes, { ...makeNode(name), metadata });
      await client.patch(resources.nodes, { name }, { type: "merge", body: { spec: { taints: [] } } });
    }
    for (const [name, provisioner] of [
      ["disks", "disk.csi.azure.com"],
      ["local", "kubernetes.io/no-provisioner"],
    ] as const)
      await client.create(resources.storageClasses, { metadata: { name }, provisioner, volumeBindingMode: "WaitForFirstConsumer" });
    scheduler = createScheduler({ client, clock: cluster.clock, random: seededRandom(1), log: silentLogger, version: () => version });
    await scheduler.start();
  }
  afterEach(async () => {
    await scheduler.stop();
    await cluster.stop();
  });

  const getPod = (name: string): Promise<Pod> => cluster.client.get(resources.pods, { name, namespace: "default" });
  const getClaim = (name: string): Promise<PersistentVolumeClaim> =>
    cluster.client.get(resources.persistentVolumeClaims, { name, namespace: "default" });
  const messageOf = async (name: string): Promise<string | undefined> =>
    (await getPod(name)).status?.conditions?.find(({ type }) => type === "PodScheduled")?.message;
  const says = (name: string, text: string | RegExp): Promise<void> =>
    cluster.clock.advanceUntil(async () => {
      const message = await messageOf(name);
      return typeof text === "string" ? message === text : text.test(message ?? "");
    }, 60_000);
  const bound = (name: string): Promise<void> =>
    cluster.clock.advanceUntil(async () => (await getPod(name)).spec.nodeName !== undefined, 60_000);
  const selected = (name: string): Promise<void> =>
    cluster.clock.advanceUntil(async () => (await getClaim(name)).metadata.annotations?.[SELECTED] !== undefined, 60_000);
  async function addPod(name: string, ...claims: string[]): Promise<void> {
    const volumes = claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } }));
    const { metadata, ...pod } = makePod(name, { volumes });
    await cluster.client.create(resources.pods, { ...pod, metadata: { name: metadata.name, namespace: "default" } });
  }
  async function addClaim(name: string, storageClassName: string, storage = "1Gi"): Promise<void> {
    const spec = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage } }, storageClassName };
    await cluster.client.create(resources.persistentVolumeClaims, { metadata: { name, namespace: "default" }, spec });
  }
  async function addVolume(name: string, zone: string, spec: Partial<PersistentVolume["spec"]> = {}): Promise<void> {
    const nodeAffinity = {
      required: { nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: "In" as const, values: [zone] }] }] },
    };
    const made = await cluster.client.create(resources.persistentVolumes, {
      metadata: { name },
      spec: { capacity: { storage: "1Gi" }, accessModes: ["ReadWriteOnce"], nfs: { server: "s", path: "/" }, nodeAffinity, ...spec },
    });
    await cluster.client.update(resources.persistentVolumes, { ...made, status: { phase: "Available" } }, { subresource: "status" });
  }
  async function bindClaim(name: string, volumeName: string): Promise<void> {
    const claim = await getClaim(name);
    const annotations = { ...claim.metadata.annotations, "pv.kubernetes.io/bind-completed": "yes" };
    await cluster.client.update(resources.persistentVolumeClaims, {
      ...claim,
      metadata: { ...claim.metadata, annotations },
      spec: { ...claim.spec, volumeName },
    });
  }

  it("are held back by claims that are not there or not bound, and go as soon as they are", async () => {
    await start();
    await addPod("a", "data");
    await says("a", `0/2 nodes are available: persistentvolumeclaim "data" not found. ${NOT_HELPFUL}`);
    await addClaim("data", "");
    await says("a", `0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims. ${NOT_HELPFUL}`);
    await addVolume("v", "z2");
    await bindClaim("data", "v");
    await bound("a");
    expect((await getPod("a")).spec.nodeName).toBe("n2");
  });

  it("choose the node for which a volume is made, and go there when it is there", async () => {
    await start();
    await addClaim("data", "disks");
    await addPod("a", "data");
    await selected("data");
    await cluster.clock.advance(5_000);
    expect((await getPod("a")).spec.nodeName).toBeUndefined();
    const node = (await getClaim("data")).metadata.annotations?.[SELECTED];
    await addVolume("v", node === "n1" ? "z1" : "z2");
    await bindClaim("data", "v");
    await bound("a");
    expect((await getPod("a")).spec.nodeName).toBe(node);
  });

  it("take one volume each, and none that is too small or elsewhere", async () => {
    await start();
    await addVolume("small", "z1", { storageClassName: "local" });
    await addVolume("big", "z2", { storageClassName: "local", capacity: { storage: "5Gi" } });
    await addClaim("one", "local", "2Gi");
    await addClaim("two", "local", "2Gi");
    await addPod("a", "one");
    const holder = async (): Promise<string | undefined> =>
      (await cluster.client.get(resources.persistentVolumes, { name: "big" })).spec.claimRef?.name;
    await cluster.clock.advanceUntil(async () => (await holder()) !== undefined, 60_000);
    expect(await holder()).toBe("one");
    await addPod("b", "two");
    await says("b", `0/2 nodes are available: 2 node(s) didn't find available persistent volumes to bind. ${NOT_HELPFUL}`);
    await bindClaim("one", "big");
    await bound("a");
    expect((await getPod("a")).spec.nodeName).toBe("n2");
  });

  it("never share a volume, also when they are placed at the same moment", async () => {
    await start();
    await addVolume("only", "z1", { storageClassName: "local" });
    for (const name of ["one", "two"]) await addClaim(name, "local");
    await Promise.all([addPod("a", "one"), addPod("b", "two")]);
    await cluster.clock.advance(2_000);
    const { spec } = await cluster.client.get(resources.persistentVolumes, { name: "only" });
    const [winner, loser] = spec.claimRef?.name === "one" ? ["a", "b"] : ["b", "a"];
    await says(loser, /didn't find available persistent volumes to bind/);
    await bindClaim(spec.claimRef?.name ?? "", "only");
    await bound(winner);
  });

  it("wait for the one pod that may use their claim, and for a disk slot", async () => {
    await start();
    const { client } = cluster;
    const spec = { accessModes: ["ReadWriteOncePod"], resources: { requests: { storage: "1Gi" } }, storageClassName: "" };
    await client.create(resources.persistentVolumeClaims, { metadata: { name: "own", namespace: "default" }, spec });
    await addVolume("v", "z1");
    await bindClaim("own", "v");
    await addPod("a", "own");
    await bound("a");
    await addPod("b", "own");
    await says("b", /2 node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode/);
    await client.create(resources.csiNodes, {
      metadata: { name: "n2" },
      spec: { drivers: [{ name: "disk.csi.azure.com", nodeID: "n2", allocatable: { count: 0 } }] },
    });
    await addVolume("disk", "z2", { csi: { driver: "disk.csi.azure.com", volumeHandle: "h" }, nfs: undefined });
    await addClaim("data", "");
    await bindClaim("data", "disk");
    await addPod("c", "data");
    await says("c", /1 node\(s\) exceed max volume count/);
    await client.delete(resources.pods, { name: "a", namespace: "default" }, { gracePeriodSeconds: 0 });
    await bound("b");
    const drivers = [{ name: "disk.csi.azure.com", nodeID: "n2", allocatable: { count: 8 } }];
    await client.patch(resources.csiNodes, { name: "n2" }, { type: "merge", body: { spec: { drivers } } });
    await bound("c");
  });

  it("choose again when the volume could not be made", async () => {
    await start();
    await addClaim("data", "disks");
    await addPod("a", "data");
    await selected("data");
    const claim = await getClaim("data");
    const { [SELECTED]: _, ...annotations } = claim.metadata.annotations ?? {};
    await cluster.client.update(resources.persistentVolumeClaims, { ...claim, metadata: { ...claim.metadata, annotations } });
    await says("a", 'running PreBind plugin "VolumeBinding": binding volumes: provisioning failed for PVC "data"');
    await selected("data");
  });

  it("give up waiting after ten minutes, and give their room back", async () => {
    await start();
    await addClaim("data", "disks");
    await addPod("a", "data");
    await selected("data");
    await cluster.clock.advance(DEFAULT_ARGUMENTS.volumeBinding.timeoutMs);
    await says("a", 'running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded');
    expect(scheduler.explain("default", "a")?.feasibleCount).toBe(1);
  });

  it("leave nothing behind when they are deleted while they wait", async () => {
    await start();
    await addClaim("data", "local");
    await addVolume("v", "z1", { storageClassName: "local" });
    await addPod("a", "data");
    await cluster.clock.advance(1_000);
    await cluster.client.delete(resources.pods, { name: "a", namespace: "default" }, { gracePeriodSeconds: 0 });
    await bindClaim("data", "v");
    await addPod("b", "data");
    await bound("b");
    expect((await getPod("b")).spec.nodeName).toBe("n1");
  });
});
