import { describe, expect, it } from "vitest";
import type { Node, Pod } from "#api/kubernetes/core";
import type { PodDisruptionBudget } from "#api/kubernetes/workloads";
import { createRehearsal } from "#kube/scheduler";
import { type Member, planScaleDown, type ScaleDownRequest } from "./scale-down.ts";
import { autoscalerSettings } from "./settings.ts";

const NOW = 10_000_000;
const owner = (kind: string) => [{ apiVersion: "apps/v1", kind, name: "o", uid: "u", controller: true }];

function pod(name: string, { cpu = "300m", kind = "ReplicaSet", namespace = "default", annotations = {}, spec = {} } = {}): Pod {
  return {
    metadata: { name, namespace, labels: { app: name }, annotations, ...(kind !== "" && { ownerReferences: owner(kind) }) },
    spec: { containers: [{ name: "main", image: "nginx", resources: { requests: { cpu } } }], ...spec },
  };
}

/** A node that has not been needed for an hour. */
function member(name: string, pods: readonly Pod[] = [], more: Partial<Member> = {}): Member {
  const node: Node = {
    metadata: { name, labels: { "kubernetes.io/hostname": name, zone: name } },
    spec: {},
    status: { allocatable: { cpu: "2", memory: "4Gi", pods: "30" } },
  };
  return { group: "one", node, pods, ready: true, kept: false, unneededMs: NOW - 3_600_000, ...more };
}

function plan(members: readonly Member[], more: Partial<ScaleDownRequest> & { readonly profile?: object } = {}) {
  const { profile, ...rest } = more;
  const settings = autoscalerSettings(profile);
  const stage = createRehearsal({ version: "1.34.2" });
  for (const { node, pods } of members) stage.addNode(node, pods);
  const { unneeded, removals } = planScaleDown({
    members,
    destinations: members.filter(({ ready }) => ready).map(({ node }) => node.metadata.name),
    stage: () => stage,
    spare: new Map([["one", 10]]),
    budgets: [],
    settings,
    unneededMs: settings.unneededMs,
    unreadyMs: settings.unreadyMs,
    cooling: false,
    draining: false,
    nowMs: NOW,
    ...rest,
  });
  return { unneeded, removals: removals.map(({ node, pods }) => [node, ...pods.map(({ metadata }) => metadata.name)].join(" ")) };
}

const busy = member("busy", [pod("large", { cpu: "1500m" })]);

// Source of the rules: kubernetes/autoscaler cluster-autoscaler/FAQ.md, "How does scale-down work?", "What types of pods can
// prevent CA from removing a node?"; azure-docs articles/aks/cluster-autoscaler.md for the settings.
describe("planScaleDown", () => {
  it("takes all empty nodes that are due, up to the bulk", () => {
    const nodes = ["a", "b", "c"].map((name) => member(name));
    expect(plan(nodes)).toEqual({ unneeded: ["a", "b", "c"], removals: ["a", "b", "c"] });
    expect(plan(nodes, { profile: { "max-empty-bulk-delete": "2" } }).removals).toEqual(["a", "b"]);
  });

  it("leaves the pool its minimum", () => {
    expect(plan([member("a"), member("b")], { spare: new Map([["one", 1]]) }).removals).toEqual(["a"]);
    expect(plan([member("a")], { spare: new Map([["one", 0]]) })).toEqual({ unneeded: [], removals: [] });
  });

  it("waits until a node has been unneeded for long enough", () => {
    expect(plan([member("a", [], { unneededMs: undefined })])).toEqual({ unneeded: ["a"], removals: [] });
    expect(plan([member("a", [], { unneededMs: NOW - 599_999 })]).removals).toEqual([]);
    expect(plan([member("a", [], { unneededMs: NOW - 600_000 })]).removals).toEqual(["a"]);
    expect(plan([member("a", [], { ready: false, unneededMs: NOW - 600_000 })]).removals).toEqual([]);
    expect(plan([member("a", [], { ready: false, unneededMs: NOW - 1_200_000 })]).removals).toEqual(["a"]);
  });

  it("marks, but takes nothing, while it cools down", () => {
    expect(plan([member("a")], { cooling: true })).toEqual({ unneeded: ["a"], removals: [] });
  });

  it("empties one node at a time when its pods have room elsewhere", () => {
    const nodes = [member("a", [pod("p")]), member("b", [pod("q")]), member("c", [pod("r")])];
    expect(plan(nodes).removals).toEqual(["a p"]);
    expect(plan(nodes, { draining: true }).removals).toEqual([]);
    // Two of the three can go: the last keeps what they leave.
    expect(plan(nodes).unneeded).toEqual(["a", "b"]);
  });

  it("keeps a node whose pods have no room elsewhere", () => {
    expect(plan([member("a", [pod("p", { cpu: "900m" })]), busy])).toEqual({ unneeded: [], removals: [] });
  });

  it("keeps a node that is used above the threshold", () => {
    const nodes = [member("a", [pod("p", { cpu: "1" })]), member("b", [pod("q", { cpu: "1" })])];
    expect(plan(nodes).unneeded).toEqual([]);
    expect(plan(nodes, { profile: { "scale-down-utilization-threshold": "0.6" } }).unneeded).toEqual(["a"]);
  });

  it("counts daemon sets as use, or not", () => {
    const daemon = pod("d", { cpu: "1200m", kind: "DaemonSet" });
    expect(plan([member("a", [daemon])]).removals).toEqual([]);
    expect(plan([member("a", [daemon])], { profile: { "ignore-daemonsets-utilization": "true" } }).removals).toEqual(["a"]);
  });

  const volume = (source: object) => ({ spec: { volumes: [{ name: "v", ...source }] } });
  const safe = (text: string) => ({ annotations: { "cluster-autoscaler.kubernetes.io/safe-to-evict": text } });
  it.each([
    { what: "a pod of nobody", blocking: pod("p", { kind: "" }), profile: {}, goes: false },
    { what: "a pod of nobody that is safe to evict", blocking: pod("p", { kind: "", ...safe("true") }), profile: {}, goes: true },
    { what: "a pod that is not safe to evict", blocking: pod("p", safe("false")), profile: {}, goes: false },
    { what: "a system pod", blocking: pod("p", { namespace: "kube-system" }), profile: {}, goes: false },
    {
      what: "a system pod that does not count",
      blocking: pod("p", { namespace: "kube-system" }),
      profile: { "skip-nodes-with-system-pods": "false" },
      goes: true,
    },
    { what: "local storage", blocking: pod("p", volume({ emptyDir: {} })), profile: {}, goes: true },
    {
      what: "local storage that counts",
      blocking: pod("p", volume({ emptyDir: {} })),
      profile: { "skip-nodes-with-local-storage": "true" },
      goes: false,
    },
    {
      what: "storage in memory",
      blocking: pod("p", volume({ emptyDir: { medium: "Memory" } })),
      profile: { "skip-nodes-with-local-storage": "true" },
      goes: true,
    },
    { what: "a pod of a daemon set", blocking: pod("p", { kind: "DaemonSet" }), profile: {}, goes: true },
  ])("$what: goes is $goes", ({ blocking, profile, goes }) => {
    expect(plan([member("a", [blocking]), busy], { profile }).unneeded).toEqual(goes ? ["a"] : []);
  });

  it("keeps a node by its annotation", () => {
    expect(plan([member("a", [], { kept: true })])).toEqual({ unneeded: [], removals: [] });
  });

  it("asks disruption budgets", () => {
    const budget = (disruptionsAllowed: number): PodDisruptionBudget => ({
      metadata: { name: "b", namespace: "default" },
      spec: { selector: { matchLabels: { app: "p" } } },
      status: { disruptionsAllowed, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 },
    });
    const nodes = [member("a", [pod("p")]), busy];
    expect(plan(nodes, { budgets: [budget(0)] }).unneeded).toEqual([]);
    expect(plan(nodes, { budgets: [budget(1)] }).unneeded).toEqual(["a"]);
  });

  const selector = { matchLabels: { app: "p" } };
  const ofP = (pod: Pod): Pod => ({ ...pod, metadata: { ...pod.metadata, labels: { app: "p" } } });
  const apart = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: selector, topologyKey: "zone" }] } };
  const spread = { maxSkew: 1, topologyKey: "zone", whenUnsatisfiable: "DoNotSchedule", labelSelector: selector } as const;

  it("keeps a node whose pods must be apart from those elsewhere", () => {
    const lonely = ofP(pod("p", { spec: { affinity: apart } }));
    const full = pod("q", { cpu: "1500m" });
    expect(plan([member("a", [lonely]), member("b", [full])]).unneeded).toEqual(["a"]);
    expect(plan([member("a", [lonely]), member("b", [full, ofP(pod("r", { cpu: "1m" }))])]).unneeded).toEqual([]);
  });

  it("counts the node itself in the spread of its pods until it is gone", () => {
    const even = ofP(pod("p", { spec: { topologySpreadConstraints: [spread] } }));
    const other = ofP(pod("r", { cpu: "1500m" }));
    // Two on b and none on a would be too uneven while a stands.
    expect(plan([member("a", [even]), member("b", [other])]).unneeded).toEqual([]);
    expect(plan([member("a", [even]), busy]).unneeded).toEqual(["a"]);
  });

  it("lets pods of the lowest priorities keep no node", () => {
    expect(plan([member("a", [pod("p", { spec: { priority: -11 } })])]).removals).toEqual(["a"]);
    expect(plan([member("a", [pod("p", { spec: { priority: -10 } })])]).removals).toEqual([]);
  });
});
