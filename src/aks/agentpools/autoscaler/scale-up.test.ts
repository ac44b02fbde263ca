import { describe, expect, it } from "vitest";
import type { Node, Pod, Taint } from "#api/kubernetes/core";
import { createRehearsal } from "#kube/scheduler";
import type { Choice } from "./expander.ts";
import { type Priorities, parsePriorities } from "./priorities.ts";
import { type Group, planScaleUp } from "./scale-up.ts";

const VERSION = "1.33.1";
const ZONE = "topology.kubernetes.io/zone";

const pod = (name: string, cpu = "1", spec: object = {}): Pod => ({
  metadata: { name, namespace: "default", labels: { app: "web" } },
  spec: { containers: [{ name: "main", image: "nginx", resources: { requests: { cpu } } }], ...spec },
});

interface Shape {
  readonly cpu?: string;
  readonly memory?: string;
  readonly labels?: Record<string, string>;
  readonly taints?: readonly Taint[];
}

function node(name: string, { cpu = "1900m", memory = "4Gi", labels = {}, taints = [] }: Shape = {}): Node {
  const allocatable = { cpu, memory, pods: "30" };
  return {
    metadata: { name, labels: { agentpool: name, "kubernetes.io/hostname": name, ...labels } },
    spec: { taints: [...taints] },
    status: { capacity: allocatable, allocatable },
  };
}

function group(name: string, { on, ...more }: Partial<Group> & { readonly on?: Shape } = {}): Group {
  return { name, size: 1, max: 5, template: { node: node(name, on), pods: [] }, ...more };
}

interface Setting extends Partial<Choice> {
  /** Nodes that are there, with their pods. */
  readonly there?: readonly (readonly [Node, ...Pod[]])[];
  readonly balanceSimilar?: boolean;
}

function plan(pods: readonly Pod[], groups: readonly Group[], { there = [], balanceSimilar = false, ...choice }: Setting = {}) {
  const stage = createRehearsal({ version: VERSION });
  for (const [each, ...its] of there) stage.addNode(each, its);
  const warnings: string[] = [];
  const { growths, triggered, helpless } = planScaleUp({
    pods,
    groups,
    stage,
    nodes: there.map(([{ metadata }]) => metadata.name),
    balanceSimilar,
    choice: { expander: "random", priorities: undefined, random: { int: () => 0 }, warn: ({ reason }) => warnings.push(reason), ...choice },
  });
  return {
    growths: growths.map(({ group, from, to }) => `${group} ${from}->${to}`),
    triggered: triggered.map(({ metadata }) => metadata.name),
    helpless: helpless.map(({ pod, reasons }) => `${pod.metadata.name}: ${reasons}`),
    ...(warnings.length > 0 && { warnings }),
  };
}

const NONE = { growths: [], triggered: [], helpless: [] };
const gpuTaint = [{ key: "sku", value: "gpu", effect: "NoSchedule" }] as const;

// Source of the rules: kubernetes/autoscaler cluster-autoscaler/FAQ.md and core/scaleup/orchestrator.
describe("planScaleUp", () => {
  it("adds as many nodes as the pods need, from none too", () => {
    expect(plan([pod("a"), pod("b"), pod("c")], [group("one", { size: 0 })])).toEqual({
      ...NONE,
      growths: ["one 0->3"],
      triggered: ["a", "b", "c"],
    });
  });

  it("packs small pods together", () => {
    expect(plan([pod("a", "600m"), pod("b", "600m"), pod("c", "600m"), pod("d", "600m")], [group("one")]).growths).toEqual(["one 1->3"]);
  });

  it("does nothing for pods that have room on nodes that are there or on their way", () => {
    expect(plan([pod("a"), pod("b")], [group("one")], { there: [[node("one-0")], [node("one-1")]] })).toEqual(NONE);
    expect(plan([pod("a"), pod("b")], [group("one")], { there: [[node("one-0")]] }).growths).toEqual(["one 1->2"]);
    expect(plan([pod("a")], [group("one")], { there: [[node("one-0"), pod("there")]] }).growths).toEqual(["one 1->2"]);
  });

  it("stops at the maximum, and helps whom it can", () => {
    expect(plan([pod("a"), pod("b"), pod("c")], [group("one", { size: 4 })])).toEqual({ ...NONE, growths: ["one 4->5"], triggered: ["a"] });
  });

  it.each([
    { why: "at its maximum", groups: [group("one", { size: 5 })], want: "1 max node group size reached" },
    { why: "in back-off", groups: [group("one", { barred: "backoff" as const })], want: "1 in backoff after failed scale-up" },
    { why: "under other work", groups: [group("one", { barred: "busy" as const })], want: "1 not ready for scale-up" },
    { why: "too small", groups: [group("one", { on: { cpu: "500m" } })], want: "1 Insufficient cpu" },
    { why: "tainted", groups: [group("one", { on: { taints: gpuTaint } })], want: "1 node(s) had untolerated taint {sku: gpu}" },
    {
      why: "of two kinds",
      groups: [group("one", { on: { taints: gpuTaint } }), group("two", { on: { cpu: "500m" } }), group("three", { on: { cpu: "1m" } })],
      want: "1 node(s) had untolerated taint {sku: gpu}, 2 Insufficient cpu",
    },
  ])("says that a pool is $why", ({ groups, want }) => {
    expect(plan([pod("a")], groups)).toEqual({ ...NONE, helpless: [`a: ${want}`] });
  });

  it("goes by selectors and tolerations", () => {
    const groups = [group("one"), group("two", { on: { taints: gpuTaint } })];
    const tolerations = [{ key: "sku", operator: "Exists" }];
    expect(plan([pod("a", "1", { nodeSelector: { agentpool: "two" }, tolerations })], groups).growths).toEqual(["two 1->2"]);
    expect(plan([pod("a", "1", { nodeSelector: { agentpool: "three" }, tolerations })], groups).helpless).toEqual([
      "a: 2 node(s) didn't match Pod's node affinity/selector",
    ]);
  });

  it("chooses by the expander", () => {
    const groups = [group("big", { on: { cpu: "8" } }), group("small", { size: 4 })];
    expect(plan([pod("a")], groups, { expander: "least-waste" }).growths).toEqual(["small 4->5"]);
    expect(plan([pod("a"), pod("b")], groups, { expander: "most-pods" }).growths).toEqual(["big 1->2"]);
    expect(plan([pod("a")], groups, { random: { int: (max) => max - 1 } }).growths).toEqual(["small 4->5"]);
  });

  it("shares between similar pools, the smallest first", () => {
    const groups = [group("one", { size: 2 }), group("two", { size: 1 }), group("other", { on: { labels: { tier: "db" } } })];
    expect(plan([pod("a"), pod("b"), pod("c")], groups, { balanceSimilar: true }).growths).toEqual(["one 2->3", "two 1->3"]);
  });

  it.each([
    { what: "a little less memory", on: { memory: "4050Mi" }, shared: true },
    { what: "much less memory", on: { memory: "3900Mi" }, shared: false },
    { what: "another cpu", on: { cpu: "1901m" }, shared: false },
    { what: "another zone", on: { labels: { [ZONE]: "eastus-2" } }, shared: true },
    { what: "another label", on: { labels: { tier: "db" } }, shared: false },
  ])("takes a pool with $what for similar: $shared", ({ on, shared }) => {
    const { growths } = plan([pod("a"), pod("b")], [group("one"), group("two", { on })], { balanceSimilar: true });
    expect(growths).toEqual(shared ? ["one 1->2", "two 1->2"] : ["one 1->3"]);
  });

  const selector = { matchLabels: { app: "web" } };
  const apart = {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: selector, topologyKey: "kubernetes.io/hostname" }],
    },
  };
  const together = (topologyKey: string) => ({
    affinity: {
      podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: { matchLabels: { app: "db" } }, topologyKey }] },
    },
  });
  const spread = (topologyKey: string) => ({
    topologySpreadConstraints: [{ maxSkew: 1, topologyKey, whenUnsatisfiable: "DoNotSchedule", labelSelector: selector }],
  });
  const inZone = (zone: string): Shape => ({ labels: { [ZONE]: zone } });
  const database: Pod = { ...pod("db", "1m"), metadata: { name: "db", namespace: "default", labels: { app: "db" } } };

  it("gives pods that keep apart a node each, from none too", () => {
    const pods = ["a", "b", "c"].map((name) => pod(name, "100m", { affinity: apart }));
    expect(plan(pods, [group("one", { size: 0 })]).growths).toEqual(["one 0->3"]);
  });

  it("chooses the pool in whose zone a pod's friends are", () => {
    const there = [[node("old", inZone("2")), database]] as const;
    const groups = [group("one", { size: 0, on: inZone("1") }), group("two", { size: 0, on: inZone("2") })];
    expect(plan([pod("a", "1800m", together(ZONE))], groups, { there }).growths).toEqual([]);
    const there2 = [[node("old", { cpu: "1", ...inZone("2") }), database]] as const;
    expect(plan([pod("a", "1800m", together(ZONE))], groups, { there: there2 }).growths).toEqual(["two 0->1"]);
    expect(plan([pod("a", "1800m", together(ZONE))], groups.slice(0, 1), { there: there2 }).helpless).toEqual([
      "a: 1 node(s) didn't match pod affinity rules",
    ]);
  });

  it("adds no more nodes in a zone than its spread allows", () => {
    const pods = ["a", "b", "c"].map((name) => pod(name, "1800m", spread(ZONE)));
    const there = [[node("old", { cpu: "1", ...inZone("2") })]] as const;
    expect(plan(pods, [group("one", { size: 0, on: inZone("1") })], { there })).toMatchObject({ growths: ["one 0->1"], triggered: ["a"] });
  });

  it("counts what daemon sets take of each new node", () => {
    const template = { node: node("one"), pods: [pod("daemon", "1")] };
    expect(plan([pod("a", "800m"), pod("b", "800m")], [group("one", { template })]).growths).toEqual(["one 1->3"]);
    expect(plan([pod("a")], [group("one", { template })]).helpless).toEqual(["a: 1 Insufficient cpu"]);
  });

  describe("by priority", () => {
    const groups = [group("spot"), group("regular")];
    const by = (text: string): Setting => ({ expander: "priority", priorities: parsePriorities(text) as Priorities });

    it("takes the pool of the highest priority, and warns of those that have none", () => {
      expect(plan([pod("a")], groups, by("10:\n- ^regular$\n50:\n- sp.t")).growths).toEqual(["spot 1->2"]);
      expect(plan([pod("a")], groups, by("10:\n- ^regular$"))).toMatchObject({
        growths: ["regular 1->2"],
        warnings: ["PriorityConfigMapNotMatchedGroup"],
      });
    });

    it("draws when no pool has any", () => {
      expect(plan([pod("a")], groups, by("10:\n- none"))).toMatchObject({
        growths: ["spot 1->2"],
        warnings: ["PriorityConfigMapNotMatchedGroup", "PriorityConfigMapNotMatchedGroup", "PriorityConfigMapNoGroupMatched"],
      });
    });

    it("adds nothing without priorities, and says so", () => {
      expect(plan([pod("a")], groups, { expander: "priority" })).toEqual({
        ...NONE,
        helpless: ["a: 2 expansion options filtered out and no longer considered"],
      });
    });
  });
});
