import { describe, expect, it } from "vitest";
import type { PodSpec, Taint, TopologySpreadConstraint } from "#api/kubernetes/core";
import { cacheOf, type Layout, verdictsOn } from "../../testing/cluster-of-nodes.ts";
import { labelled, makePod, placedPods } from "../../testing/objects.ts";

/** Two zones of two nodes; `c` is in none. */
const ZONES: Readonly<Record<string, Record<string, string>>> = {
  a: { zone: "zone1", node: "a" },
  b: { zone: "zone1", node: "b" },
  x: { zone: "zone2", node: "x" },
  y: { zone: "zone2", node: "y" },
};
const UNEVEN = "node(s) didn't match pod topology spread constraints";
const MISSING = "node(s) didn't match pod topology spread constraints (missing required label)";

function layoutOf(
  pods: string,
  nodes: Readonly<Record<string, Record<string, string>>> = ZONES,
  taints: Record<string, Taint[]> = {},
): Layout {
  const placed = placedPods(pods);
  return Object.fromEntries(
    Object.entries(nodes).map(([name, labels]) => [name, { labels, pods: placed[name] ?? [], taints: taints[name] ?? [] }]),
  );
}

const foo = { matchLabels: { app: "foo" } };
const hard = (topologyKey: string, rest: Partial<TopologySpreadConstraint> = {}): TopologySpreadConstraint => ({
  maxSkew: 1,
  topologyKey,
  whenUnsatisfiable: "DoNotSchedule",
  labelSelector: foo,
  ...rest,
});

interface Row {
  readonly name: string;
  readonly pods: string;
  readonly constraints: TopologySpreadConstraint[];
  readonly spec?: Partial<PodSpec>;
  readonly labels?: Record<string, string>;
  /** Names of the nodes that fit. */
  readonly fits: string;
  readonly missing?: string;
  readonly nodes?: Readonly<Record<string, Record<string, string>>>;
  readonly taints?: Record<string, Taint[]>;
}

const THREE = { a: { node: "a" }, b: { node: "b" }, c: { node: "c" } };
const TAINT: Taint = { key: "foo", value: "", effect: "NoSchedule" };
const tolerations = [{ key: "foo", operator: "Exists" as const }];
const noLabelSelector = (constraint: TopologySpreadConstraint): TopologySpreadConstraint => {
  const { labelSelector: _, ...rest } = constraint;
  return rest;
};
const onNodes = (...values: string[]): Partial<PodSpec> => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: "node", operator: "In", values }] }],
      },
    },
  },
});

/**
 * Source: kubernetes/kubernetes pkg/scheduler/framework/plugins/podtopologyspread/filtering_test.go, TestSingleConstraint and
 * TestMultipleConstraints: the situations and who fits; where a case leaves other filters out, they are left out here by the label.
 */
const ROWS: readonly Row[] = [
  { name: "no pods yet", pods: "", constraints: [hard("zone")], fits: "a b x y" },
  { name: "a pod that the selector does not choose", pods: "", labels: { app: "bar" }, constraints: [hard("zone")], fits: "a b x y" },
  { name: "pods of other namespaces do not count", pods: "a:-ns1/foo a:-ns2/foo x:foo y:foo", constraints: [hard("zone")], fits: "a b" },
  { name: "no selector chooses no pod", pods: "x:foo y:foo", constraints: [noLabelSelector(hard("zone"))], fits: "a b x y" },
  { name: "3/3 over zones", pods: "a:foo a:foo b:foo y:foo y:foo y:foo", constraints: [hard("zone")], fits: "a b x y" },
  { name: "3/4 over zones", pods: "a:foo a:foo b:foo y:foo y:foo y:foo x:foo", constraints: [hard("zone")], fits: "a b" },
  {
    name: "1/2 because a node lacks its zone",
    pods: "a:foo b:foo x:foo y:foo",
    nodes: { ...ZONES, b: { zon: "zone1", node: "b" } },
    constraints: [hard("zone")],
    fits: "a",
    missing: "b",
  },
  { name: "a key that no node has", pods: "", constraints: [hard("rack")], fits: "", missing: "a b x y" },
  { name: "2/1/0/3 over nodes", pods: "a:foo a:foo b:foo y:foo y:foo y:foo", constraints: [hard("node")], fits: "x" },
  {
    name: "2/1/0/3 over nodes, two apart",
    pods: "a:foo a:foo b:foo y:foo y:foo y:foo",
    constraints: [hard("node", { maxSkew: 2 })],
    fits: "b x",
  },
  {
    name: "2/1/0/3 over nodes by a pod that does not count itself",
    pods: "a:foo a:foo b:foo y:foo y:foo y:foo",
    labels: { app: "bar" },
    constraints: [hard("node")],
    fits: "b x",
  },
  {
    name: "pods that are being deleted do not count",
    pods: "a:foo,deleted=2026-01-01T00:00:00Z b:foo x:foo y:foo",
    constraints: [hard("node")],
    fits: "a",
  },
  {
    name: "2/2/1 with fewer domains than asked for: the least is 0",
    pods: "a:foo a:foo b:foo b:foo c:foo",
    nodes: THREE,
    constraints: [hard("node", { maxSkew: 2, minDomains: 4 })],
    fits: "c",
  },
  {
    name: "2/2/1 with domains enough",
    pods: "a:foo a:foo b:foo b:foo c:foo",
    nodes: THREE,
    constraints: [hard("node", { maxSkew: 2, minDomains: 2 })],
    fits: "a b c",
  },
  {
    name: "2/1 over zones with too few zones",
    pods: "a:foo b:foo y:foo",
    constraints: [hard("zone", { maxSkew: 2, minDomains: 3 })],
    fits: "x y",
  },
  {
    name: "2/1 over zones with zones enough",
    pods: "a:foo b:foo y:foo",
    constraints: [hard("zone", { maxSkew: 2, minDomains: 1 })],
    fits: "a b x y",
  },
  {
    name: "zone and node: 3/3 and 2/1/0/3",
    pods: "a:foo a:foo b:foo y:foo y:foo y:foo",
    constraints: [hard("zone"), hard("node")],
    fits: "x",
  },
  {
    name: "zone and node: 3/4 and 2/1/0/4",
    pods: "a:foo a:foo b:foo y:foo y:foo y:foo y:foo",
    constraints: [hard("zone"), hard("node")],
    fits: "",
  },
  {
    name: "two selectors: 1/0 and 1/0/0/1",
    pods: "a:foo y:,bar=1",
    labels: { app: "foo", bar: "1" },
    constraints: [hard("zone"), hard("node", { labelSelector: { matchLabels: { bar: "1" } } })],
    fits: "x",
  },
  {
    name: "two selectors: 1/0 and 0/0/1/1",
    pods: "a:foo x:,bar=1 y:,bar=1",
    labels: { app: "foo", bar: "1" },
    constraints: [hard("zone"), hard("node", { labelSelector: { matchLabels: { bar: "1" } } })],
    fits: "",
  },
  {
    name: "two selectors: 2/3 and 1/0/0/1",
    pods: "a:foo a:foo,bar=1 y:foo y:foo,bar=1 y:foo",
    labels: { app: "foo", bar: "1" },
    constraints: [hard("zone"), hard("node", { labelSelector: { matchLabels: { bar: "1" } } })],
    fits: "b",
  },
  {
    name: "nodes that lack one of the keys count for none of them",
    pods: "a:foo b:foo x:foo y:foo y:foo",
    nodes: { ...ZONES, a: { zone: "zone1" }, x: { zone: "zone2" } },
    constraints: [hard("zone"), hard("node")],
    fits: "b",
    missing: "a",
  },
  {
    name: "an empty selector counts no pod but the pod itself",
    pods: "a:foo a:foo",
    constraints: [hard("node", { labelSelector: {} })],
    fits: "a b x y",
  },
  {
    name: "matchLabelKeys narrows to pods of the same revision",
    pods: "a:foo,rev=1 a:foo,rev=1 b:foo,rev=1 x:foo,rev=2",
    labels: { app: "foo", rev: "2" },
    constraints: [hard("node", { matchLabelKeys: ["rev"] })],
    fits: "a b y",
  },
  {
    name: "matchLabelKeys of labels that the pod lacks narrow nothing",
    pods: "a:foo,rev=1 b:foo,rev=1 x:foo,rev=2",
    constraints: [hard("node", { matchLabelKeys: ["rev"] })],
    fits: "y",
  },
  {
    name: "nodes that the affinity leaves out are no domains",
    pods: "a:foo b:foo x:foo",
    spec: onNodes("a", "b", "x"),
    constraints: [hard("node")],
    fits: "a b x",
  },
  {
    name: "nodes that the affinity leaves out are domains when told so",
    pods: "a:foo b:foo x:foo",
    spec: onNodes("a", "b", "x"),
    constraints: [hard("node", { nodeAffinityPolicy: "Ignore" })],
    fits: "",
  },
  { name: "tainted nodes are domains", pods: "a:foo b:foo x:foo", taints: { y: [TAINT] }, constraints: [hard("node")], fits: "" },
  {
    name: "tainted nodes are no domains when told so",
    pods: "a:foo b:foo x:foo",
    taints: { y: [TAINT] },
    constraints: [hard("node", { nodeTaintsPolicy: "Honor" })],
    fits: "a b x",
  },
  {
    name: "tolerated nodes are domains in any case",
    pods: "a:foo b:foo x:foo",
    spec: { tolerations },
    taints: { y: [TAINT] },
    constraints: [hard("node", { nodeTaintsPolicy: "Honor" })],
    fits: "y",
  },
  {
    name: "soft constraints keep no node off",
    pods: "a:foo a:foo a:foo",
    constraints: [hard("node", { whenUnsatisfiable: "ScheduleAnyway" })],
    fits: "a b x y",
  },
];

const OTHERS_REASONS = /affinity\/selector|untolerated taint/;

describe("PodTopologySpread filter", () => {
  it.each(ROWS)("$name", ({ pods, constraints, spec, labels = { app: "foo" }, fits, missing = "", nodes, taints }) => {
    const cache = cacheOf(layoutOf(pods, nodes, taints));
    const verdicts = verdictsOn(cache, labelled(makePod("new", { ...spec, topologySpreadConstraints: constraints }), labels));
    const names = (wanted: (verdict: string) => boolean): string =>
      Object.keys(verdicts)
        .filter((node) => wanted(verdicts[node] ?? ""))
        .join(" ");
    expect(names((verdict) => verdict === "ok")).toBe(fits);
    expect(names((verdict) => verdict === MISSING)).toBe(missing);
    const rest = Object.values(verdicts).filter((verdict) => verdict !== "ok" && verdict !== MISSING && !OTHERS_REASONS.test(verdict));
    expect(new Set(rest).size === 0 || (new Set(rest).size === 1 && rest[0] === UNEVEN)).toBe(true);
  });

  it("is not looked at before 1.18", () => {
    const cache = cacheOf(layoutOf("a:foo a:foo"));
    const pod = labelled(makePod("new", { topologySpreadConstraints: [hard("node")] }), { app: "foo" });
    expect(verdictsOn(cache, pod, "1.17.0")["a"]).toBe("ok");
    expect(verdictsOn(cache, pod, "1.18.0")["a"]).toBe(UNEVEN);
  });

  it("follows pods and nodes that come, go and change", () => {
    const cache = cacheOf(layoutOf("a:foo b:foo x:foo"));
    const pod = labelled(makePod("new", { topologySpreadConstraints: [hard("node")] }), { app: "foo" });
    const fits = (): string =>
      Object.entries(verdictsOn(cache, pod))
        .filter(([, verdict]) => verdict === "ok")
        .map(([node]) => node)
        .join(" ");
    expect(fits()).toBe("y");
    const [onY] = placedPods("y:foo")["y"] ?? [];
    if (onY === undefined) throw new Error("no pod");
    const named = { ...onY, metadata: { ...onY.metadata, name: "on-y" } };
    cache.addPod("default/on-y", named, "y");
    expect(fits()).toBe("a b x y");
    cache.addPod("default/on-y", { ...named, metadata: { ...named.metadata, labels: { app: "bar" } } }, "y");
    expect(fits()).toBe("y");
    cache.removeNode("y");
    expect(fits()).toBe("a b x");
    cache.addPod("default/on-y", named, "a");
    expect(fits()).toBe("b x");
    cache.removePod("default/on-y");
    expect(fits()).toBe("a b x");
  });
});
