import type { Pod } from "#api/kubernetes/core";
import type { ReplicaSet } from "#api/kubernetes/workloads";
import { describe, expect, it } from "vitest";
import { inDeletionOrder } from "./deletion-order.ts";
import { BURST_REPLICAS, planReplicas } from "./plan.ts";
import { replicaSetStatus } from "./status.ts";

const NOW = Date.UTC(2024, 0, 1, 12);
const order = { minor: 30, nowMs: NOW, relatedPodsOn: () => 0 };

interface Sketch {
  readonly node?: string;
  readonly phase?: "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown";
  readonly readyFor?: number;
  readonly age?: number;
  readonly restarts?: number;
  readonly deleting?: boolean;
  readonly cost?: number;
  readonly labels?: Record<string, string>;
}

const at = (secondsAgo: number): string => `${new Date(NOW - secondsAgo * 1000).toISOString().slice(0, 19)}Z`;

function pod(name: string, sketch: Sketch = {}): Pod {
  return {
    metadata: {
      name,
      namespace: "default",
      uid: `uid-${name}`,
      creationTimestamp: at(sketch.age ?? 100),
      labels: sketch.labels ?? { app: "web" },
      ...(sketch.deleting && { deletionTimestamp: at(0) }),
      ...(sketch.cost !== undefined && { annotations: { "controller.kubernetes.io/pod-deletion-cost": String(sketch.cost) } }),
    },
    spec: { containers: [], ...(sketch.node !== undefined && { nodeName: sketch.node }) },
    status: {
      phase: sketch.phase ?? "Running",
      conditions: sketch.readyFor === undefined ? [] : [{ type: "Ready", status: "True", lastTransitionTime: at(sketch.readyFor) }],
      containerStatuses: [{ name: "web", image: "", imageID: "", ready: true, restartCount: sketch.restarts ?? 0 }],
    },
  };
}

function replicaSet(replicas: number, more: Partial<ReplicaSet["spec"]> = {}): ReplicaSet {
  return {
    metadata: { name: "web", namespace: "default", uid: "rs", generation: 3 },
    spec: {
      replicas,
      selector: { matchLabels: { app: "web" } },
      template: { metadata: { labels: { app: "web", tier: "front" } }, spec: { containers: [] } },
      ...more,
    },
  };
}

describe("planReplicas", () => {
  it.each([
    { name: "creates what is missing", want: 3, pods: [pod("a")], plan: { kind: "create", count: 2 } },
    { name: "does nothing at the wanted number", want: 1, pods: [pod("a")], plan: { kind: "none" } },
    {
      name: "does not count pods that are being deleted",
      want: 1,
      pods: [pod("a", { deleting: true })],
      plan: { kind: "create", count: 1 },
    },
    { name: "does not count pods that have ended", want: 1, pods: [pod("a", { phase: "Failed" })], plan: { kind: "create", count: 1 } },
    { name: "creates at most a burst at once", want: 2000, pods: [], plan: { kind: "create", count: BURST_REPLICAS } },
  ])("$name", ({ want, pods, plan }) => {
    expect(planReplicas(replicaSet(want), pods, order)).toEqual(plan);
  });

  it("gives up as many pods as there are too many, the unassigned first", () => {
    const pods = [
      pod("running", { node: "n1", readyFor: 10 }),
      pod("waiting", { phase: "Pending" }),
      pod("other", { node: "n1", readyFor: 10 }),
    ];
    expect(planReplicas(replicaSet(2), pods, order)).toMatchObject({ kind: "delete", pods: [{ metadata: { name: "waiting" } }] });
  });

  it("leaves the pods of a replica set that is being deleted to the garbage collector", () => {
    const deleted = replicaSet(3);
    deleted.metadata.deletionTimestamp = at(0);
    expect(planReplicas(deleted, [], order)).toEqual({ kind: "none" });
  });
});

describe("inDeletionOrder", () => {
  const ready = { node: "n1", readyFor: 50 };
  it.each<{ name: string; first: Sketch; second: Sketch; related?: Record<string, number>; minor?: number }>([
    { name: "unassigned before assigned", first: { phase: "Running" }, second: { node: "n1", phase: "Pending" } },
    { name: "pending before running", first: { node: "n1", phase: "Pending" }, second: { node: "n1" } },
    { name: "unknown before running", first: { node: "n1", phase: "Unknown" }, second: { node: "n1" } },
    { name: "not ready before ready", first: { node: "n1" }, second: ready },
    { name: "the cheaper before the dearer", first: { ...ready, cost: -5 }, second: { ...ready, cost: 10 } },
    { name: "the one on the more crowded node", first: ready, second: { ...ready, node: "n2" }, related: { n1: 3, n2: 1 } },
    { name: "ready for a short time before ready for long", first: { ...ready, readyFor: 2 }, second: { ...ready, readyFor: 90 } },
    { name: "often restarted before seldom restarted", first: { ...ready, restarts: 3 }, second: ready },
    { name: "young before old", first: { ...ready, age: 3 }, second: { ...ready, age: 5000 } },
    { name: "by exact age before 1.22", first: { ...ready, age: 99 }, second: { ...ready, age: 100 }, minor: 12 },
  ])("$name", ({ first, second, related = {}, minor = 30 }) => {
    const options = { ...order, minor, relatedPodsOn: (node: string) => related[node] ?? 0 };
    const names = (pods: readonly Pod[]): string[] => inDeletionOrder(pods, options).map((each) => each.metadata.name);
    expect(names([pod("second", second), pod("first", first)])).toEqual(["first", "second"]);
    expect(names([pod("first", first), pod("second", second)])).toEqual(["first", "second"]);
  });
});

describe("replicaSetStatus", () => {
  it("counts active, fully labelled, ready and available pods", () => {
    const labels = { app: "web", tier: "front" };
    const pods = [
      pod("long", { readyFor: 60, labels }),
      pod("fresh", { readyFor: 5 }),
      pod("starting", { labels }),
      pod("leaving", { readyFor: 60, deleting: true }),
      pod("ended", { phase: "Succeeded" }),
    ];
    const status = replicaSetStatus({ replicaSet: replicaSet(3, { minReadySeconds: 30 }), pods, nowMs: NOW, now: at(0) });
    expect(status).toEqual({ replicas: 3, fullyLabeledReplicas: 2, readyReplicas: 2, availableReplicas: 1, observedGeneration: 3 });
  });

  it("leaves counters of nothing out", () => {
    expect(replicaSetStatus({ replicaSet: replicaSet(0), pods: [], nowMs: NOW, now: at(0) })).toEqual({
      replicas: 0,
      observedGeneration: 3,
    });
  });

  it("tells a failure once and forgets it after a good run", () => {
    const failure = { reason: "FailedCreate", message: "quota" } as const;
    const failed = replicaSet(1);
    failed.status = replicaSetStatus({ replicaSet: failed, pods: [], failure, nowMs: NOW, now: at(60) });
    expect(failed.status.conditions).toEqual([{ type: "ReplicaFailure", status: "True", lastTransitionTime: at(60), ...failure }]);
    const again = replicaSetStatus({ replicaSet: failed, pods: [], failure, nowMs: NOW, now: at(0) });
    expect(again.conditions).toEqual(failed.status.conditions);
    expect(replicaSetStatus({ replicaSet: failed, pods: [], nowMs: NOW, now: at(0) }).conditions).toBeUndefined();
  });
});
