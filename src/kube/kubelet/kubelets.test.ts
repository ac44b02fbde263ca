import { afterEach, describe, expect, it } from "vitest";
import type { NodeBootstrap } from "#api/kubelet";
import type { Event, Node, Pod } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import { isStatus } from "#api/kubernetes/status";
import { findCondition } from "#kube/apimachinery";
import type { KubeClient } from "#kube/client";
import { type Pace, paceOf, seededRandom, silentLogger } from "#lib";
import { createKubelets, type Kubelets } from "./kubelets.ts";
import { startTestCluster, type TestCluster } from "./testing/cluster.ts";
import { makeBootstrap, makeBoundPod } from "./testing/objects.ts";

const NODE = "aks-nodepool1-28993262-vmss000000";

describe("kubelets", () => {
  let cluster: TestCluster;
  let kubelets: Kubelets;

  async function start(pace: Pace = paceOf("realtime"), version = "1.12.6"): Promise<void> {
    cluster = await startTestCluster(version);
    kubelets = newKubelets(pace);
  }
  function newKubelets(pace: Pace = paceOf("realtime")): Kubelets {
    const { client, clock } = cluster;
    return createKubelets({ client, clock, pace, random: seededRandom(1), log: silentLogger });
  }
  afterEach(async () => {
    await kubelets.close();
    await cluster.stop();
  });

  const getNode = (name = NODE): Promise<Node> => cluster.client.get(resources.nodes, { name });
  const getPod = (name: string): Promise<Pod> => cluster.client.get(resources.pods, { name, namespace: "default" });
  const isReady = async (name: string): Promise<boolean> =>
    findCondition((await getPod(name)).status?.conditions, "Ready")?.status === "True";
  async function events(name: string): Promise<readonly Event[]> {
    const { items } = await cluster.client.list(resources.events);
    const inOrder = [...items].sort((one, other) => Number(one.metadata.resourceVersion) - Number(other.metadata.resourceVersion));
    return inOrder.filter(({ involvedObject }) => involvedObject.name === name);
  }
  async function until(condition: () => Promise<boolean>): Promise<void> {
    await cluster.clock.advanceUntil(condition, 600_000);
  }
  async function isGone(get: () => Promise<unknown>): Promise<boolean> {
    try {
      await get();
      return false;
    } catch (error) {
      return isStatus(error, "NotFound");
    }
  }
  /** Starts a machine and gives its node a network, as the controllers do. */
  async function boot(bootstrap: NodeBootstrap = makeBootstrap(NODE)): Promise<void> {
    kubelets.start(bootstrap);
    await until(async () => !(await isGone(() => getNode(bootstrap.nodeName))));
    await setPodCidr(bootstrap.nodeName);
    await until(async () => findCondition((await getNode(bootstrap.nodeName)).status?.conditions, "Ready")?.status === "True");
  }
  async function setPodCidr(name: string): Promise<void> {
    await cluster.client.patch(resources.nodes, { name }, { type: "merge", body: { spec: { podCIDR: "10.244.1.0/24" } } });
  }
  const texts = async (name: string): Promise<string[]> => (await events(name)).map(({ reason, message }) => `${reason}: ${message}`);

  describe("nodes", () => {
    it("say how many disks their machine can have, since there are drivers", async () => {
      await start(paceOf("realtime"), "1.30.0");
      await boot(makeBootstrap(NODE, { kubeletVersion: "v1.30.0", dataDisks: 8 }));
      const csiNode = await cluster.client.get(resources.csiNodes, { name: NODE });
      expect(csiNode.spec.drivers).toMatchObject([
        { name: "disk.csi.azure.com", nodeID: NODE, allocatable: { count: 8 } },
        { name: "file.csi.azure.com", nodeID: NODE },
      ]);
      expect(csiNode.metadata.ownerReferences).toMatchObject([{ kind: "Node", name: NODE, uid: (await getNode()).metadata.uid }]);
      await boot(makeBootstrap("old", { kubeletVersion: "v1.20.7", dataDisks: 8 }));
      expect(await isGone(() => cluster.client.get(resources.csiNodes, { name: "old" }))).toBe(true);
    });

    it("give pods addresses however early the node's block of them comes", async () => {
      await start(paceOf("instant"), "1.30.0");
      await kubelets.close();
      const { client, clock } = cluster;
      const eager: KubeClient = {
        ...client,
        async create(type, object) {
          // The block is there before the kubelet goes on, and its watch has told of it.
          if (type.resource === "csinodes") {
            await setPodCidr(NODE);
            await clock.advance(1_000);
          }
          return client.create(type, object);
        },
      };
      kubelets = createKubelets({ client: eager, clock, pace: paceOf("instant"), random: seededRandom(1), log: silentLogger });
      kubelets.start(makeBootstrap(NODE, { kubeletVersion: "v1.30.0" }));
      await cluster.client.create(resources.pods, makeBoundPod("web", NODE));
      await cluster.clock.advanceUntil(() => isReady("web"), 60_000);
    });

    it.each([
      { release: "1.12.6", message: /Kubenet does not have netConfig. This is most likely due to lack of PodCIDR$/ },
      { release: "1.34.2", message: /Network plugin returns error: cni plugin not initialized$/ },
    ])("are not ready before they have the block of addresses that they need, at $release", async ({ release, message }) => {
      await start(paceOf("realtime"), release);
      kubelets.start(makeBootstrap(NODE, { kubeletVersion: `v${release}`, needsPodCidr: true }));
      await cluster.clock.advance(3_600_000);
      const { conditions } = (await getNode()).status ?? {};
      expect(findCondition(conditions, "Ready")).toMatchObject({ status: "False", reason: "KubeletNotReady" });
      expect(findCondition(conditions, "Ready")?.message).toMatch(message);
      await setPodCidr(NODE);
      await cluster.clock.advance(1_000);
      expect(findCondition((await getNode()).status?.conditions, "Ready")).toMatchObject({ status: "True" });
      expect(await texts(NODE)).toContain(`NodeReady: Node ${NODE} status is now: NodeReady`);
    });

    it("notice at their next status that no block has come, where nothing takes time", async () => {
      await start(paceOf("instant"), "1.34.2");
      kubelets.start(makeBootstrap(NODE, { kubeletVersion: "v1.34.2", needsPodCidr: true }));
      await cluster.clock.advance(15_000);
      expect(findCondition((await getNode()).status?.conditions, "Ready")).toMatchObject({ status: "False", reason: "KubeletNotReady" });
      await setPodCidr(NODE);
      await cluster.clock.advance(1_000);
      expect(findCondition((await getNode()).status?.conditions, "Ready")).toMatchObject({ status: "True" });
    });

    it("tell of the public address that the machine has", async () => {
      await start();
      await boot(makeBootstrap(NODE, { externalIp: "198.18.0.4" }));
      expect((await getNode()).status?.addresses).toEqual([
        { type: "InternalIP", address: "10.240.0.4" },
        { type: "Hostname", address: NODE },
        { type: "ExternalIP", address: "198.18.0.4" },
      ]);
    });

    it("register with what the machine was told, and become ready some seconds later", async () => {
      await start();
      const taint = { key: "sku", value: "gpu", effect: "NoSchedule" as const };
      kubelets.start(makeBootstrap(NODE, { taints: [taint] }));
      await cluster.clock.advance(1_000);
      const fresh = await getNode();
      expect(findCondition(fresh.status?.conditions, "Ready")).toMatchObject({ status: "False", reason: "KubeletNotReady" });
      await cluster.clock.advance(10_000);
      const node = await getNode();
      expect(node.metadata.labels).toMatchObject({ agentpool: "nodepool1" });
      expect(node.spec.taints).toContainEqual(taint);
      expect(node.spec.providerID).toContain("virtualMachineScaleSets");
      expect(node.status).toMatchObject({
        capacity: { cpu: "2", pods: "110" },
        allocatable: { cpu: "1931m" },
        addresses: [
          { type: "InternalIP", address: "10.240.0.4" },
          { type: "Hostname", address: NODE },
        ],
        daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
        nodeInfo: { kubeletVersion: "v1.12.6", containerRuntimeVersion: "docker://3.0.4", osImage: "Ubuntu 16.04.6 LTS" },
      });
      expect((node.status?.conditions ?? []).map(({ type, status, reason }) => `${type}=${status} ${reason}`).sort()).toEqual([
        "DiskPressure=False KubeletHasNoDiskPressure",
        "MemoryPressure=False KubeletHasSufficientMemory",
        "NetworkUnavailable=False RouteCreated",
        "OutOfDisk=False KubeletHasSufficientDisk",
        "PIDPressure=False KubeletHasSufficientPID",
        "Ready=True KubeletReady",
      ]);
      expect(await texts(NODE)).toEqual([
        "Starting: Starting kubelet.",
        `NodeHasSufficientMemory: Node ${NODE} status is now: NodeHasSufficientMemory`,
        `NodeHasNoDiskPressure: Node ${NODE} status is now: NodeHasNoDiskPressure`,
        `NodeHasSufficientPID: Node ${NODE} status is now: NodeHasSufficientPID`,
        "NodeAllocatableEnforced: Updated Node Allocatable limit across pods",
        `NodeReady: Node ${NODE} status is now: NodeReady`,
      ]);
      expect((await events(NODE))[0]).toMatchObject({
        involvedObject: { kind: "Node", uid: NODE },
        source: { component: "kubelet", host: NODE },
      });
    });

    it("keep their lease fresh every ten seconds and their status every five minutes", async () => {
      await start();
      await boot();
      const renewals = new Set<string | undefined>();
      const heartbeats = new Set<string | undefined>();
      for (let second = 0; second < 330; second++) {
        await cluster.clock.advance(1_000);
        const lease = await cluster.client.get(resources.leases, { name: NODE, namespace: "kube-node-lease" });
        renewals.add(lease.spec.renewTime);
        heartbeats.add(findCondition((await getNode()).status?.conditions, "Ready")?.lastHeartbeatTime);
      }
      expect(renewals.size).toBeGreaterThanOrEqual(33);
      expect(renewals.size).toBeLessThanOrEqual(35);
      expect(heartbeats.size).toBe(2);
      const lease = await cluster.client.get(resources.leases, { name: NODE, namespace: "kube-node-lease" });
      expect(lease).toMatchObject({
        spec: { holderIdentity: NODE, leaseDurationSeconds: 40 },
        metadata: { ownerReferences: [{ kind: "Node", name: NODE }] },
      });
    });

    it("fall silent when their machine stops, and are left as they were", async () => {
      await start();
      await boot();
      await cluster.clock.advance(20_000);
      kubelets.stop(NODE);
      await cluster.clock.advance(1_000);
      const before = [await getNode(), await cluster.client.get(resources.leases, { name: NODE, namespace: "kube-node-lease" })];
      await cluster.clock.advance(600_000);
      expect([await getNode(), await cluster.client.get(resources.leases, { name: NODE, namespace: "kube-node-lease" })]).toEqual(before);
    });

    it("take their new version and labels after a reimage, and keep their taints and cordon", async () => {
      await start();
      await boot();
      await cluster.client.patch(
        resources.nodes,
        { name: NODE },
        { type: "merge", body: { spec: { unschedulable: true, taints: [{ key: "mine", effect: "NoSchedule" }] } } },
      );
      const bootId = (await getNode()).status?.nodeInfo?.["bootID"];
      kubelets.stop(NODE);
      kubelets.start(makeBootstrap(NODE, { kubeletVersion: "v1.12.7", labels: { agentpool: "nodepool1", fresh: "yes" } }));
      await cluster.clock.advance(1_000);
      expect(findCondition((await getNode()).status?.conditions, "Ready")?.status).toBe("False");
      await cluster.clock.advance(10_000);
      const node = await getNode();
      expect(node.metadata.labels).toMatchObject({ fresh: "yes" });
      expect(node.spec).toMatchObject({ unschedulable: true, taints: [{ key: "mine", effect: "NoSchedule" }] });
      expect(node.status?.nodeInfo?.["kubeletVersion"]).toBe("v1.12.7");
      expect(node.status?.nodeInfo?.["bootID"]).not.toBe(bootId);
      expect(findCondition(node.status?.conditions, "Ready")?.status).toBe("True");
    });

    it("leave labels as others have set them when only this program restarts", async () => {
      const bootstrap = makeBootstrap(NODE, { labels: { agentpool: "nodepool1", tier: "web" } });
      await start();
      await boot(bootstrap);
      await cluster.client.patch(resources.nodes, { name: NODE }, { type: "merge", body: { metadata: { labels: { tier: null } } } });
      await kubelets.close();
      kubelets = newKubelets();
      kubelets.start(bootstrap);
      await cluster.clock.advance(60_000);
      expect((await getNode()).metadata.labels).toEqual({ agentpool: "nodepool1" });
    });

    it("tell of being cordoned", async () => {
      await start();
      await boot();
      for (const unschedulable of [true, false]) {
        await cluster.client.patch(resources.nodes, { name: NODE }, { type: "merge", body: { spec: { unschedulable } } });
        await cluster.clock.advance(1_000);
      }
      expect((await texts(NODE)).slice(-2)).toEqual([
        `NodeNotSchedulable: Node ${NODE} status is now: NodeNotSchedulable`,
        `NodeSchedulable: Node ${NODE} status is now: NodeSchedulable`,
      ]);
    });

    it("contradict who thinks them lost", async () => {
      await start();
      await boot();
      const conditions = [{ type: "Ready", status: "Unknown", reason: "NodeStatusUnknown" }];
      await cluster.client.patch(
        resources.nodes,
        { name: NODE },
        { type: "strategic", body: { status: { conditions } } },
        { subresource: "status" },
      );
      await cluster.clock.advance(1_000);
      expect(findCondition((await getNode()).status?.conditions, "Ready")).toMatchObject({ status: "True", reason: "KubeletReady" });
    });

    it("are not made anew by their kubelet when somebody deletes them", async () => {
      await start();
      await boot();
      await cluster.client.delete(resources.nodes, { name: NODE });
      await cluster.clock.advance(600_000);
      expect(await isGone(getNode)).toBe(true);
    });

    it("become ready in their hundreds at once when time is instant, for one write each", async () => {
      await start(paceOf("instant"));
      const writes: string[] = [];
      const { client, clock } = cluster;
      await kubelets.close();
      const counting: KubeClient = {
        ...client,
        create: (type, object) => {
          if (type.kind === "Node") writes.push(`create ${object.metadata.name}`);
          return client.create(type, object);
        },
        patch: (type, name, patch, options) => {
          if (type.kind === "Node") writes.push(`patch ${name.name}`);
          return client.patch(type, name, patch, options);
        },
      };
      kubelets = createKubelets({ client: counting, clock, pace: paceOf("instant"), random: seededRandom(1), log: silentLogger });
      for (let index = 0; index < 100; index++) kubelets.start(makeBootstrap(`n${index}`));
      await until(async () => {
        const { items } = await client.list(resources.nodes);
        return items.length === 100 && items.every(({ status }) => findCondition(status?.conditions, "Ready")?.status === "True");
      });
      expect(new Set(writes).size).toBe(100);
      expect(writes).toHaveLength(100);
      // However many nodes there are, their heartbeats share one timer.
      expect(clock.pending).toBeLessThan(10);
    });
  });

  describe("pods", () => {
    it("go through the article's stages in the article's time", async () => {
      await start();
      await boot();
      const startMs = cluster.clock.now();
      await cluster.client.create(resources.pods, makeBoundPod("mypod", NODE));
      const at: string[] = [];
      let known = 0;
      await until(async () => {
        const all = await texts("mypod");
        for (const text of all.slice(known)) at.push(`${Math.round((cluster.clock.now() - startMs) / 1000)}s ${text}`);
        known = all.length;
        return await isReady("mypod");
      });
      expect(at).toEqual([
        '1s Pulling: pulling image "nginx:1.15.9"',
        '5s Pulled: Successfully pulled image "nginx:1.15.9"',
        "8s Created: Created container",
        "8s Started: Started container",
      ]);
      expect((await events("mypod"))[0]).toMatchObject({
        type: "Normal",
        source: { component: "kubelet", host: NODE },
        involvedObject: { kind: "Pod", fieldPath: "spec.containers{mypod}" },
      });
    });

    it("show a full status when they are ready", async () => {
      await start();
      await boot();
      await cluster.client.create(resources.pods, makeBoundPod("mypod", NODE));
      await cluster.clock.advance(500);
      expect((await getPod("mypod")).status).toMatchObject({
        phase: "Pending",
        containerStatuses: [{ name: "mypod", ready: false, state: { waiting: { reason: "ContainerCreating" } }, imageID: "" }],
      });
      await until(() => isReady("mypod"));
      const { status } = await getPod("mypod");
      expect(status).toMatchObject({
        phase: "Running",
        hostIP: "10.240.0.4",
        podIP: "10.244.1.2",
        qosClass: "BestEffort",
        startTime: expect.stringMatching(/^2019-05-17T/),
        containerStatuses: [
          {
            name: "mypod",
            ready: true,
            restartCount: 0,
            image: "nginx:1.15.9",
            imageID: expect.stringMatching(/^docker-pullable:\/\/nginx@sha256:[0-9a-f]{64}$/),
            containerID: expect.stringMatching(/^docker:\/\/[0-9a-f]{64}$/),
            state: { running: { startedAt: expect.any(String) } },
          },
        ],
      });
      expect((status?.conditions ?? []).map(({ type, status, reason }) => `${type}=${status} ${reason ?? ""}`).sort()).toEqual([
        "ContainersReady=True ",
        "Initialized=True ",
        "PodScheduled=True ",
        "Ready=True ",
      ]);
    });

    it.each([
      {
        version: "v1.12.6",
        want: [
          'Pulled: Container image "nginx:1.15.9" already present on machine',
          "Created: Created container",
          "Started: Started container",
        ],
      },
      {
        version: "v1.30.0",
        want: [
          'Pulled: Container image "nginx:1.15.9" already present on machine',
          "Created: Created container mypod",
          "Started: Started container mypod",
        ],
      },
      {
        version: "v1.35.0",
        want: [
          'Pulled: Container image "nginx:1.15.9" already present on machine and can be accessed by the pod',
          "Created: Container created",
          "Started: Container started",
        ],
      },
    ])("find an image that is on the machine, in the words of $version", async ({ version, want }) => {
      await start(paceOf("instant"));
      await boot(makeBootstrap(NODE, { kubeletVersion: version }));
      for (const name of ["first", "second"]) {
        await cluster.client.create(resources.pods, makeBoundPod(name, NODE));
        await until(() => isReady(name));
      }
      expect(await texts("second")).toEqual(want);
    });

    it("wait for the node's podCIDR, unless they use the host's network", async () => {
      await start(paceOf("instant"));
      kubelets.start(makeBootstrap(NODE));
      await cluster.clock.advance(1_000);
      await cluster.client.create(resources.pods, makeBoundPod("own", NODE));
      await cluster.client.create(resources.pods, makeBoundPod("host", NODE, { hostNetwork: true }));
      await cluster.clock.advance(60_000);
      expect(await isReady("own")).toBe(false);
      expect((await getPod("host")).status).toMatchObject({ phase: "Running", podIP: "10.240.0.4" });
      await setPodCidr(NODE);
      await until(() => isReady("own"));
      expect((await getPod("own")).status?.podIP).toBe("10.244.1.2");
    });

    it("stop gracefully when they are deleted", async () => {
      await start();
      await boot();
      await cluster.client.create(resources.pods, makeBoundPod("mypod", NODE));
      await until(() => isReady("mypod"));
      await cluster.client.delete(resources.pods, { name: "mypod", namespace: "default" });
      const before = cluster.clock.now();
      await until(() => isGone(() => getPod("mypod")));
      expect(cluster.clock.now() - before).toBe(1_000);
      expect((await texts("mypod")).at(-1)).toBe("Killing: Killing container with id docker://mypod:Need to kill Pod");
    });

    it("stand still on a machine that is gone, also while they are being deleted", async () => {
      await start();
      await boot();
      await cluster.client.create(resources.pods, makeBoundPod("mypod", NODE));
      await until(() => isReady("mypod"));
      kubelets.stop(NODE);
      await cluster.client.delete(resources.pods, { name: "mypod", namespace: "default" });
      await cluster.clock.advance(600_000);
      expect((await getPod("mypod")).metadata.deletionTimestamp).toBeDefined();
    });

    it("start anew on a machine that was reimaged", async () => {
      await start();
      await boot();
      await cluster.client.create(resources.pods, makeBoundPod("mypod", NODE));
      await until(() => isReady("mypod"));
      const before = (await getPod("mypod")).status?.containerStatuses?.[0]?.containerID;
      kubelets.stop(NODE);
      kubelets.start(makeBootstrap(NODE, { kubeletVersion: "v1.12.7" }));
      await cluster.clock.advance(1_500);
      expect(await isReady("mypod")).toBe(false);
      await until(() => isReady("mypod"));
      const { status } = await getPod("mypod");
      expect(status?.containerStatuses?.[0]?.containerID).not.toBe(before);
      expect(status?.podIP).toBe("10.244.1.2");
    });

    it("go on running when only this program restarts", async () => {
      await start();
      await boot();
      await cluster.client.create(resources.pods, makeBoundPod("mypod", NODE));
      await until(() => isReady("mypod"));
      const before = await getPod("mypod");
      const told = await texts("mypod");
      await kubelets.close();
      kubelets = newKubelets();
      kubelets.start(makeBootstrap(NODE));
      await cluster.clock.advance(60_000);
      expect(await getPod("mypod")).toEqual(before);
      expect(await texts("mypod")).toEqual(told);
      await cluster.client.create(resources.pods, makeBoundPod("next", NODE));
      await until(() => isReady("next"));
      expect((await getPod("next")).status?.podIP).toBe("10.244.1.3");
    });

    it.each([
      {
        name: "more cpu than is left",
        pods: [makeBoundPod("first", NODE, {}, { cpu: "1500m" })],
        pod: makeBoundPod("late", NODE, {}, { cpu: "500m" }),
        want: { reason: "OutOfcpu", message: "Pod Node didn't have enough resource: cpu, requested: 500, used: 1500, capacity: 1931" },
      },
      {
        name: "a label that the node has not",
        pods: [],
        pod: makeBoundPod("late", NODE, { nodeSelector: { disk: "ssd" } }),
        want: { reason: "MatchNodeSelector", message: "Pod Predicate MatchNodeSelector failed" },
      },
    ])("fail on a node when they were bound past the scheduler and want $name", async ({ pods, pod, want }) => {
      await start(paceOf("instant"));
      await boot();
      for (const each of [...pods, pod]) await cluster.client.create(resources.pods, each);
      await until(async () => (await getPod("late")).status?.phase === "Failed");
      expect((await getPod("late")).status).toMatchObject(want);
      expect((await texts("late"))[0]).toBe(`${want.reason}: ${want.message.replace("Pod ", "")}`);
    });

    it("fail beyond the number of pods that the node takes", async () => {
      await start(paceOf("instant"));
      await boot(makeBootstrap(NODE, { allocatable: { cpu: "2", memory: "4Gi", pods: "1" } }));
      for (const name of ["a", "b"]) await cluster.client.create(resources.pods, makeBoundPod(name, NODE));
      await until(async () => (await getPod("b")).status?.phase === "Failed");
      expect((await getPod("b")).status?.reason).toBe("OutOfpods");
    });

    it("end when their annotation says so, and count as their restart policy wants", async () => {
      await start();
      await boot();
      const make = (name: string, exitCode: string, restartPolicy: "Never" | "Always"): Pod => {
        const pod = makeBoundPod(name, NODE, { restartPolicy });
        return { ...pod, metadata: { ...pod.metadata, annotations: { "lido.dev/run-seconds": "30", "lido.dev/exit-code": exitCode } } };
      };
      for (const pod of [make("good", "0", "Never"), make("bad", "3", "Never"), make("stubborn", "1", "Always")]) {
        await cluster.client.create(resources.pods, pod);
      }
      await until(async () => (await getPod("bad")).status?.phase === "Failed");
      await until(async () => (await getPod("good")).status?.phase === "Succeeded");
      expect((await getPod("bad")).status?.containerStatuses?.[0]?.state).toMatchObject({ terminated: { exitCode: 3, reason: "Error" } });
      expect(findCondition((await getPod("good")).status?.conditions, "Ready")).toMatchObject({ status: "False", reason: "PodCompleted" });
      await until(async () => (await getPod("stubborn")).status?.containerStatuses?.[0]?.state?.waiting?.reason === "CrashLoopBackOff");
      await until(() => isReady("stubborn"));
      expect((await getPod("stubborn")).status?.containerStatuses?.[0]).toMatchObject({
        restartCount: 2,
        lastState: { terminated: { exitCode: 1 } },
      });
    });

    it("are let go when somebody else declares them failed", async () => {
      await start(paceOf("instant"));
      await boot(makeBootstrap(NODE, { allocatable: { cpu: "2", memory: "4Gi", pods: "1" } }));
      await cluster.client.create(resources.pods, makeBoundPod("first", NODE));
      await until(() => isReady("first"));
      const body = { status: { phase: "Failed", reason: "Evicted" } };
      await cluster.client.patch(
        resources.pods,
        { name: "first", namespace: "default" },
        { type: "merge", body },
        { subresource: "status" },
      );
      await cluster.client.create(resources.pods, makeBoundPod("second", NODE));
      await until(() => isReady("second"));
      expect((await getPod("first")).status?.phase).toBe("Failed");
    });

    it("run init containers to their end before the others, and wait for readiness", async () => {
      await start();
      await boot();
      const spec = {
        initContainers: [{ name: "prepare", image: "busybox" }],
        containers: [{ name: "web", image: "nginx:1.15.9", readinessProbe: { initialDelaySeconds: 20, httpGet: { path: "/", port: 80 } } }],
      };
      await cluster.client.create(resources.pods, makeBoundPod("app", NODE, spec));
      await until(async () => (await getPod("app")).status?.phase === "Running");
      const runningMs = cluster.clock.now();
      expect(await isReady("app")).toBe(false);
      expect((await getPod("app")).status?.initContainerStatuses?.[0]).toMatchObject({
        name: "prepare",
        ready: true,
        state: { terminated: { reason: "Completed" } },
      });
      await until(() => isReady("app"));
      expect(cluster.clock.now() - runningMs).toBe(21_000);
    });

    it("bring the machine's GPUs with a device plugin and take them away again", async () => {
      await start(paceOf("instant"));
      await boot(makeBootstrap(NODE, { gpus: 1 }));
      const gpus = async (): Promise<string | undefined> => (await getNode()).status?.allocatable?.["nvidia.com/gpu"];
      expect(await gpus()).toBeUndefined();
      const image = "nvidia/k8s-device-plugin:1.11";
      await cluster.client.create(resources.pods, makeBoundPod("plugin", NODE, { containers: [{ name: "p", image }] }));
      await until(async () => (await gpus()) === "1");
      expect((await getNode()).status?.capacity).toMatchObject({ "nvidia.com/gpu": "1", cpu: "2" });
      await cluster.client.delete(resources.pods, { name: "plugin", namespace: "default" }, { gracePeriodSeconds: 0 });
      await until(async () => (await gpus()) === undefined);
      expect((await getNode()).status?.capacity).not.toHaveProperty("nvidia.com/gpu");
    });

    it("bring no GPUs without a driver, and bring them once a pod has one", async () => {
      await start(paceOf("instant"));
      await boot(makeBootstrap(NODE, { gpus: 1, lacksGpuDriver: true }));
      const gpus = async (): Promise<string | undefined> => (await getNode()).status?.allocatable?.["nvidia.com/gpu"];
      const run = async (name: string, image: string): Promise<void> => {
        await cluster.client.create(resources.pods, makeBoundPod(name, NODE, { containers: [{ name: "p", image }] }));
        const isRunning = async (): Promise<boolean> =>
          (await cluster.client.get(resources.pods, { name, namespace: "default" })).status?.phase === "Running";
        await until(isRunning);
      };
      await run("plugin", "nvcr.io/nvidia/k8s-device-plugin:v0.18.0");
      expect(await gpus()).toBeUndefined();
      await run("driver", "nvcr.io/nvidia/driver:580.95.05-ubuntu22.04");
      await until(async () => (await gpus()) === "1");
    });
  });
});
