import type { Node, Pod, Taint } from "#api/kubernetes/core";
import type { DaemonSet } from "#api/kubernetes/workloads";
import { describe, expect, it } from "vitest";
import { daemonPodSpec, pinnedTo } from "./eligibility.ts";
import { REVISION } from "../revisions.ts";
import { Places } from "./places.ts";
import { daemonSetStatus, planDaemonSet } from "./plan.ts";

const NOW = Date.UTC(2024, 0, 1, 12);

function daemonSet(spec: Partial<DaemonSet["spec"]> = {}, podSpec: Partial<DaemonSet["spec"]["template"]["spec"]> = {}): DaemonSet {
  return {
    metadata: { name: "proxy", namespace: "kube-system", uid: "ds", generation: 1 },
    spec: {
      selector: { matchLabels: { app: "proxy" } },
      template: { metadata: { labels: { app: "proxy" } }, spec: { containers: [], ...podSpec } },
      ...spec,
    },
  };
}

function node(name: string, taints: Taint[] = [], labels: Record<string, string> = {}): Node {
  return { metadata: { name, labels }, spec: { taints } };
}

interface Sketch {
  readonly bound?: boolean;
  readonly hash?: string;
  readonly ready?: boolean;
  readonly phase?: "Running" | "Failed";
  readonly deleting?: boolean;
  readonly age?: number;
}

function pod(name: string, nodeName: string, sketch: Sketch = {}): Pod {
  const { bound = true, hash = "new", ready = true, phase = "Running", deleting = false, age = 60 } = sketch;
  return {
    metadata: {
      name,
      labels: { app: "proxy", [REVISION]: hash },
      creationTimestamp: new Date(NOW - age * 1000).toISOString(),
      ...(deleting && { deletionTimestamp: "2024-01-01T12:00:00Z" }),
    },
    spec: { containers: [], affinity: pinnedTo(nodeName, undefined), ...(bound && { nodeName }) },
    status: { phase, conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
  };
}

function placesOf(observed: DaemonSet, nodes: readonly Node[], pods: readonly Pod[]): Places {
  const places = new Places({ daemonSet: observed, hash: "new" }, nodes, pods);
  places.look(NOW);
  return places;
}

function plan(observed: DaemonSet, nodes: readonly Node[], pods: readonly Pod[]): { create: readonly string[]; delete: string[] } {
  const planned = planDaemonSet(placesOf(observed, nodes, pods), observed, NOW);
  return { create: planned.create, delete: planned.delete.map((each) => each.pod.metadata.name) };
}

const gpu: Taint = { key: "sku", value: "gpu", effect: "NoSchedule" };
const drain: Taint = { key: "leave", effect: "NoExecute" };
const nodes = [node("n1"), node("n2")];

describe("planDaemonSet", () => {
  it.each<{ name: string; set?: DaemonSet; nodes: Node[]; pods: Pod[]; create?: string[]; remove?: string[] }>([
    { name: "one pod on each node that has none", nodes, pods: [pod("a", "n1")], create: ["n2"] },
    { name: "counts a pod that waits to be bound to its node", nodes, pods: [pod("a", "n1"), pod("b", "n2", { bound: false })] },
    { name: "no pod on a node with a taint it does not tolerate", nodes: [node("n1", [gpu])], pods: [] },
    { name: "leaves a pod on a node that got a NoSchedule taint later", nodes: [node("n1", [gpu])], pods: [pod("a", "n1")] },
    { name: "takes a pod off a node with a NoExecute taint", nodes: [node("n1", [drain])], pods: [pod("a", "n1")], remove: ["a"] },
    {
      name: "starts on nodes that are cordoned, not ready or unreachable",
      nodes: [
        node("n1", [{ key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" }]),
        node("n2", [{ key: "node.kubernetes.io/not-ready", effect: "NoExecute" }]),
        node("n3", [{ key: "node.kubernetes.io/unreachable", effect: "NoExecute" }]),
      ],
      pods: [],
      create: ["n1", "n2", "n3"],
    },
    {
      name: "follows the node selector",
      set: daemonSet({}, { nodeSelector: { accelerator: "nvidia" } }),
      nodes: [node("n1"), node("n2", [], { accelerator: "nvidia" })],
      pods: [pod("a", "n1")],
      create: ["n2"],
      remove: ["a"],
    },
    {
      name: "keeps the oldest of two on one node",
      nodes: [node("n1")],
      pods: [pod("young", "n1", { age: 1 }), pod("old", "n1")],
      remove: ["young"],
    },
    { name: "replaces a pod that has ended", nodes: [node("n1")], pods: [pod("a", "n1", { phase: "Failed" })], remove: ["a"] },
    { name: "removes a pod that waits for a node that is gone", nodes: [], pods: [pod("a", "gone", { bound: false })], remove: ["a"] },
    { name: "leaves a pod that was bound to a node that is gone", nodes: [], pods: [pod("a", "gone")] },
  ])("$name", ({ set = daemonSet(), nodes: there, pods, create = [], remove = [] }) => {
    expect(plan(set, there, pods)).toEqual({ create, delete: remove });
  });

  it("leaves everything to the garbage collector once deleted", () => {
    const leaving = daemonSet();
    leaving.metadata.deletionTimestamp = "2024-01-01T12:00:00Z";
    expect(plan(leaving, nodes, [])).toEqual({ create: [], delete: [] });
  });
});

describe("rolling update", () => {
  const three = [node("n1"), node("n2"), node("n3")];
  const old = { hash: "old" };
  it.each<{ name: string; set?: DaemonSet; pods: Pod[]; remove: string[] }>([
    { name: "replaces one at a time", pods: [pod("a", "n1", old), pod("b", "n2", old), pod("c", "n3", old)], remove: ["a"] },
    {
      name: "waits for the new one to be ready",
      pods: [pod("a", "n1", { ready: false }), pod("b", "n2", old), pod("c", "n3", old)],
      remove: [],
    },
    {
      name: "replaces pods that are not available at once",
      pods: [pod("a", "n1"), pod("b", "n2", { ...old, ready: false }), pod("c", "n3", old)],
      remove: ["b"],
    },
    {
      name: "replaces as many as may be missing",
      set: daemonSet({ updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "50%" } } }),
      pods: [pod("a", "n1", old), pod("b", "n2", old), pod("c", "n3", old)],
      remove: ["a", "b"],
    },
    {
      name: "replaces none when the strategy is OnDelete",
      set: daemonSet({ updateStrategy: { type: "OnDelete" } }),
      pods: [pod("a", "n1", old), pod("b", "n2", old), pod("c", "n3", old)],
      remove: [],
    },
  ])("$name", ({ set = daemonSet(), pods, remove }) => {
    expect(plan(set, three, pods)).toEqual({ create: [], delete: remove });
  });
});

describe("daemon pods", () => {
  it("are pinned by name in place of the template's required nodes, and keep the rest", () => {
    const podAntiAffinity = { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: "zone" }] };
    const required = { nodeSelectorTerms: [{ matchExpressions: [{ key: "a", operator: "Exists" as const }] }] };
    const affinity = { podAntiAffinity, nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } };
    expect(pinnedTo("n1", affinity)).toEqual({
      podAntiAffinity,
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchFields: [{ key: "metadata.name", operator: "In", values: ["n1"] }] }],
        },
      },
    });
  });

  it("tolerate what nodes suffer from, and a missing network when they use the host's", () => {
    const keys = (spec: ReturnType<typeof daemonPodSpec>): string[] =>
      (spec.tolerations ?? []).map(({ key = "" }) => key.split("/").at(-1) ?? "");
    const usual = ["not-ready", "unreachable", "disk-pressure", "memory-pressure", "pid-pressure", "unschedulable"];
    expect(keys(daemonPodSpec(daemonSet()))).toEqual(usual);
    expect(keys(daemonPodSpec(daemonSet({}, { hostNetwork: true })))).toEqual([...usual, "network-unavailable"]);
  });
});

describe("daemonSetStatus", () => {
  it("counts nodes, not pods", () => {
    const pods = [pod("a", "n1"), pod("b", "n2", { ready: false, hash: "old" }), pod("c", "tainted")];
    const there = [...nodes, node("n3"), node("tainted", [gpu])];
    expect(daemonSetStatus(placesOf(daemonSet(), there, pods), daemonSet())).toEqual({
      desiredNumberScheduled: 3,
      currentNumberScheduled: 2,
      numberMisscheduled: 1,
      numberReady: 1,
      updatedNumberScheduled: 1,
      numberAvailable: 1,
      numberUnavailable: 2,
      observedGeneration: 1,
    });
  });
});
