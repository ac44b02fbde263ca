import type { Taint } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import type { DaemonSet, Deployment } from "#api/kubernetes/workloads";
import { afterEach, describe, expect, it } from "vitest";
import { startCluster, type TestCluster } from "./testing/cluster.ts";

let cluster: TestCluster;
afterEach(() => cluster.stop());

const container = (image: string) => ({ name: "web", image });

function deployment(name: string, replicas: number, image = "nginx:1"): Deployment {
  const labels = { app: name };
  return {
    metadata: { name, namespace: "default" },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [container(image)] } } },
  };
}

async function available(name: string, count: number): Promise<boolean> {
  const found = await cluster.find(resources.deployments, name, "default");
  const { status, metadata } = found ?? {};
  return (
    status?.availableReplicas === count &&
    status.updatedReplicas === count &&
    status.replicas === count &&
    status.observedGeneration === metadata?.generation
  );
}

describe("deployments", () => {
  it("run their pods, roll out a new template, scale, and take everything with them when deleted", async () => {
    cluster = await startCluster("1.30.0");
    cluster.runPods(["n1", "n2"]);
    await cluster.addNode("n1");
    await cluster.addNode("n2");
    const created = await cluster.client.create(resources.deployments, deployment("web", 4));
    await cluster.until(() => available("web", 4));
    const [first] = await cluster.list(resources.replicaSets, "default");
    expect(first?.metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]+$/);
    expect(await cluster.events("web")).toContain(`ScalingReplicaSet: Scaled up replica set ${first?.metadata.name} to 4`);
    const pods = await cluster.list(resources.pods, "default");
    expect(pods.length).toBe(4);
    expect(await cluster.events(first?.metadata.name ?? "")).toContain(`SuccessfulCreate: Created pod: ${pods[0]?.metadata.name}`);

    const image = { spec: { template: { spec: { containers: [container("nginx:2")] } } } };
    await cluster.client.patch(resources.deployments, { name: "web", namespace: "default" }, { type: "merge", body: image });
    await cluster.until(
      async () =>
        (await available("web", 4)) &&
        (await cluster.list(resources.pods, "default")).every(({ spec }) => spec.containers[0]?.image === "nginx:2"),
    );
    const sets = await cluster.list(resources.replicaSets, "default");
    const sizes = sets.map(({ spec, metadata }) => [metadata.annotations?.["deployment.kubernetes.io/revision"], spec.replicas]);
    expect(Object.fromEntries(sizes)).toEqual({ 1: 0, 2: 4 });
    const rolled = await cluster.find(resources.deployments, "web", "default");
    expect(rolled?.metadata.annotations?.["deployment.kubernetes.io/revision"]).toBe("2");
    expect(rolled?.status?.conditions?.map(({ type, status, reason }) => `${type} ${status} ${reason}`)).toEqual([
      "Available True MinimumReplicasAvailable",
      "Progressing True NewReplicaSetAvailable",
    ]);

    await cluster.client.patch(
      resources.deployments,
      { name: "web", namespace: "default" },
      { type: "merge", body: { spec: { replicas: 1 } } },
    );
    await cluster.until(async () => (await available("web", 1)) && (await cluster.list(resources.pods, "default")).length === 1);

    await cluster.client.delete(
      resources.deployments,
      { name: "web", namespace: "default" },
      { preconditions: { uid: created.metadata.uid ?? "" } },
    );
    await cluster.until(async () => (await cluster.list(resources.pods, "default")).length === 0);
    expect(await cluster.list(resources.replicaSets, "default")).toEqual([]);
  });

  it("never make a pod too many, however often they are asked", async () => {
    cluster = await startCluster("1.12.6");
    await cluster.client.create(resources.deployments, deployment("many", 40));
    await cluster.until(async () => (await cluster.list(resources.pods, "default")).length >= 40);
    await cluster.pass(10_000);
    expect((await cluster.list(resources.pods, "default")).length).toBe(40);
    const [set] = await cluster.list(resources.replicaSets, "default");
    expect(set?.status).toMatchObject({ replicas: 40, fullyLabeledReplicas: 40, observedGeneration: 1 });
  });

  it("are held back in a foreground deletion until their pods are gone", async () => {
    cluster = await startCluster("1.30.0");
    cluster.runPods(["n1"]);
    await cluster.addNode("n1");
    await cluster.client.create(resources.deployments, deployment("web", 2));
    await cluster.until(() => available("web", 2));
    await cluster.client.delete(resources.deployments, { name: "web", namespace: "default" }, { propagationPolicy: "Foreground" });
    expect(await cluster.find(resources.deployments, "web", "default")).toBeDefined();
    await cluster.until(async () => (await cluster.find(resources.deployments, "web", "default")) === undefined);
    expect(await cluster.list(resources.pods, "default")).toEqual([]);
  });

  it("leave their replica sets behind when told to, and the next of the name takes them", async () => {
    cluster = await startCluster("1.30.0");
    cluster.runPods(["n1"]);
    await cluster.addNode("n1");
    await cluster.client.create(resources.deployments, deployment("web", 2));
    await cluster.until(() => available("web", 2));
    await cluster.client.delete(resources.deployments, { name: "web", namespace: "default" }, { propagationPolicy: "Orphan" });
    await cluster.until(async () => (await cluster.find(resources.deployments, "web", "default")) === undefined);
    const [left] = await cluster.list(resources.replicaSets, "default");
    expect(left?.metadata.ownerReferences ?? []).toEqual([]);
    await cluster.client.create(resources.deployments, deployment("web", 2));
    await cluster.until(() => available("web", 2));
    const sets = await cluster.list(resources.replicaSets, "default");
    expect(sets.map(({ metadata }) => metadata.uid)).toEqual([left?.metadata.uid]);
  });
});

describe("nodes", () => {
  it("get a block of addresses, lose the start-up taint and are told of", async () => {
    cluster = await startCluster("1.30.0");
    const taints: Taint[] = [{ key: "node.kubernetes.io/not-ready", effect: "NoSchedule" }];
    await cluster.addNode("n1", { spec: { taints } });
    await cluster.addNode("n2");
    await cluster.until(async () =>
      (await cluster.list(resources.nodes)).every(({ spec }) => spec.podCIDR !== undefined && spec.taints === undefined),
    );
    const nodes = await cluster.list(resources.nodes);
    expect(new Set(nodes.map(({ spec }) => spec.podCIDR))).toEqual(new Set(["10.244.0.0/24", "10.244.1.0/24"]));
    expect(await cluster.events("n1")).toEqual(["RegisteredNode: Node n1 event: Registered Node n1 in Controller"]);
  });

  it("become Unknown when silent, are tainted at the zone's rate, and are cleared when they answer", async () => {
    cluster = await startCluster("1.30.0");
    for (const name of ["n1", "n2", "n3"]) await cluster.addNode(name);
    cluster.runPods(["n1", "n2"]);
    await cluster.client.create(resources.pods, {
      metadata: { name: "p", namespace: "default" },
      spec: { nodeName: "n2", containers: [container("nginx")] },
    });
    for (let beat = 0; beat < 5; beat++) {
      await cluster.pass(10_000);
      await cluster.heartbeat("n1");
      await cluster.heartbeat("n3");
    }
    const unreachable = async (): Promise<string[]> =>
      ((await cluster.find(resources.nodes, "n2"))?.spec.taints ?? []).map(({ key, effect }) => `${key}:${effect}`);
    await cluster.until(async () => (await unreachable()).length === 2, 20_000);
    expect(await unreachable()).toEqual(["node.kubernetes.io/unreachable:NoSchedule", "node.kubernetes.io/unreachable:NoExecute"]);
    const silent = await cluster.find(resources.nodes, "n2");
    expect(silent?.status?.conditions?.[0]).toMatchObject({
      type: "Ready",
      status: "Unknown",
      reason: "NodeStatusUnknown",
      message: "Kubelet stopped posting node status.",
    });
    expect(await cluster.events("n2")).toContain("NodeNotReady: Node n2 status is now: NodeNotReady");
    expect(await cluster.events("p")).toContain("NodeNotReady: Node is not ready");
    expect((await cluster.find(resources.pods, "p", "default"))?.status?.conditions?.[0]).toMatchObject({ type: "Ready", status: "False" });
    expect((await cluster.find(resources.nodes, "n1"))?.spec.taints).toBeUndefined();

    const conditions = [{ type: "Ready", status: "True", lastHeartbeatTime: "2024-01-01T13:00:00Z" }];
    await cluster.client.patch(
      resources.nodes,
      { name: "n2" },
      { type: "merge", body: { status: { conditions } } },
      { subresource: "status" },
    );
    await cluster.until(async () => (await unreachable()).length === 0, 5000);
  });

  it("keep the unschedulable taint in step with a cordon", async () => {
    cluster = await startCluster("1.12.6");
    await cluster.addNode("n1");
    const cordon = (unschedulable: boolean | null) =>
      cluster.client.patch(resources.nodes, { name: "n1" }, { type: "merge", body: { spec: { unschedulable } } });
    await cordon(true);
    await cluster.until(
      async () => (await cluster.find(resources.nodes, "n1"))?.spec.taints?.[0]?.key === "node.kubernetes.io/unschedulable",
    );
    await cordon(null);
    await cluster.until(async () => (await cluster.find(resources.nodes, "n1"))?.spec.taints === undefined);
  });

  it("take their pods with them after the quarantine, and their lease at once", async () => {
    cluster = await startCluster("1.30.0");
    cluster.runPods(["n2"]);
    const node = await cluster.addNode("n1");
    const owner = { apiVersion: "v1", kind: "Node", name: "n1", uid: node.metadata.uid ?? "" };
    await cluster.client.patch(
      resources.leases,
      { name: "n1", namespace: "kube-node-lease" },
      { type: "merge", body: { metadata: { ownerReferences: [owner] } } },
    );
    await cluster.client.create(resources.pods, {
      metadata: { name: "p", namespace: "default" },
      spec: { nodeName: "n1", containers: [container("nginx")] },
    });
    await cluster.pass(0);
    await cluster.client.delete(resources.nodes, { name: "n1" });
    await cluster.until(async () => (await cluster.find(resources.leases, "n1", "kube-node-lease")) === undefined, 1000);
    await cluster.pass(30_000);
    expect(await cluster.find(resources.pods, "p", "default")).toBeDefined();
    await cluster.until(async () => (await cluster.find(resources.pods, "p", "default")) === undefined, 12_000);
    expect(await cluster.events("n1")).toContain("RemovingNode: Node n1 event: Removing Node n1 from Controller");
  });
});

describe("NoExecute taints", () => {
  const taint = (taints: Taint[] | null) =>
    cluster.client.patch(resources.nodes, { name: "n1" }, { type: "merge", body: { spec: { taints } } });
  const leave: Taint = { key: "leave", effect: "NoExecute" };
  const names = async (): Promise<string[]> => (await cluster.list(resources.pods, "default")).map(({ metadata }) => metadata.name);

  it("drive out pods at once, after their tolerated time, or never", async () => {
    cluster = await startCluster("1.30.0");
    await cluster.addNode("n1");
    cluster.runPods(["n1"]);
    const pod = (name: string, tolerationSeconds?: number) =>
      cluster.client.create(resources.pods, {
        metadata: { name, namespace: "default" },
        spec: {
          nodeName: "n1",
          containers: [container("nginx")],
          ...(name !== "intolerant" && {
            tolerations: [
              {
                key: "leave",
                operator: "Exists" as const,
                effect: "NoExecute" as const,
                ...(tolerationSeconds !== undefined && { tolerationSeconds }),
              },
            ],
          }),
        },
      });
    await pod("intolerant");
    await pod("patient", 60);
    await pod("tolerant");
    await cluster.pass(0);
    await taint([leave]);
    await cluster.until(async () => !(await names()).includes("intolerant"), 2000);
    expect(await cluster.events("intolerant")).toContain("TaintManagerEviction: Marking for deletion Pod default/intolerant");
    await cluster.pass(55_000);
    expect(await names()).toEqual(["patient", "tolerant"]);
    await cluster.until(async () => !(await names()).includes("patient"), 10_000);
    expect(await names()).toEqual(["tolerant"]);
  });

  it("that are removed in time spare the pod", async () => {
    cluster = await startCluster("1.12.6");
    await cluster.addNode("n1");
    cluster.runPods(["n1"]);
    const tolerations = [{ key: "leave", operator: "Exists" as const, effect: "NoExecute" as const, tolerationSeconds: 60 }];
    await cluster.client.create(resources.pods, {
      metadata: { name: "p", namespace: "default" },
      spec: { nodeName: "n1", tolerations, containers: [container("nginx")] },
    });
    await taint([leave]);
    await cluster.pass(30_000);
    await taint(null);
    await cluster.pass(120_000);
    expect(await names()).toEqual(["p"]);
    expect(await cluster.events("p")).toContain("TaintManagerEviction: Cancelling deletion of Pod default/p");
  });
});

describe("daemon sets", () => {
  it("run one pod on each node that comes, follow their template, and none on a node they do not tolerate", async () => {
    cluster = await startCluster("1.12.6");
    const nodes = ["n1", "n2", "gpu"];
    cluster.runPods(nodes);
    await cluster.addNode("n1");
    const labels = { app: "proxy" };
    const daemonSet: DaemonSet = {
      metadata: { name: "proxy", namespace: "kube-system" },
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [container("proxy:1")] } } },
    };
    await cluster.client.create(resources.daemonSets, daemonSet);
    const on = async (): Promise<string[]> =>
      (await cluster.list(resources.pods, "kube-system")).map(({ spec }) => `${spec.nodeName}`).sort();
    await cluster.until(async () => (await on()).join() === "n1");
    await cluster.addNode("n2");
    await cluster.addNode("gpu", { spec: { taints: [{ key: "sku", value: "gpu", effect: "NoSchedule" }] } });
    await cluster.until(async () => (await on()).join() === "n1,n2");
    const image = { spec: { template: { spec: { containers: [container("proxy:2")] } } } };
    await cluster.client.patch(resources.daemonSets, { name: "proxy", namespace: "kube-system" }, { type: "merge", body: image });
    const done = async (): Promise<boolean> => {
      const found = await cluster.find(resources.daemonSets, "proxy", "kube-system");
      return (
        found?.status?.updatedNumberScheduled === 2 &&
        found.status.numberAvailable === 2 &&
        found.status.observedGeneration === found.metadata.generation
      );
    };
    await cluster.until(done);
    expect(await on()).toEqual(["n1", "n2"]);
  });
});

describe("namespaces", () => {
  it("get a service account and the root certificate, and are emptied when deleted", async () => {
    cluster = await startCluster("1.30.0");
    cluster.runPods(["n1"]);
    await cluster.addNode("n1");
    await cluster.client.create(resources.namespaces, { metadata: { name: "team" } });
    await cluster.until(async () => (await cluster.find(resources.configMaps, "kube-root-ca.crt", "team")) !== undefined);
    await cluster.until(async () => (await cluster.find(resources.serviceAccounts, "default", "team")) !== undefined);
    await cluster.client.create(resources.deployments, { ...deployment("web", 3), metadata: { name: "web", namespace: "team" } });
    await cluster.until(async () => (await cluster.list(resources.pods, "team")).length === 3);
    await cluster.client.delete(resources.namespaces, { name: "team" });
    await cluster.until(async () => (await cluster.find(resources.namespaces, "team")) === undefined);
    for (const type of [resources.pods, resources.deployments, resources.configMaps, resources.serviceAccounts, resources.events]) {
      expect(await cluster.list(type, "team"), type.kind).toEqual([]);
    }
  });

  it("have no root certificate before 1.20", async () => {
    cluster = await startCluster("1.12.6");
    await cluster.until(async () => (await cluster.find(resources.serviceAccounts, "default", "default")) !== undefined);
    await cluster.pass(1000);
    expect(await cluster.find(resources.configMaps, "kube-root-ca.crt", "default")).toBeUndefined();
  });
});

describe("services and budgets", () => {
  it("show the ready pods behind a service and how many of them may go", async () => {
    cluster = await startCluster("1.30.0");
    cluster.runPods(["n1"]);
    await cluster.addNode("n1");
    await cluster.client.create(resources.services, {
      metadata: { name: "web", namespace: "default" },
      spec: { selector: { app: "web" }, ports: [{ port: 80 }] },
    });
    await cluster.client.create(resources.podDisruptionBudgets, {
      metadata: { name: "web", namespace: "default" },
      spec: { maxUnavailable: 1, selector: { matchLabels: { app: "web" } } },
    });
    await cluster.client.create(resources.deployments, deployment("web", 3));
    await cluster.until(async () => (await cluster.find(resources.endpoints, "web", "default"))?.subsets?.[0]?.addresses?.length === 3);
    await cluster.until(
      async () => (await cluster.find(resources.podDisruptionBudgets, "web", "default"))?.status?.disruptionsAllowed === 1,
    );
    const budget = await cluster.find(resources.podDisruptionBudgets, "web", "default");
    expect(budget?.status).toMatchObject({ expectedPods: 3, currentHealthy: 3, desiredHealthy: 2 });
    const [pod] = await cluster.list(resources.pods, "default");
    await cluster.client.evict({ name: pod?.metadata.name ?? "", namespace: "default" });
    await cluster.until(
      async () => (await available("web", 3)) && (await cluster.find(resources.pods, pod?.metadata.name ?? "", "default")) === undefined,
    );
    await cluster.client.delete(resources.services, { name: "web", namespace: "default" });
    await cluster.until(async () => (await cluster.find(resources.endpoints, "web", "default")) === undefined);
  });
});

describe("a range of addresses that is used up", () => {
  it("gives a node a block when another node goes", async () => {
    cluster = await startCluster("1.30.0", { podCidr: "10.244.0.0/23" });
    for (const name of ["n1", "n2", "n3"]) await cluster.addNode(name);
    await cluster.until(async () => (await cluster.events("n3")).includes("CIDRNotAvailable: Node n3 status is now: CIDRNotAvailable"));
    await cluster.client.delete(resources.nodes, { name: "n1" });
    await cluster.until(async () => (await cluster.find(resources.nodes, "n3"))?.spec.podCIDR === "10.244.0.0/24", 1000);
  });
});

describe("a restart", () => {
  it("in the middle of a rollout goes on from what is stored", async () => {
    cluster = await startCluster("1.12.6");
    await cluster.addNode("n1");
    await cluster.client.create(resources.deployments, deployment("web", 6));
    await cluster.until(async () => (await cluster.list(resources.pods, "default")).length > 1);
    await cluster.restartControllers();
    cluster.runPods(["n1"]);
    await cluster.until(() => available("web", 6));
    const image = { spec: { template: { spec: { containers: [container("nginx:2")] } } } };
    await cluster.client.patch(resources.deployments, { name: "web", namespace: "default" }, { type: "merge", body: image });
    await cluster.until(async () => (await cluster.list(resources.replicaSets, "default")).length === 2);
    await cluster.restartControllers();
    await cluster.until(() => available("web", 6));
    expect((await cluster.list(resources.pods, "default")).map(({ spec }) => spec.containers[0]?.image)).toEqual(Array(6).fill("nginx:2"));
    expect((await cluster.find(resources.nodes, "n1"))?.spec.podCIDR).toBe("10.244.0.0/24");
  });
});
