import { describe, expect, it } from "vitest";
import type { TopologySpreadConstraint } from "#api/kubernetes/core";
import type { LabelSelector } from "#api/kubernetes/meta";
import { cacheOf, scoresOn } from "../../testing/cluster-of-nodes.ts";
import { labelled, makePod, placedPods } from "../../testing/objects.ts";

const ZONE = "topology.kubernetes.io/zone";
const HOSTNAME = "kubernetes.io/hostname";
const soft = (topologyKey: string, maxSkew = 1): TopologySpreadConstraint => ({
  maxSkew,
  topologyKey,
  whenUnsatisfiable: "ScheduleAnyway",
  labelSelector: { matchLabels: { app: "foo" } },
});

interface Row {
  readonly name: string;
  /** Node to zone; none for an empty one. */
  readonly nodes: Readonly<Record<string, string>>;
  readonly pods: string;
  readonly constraints?: TopologySpreadConstraint[];
  readonly kin?: LabelSelector;
  readonly want: Record<string, number>;
}

const FOUR = { a: "z1", b: "z1", x: "z2", y: "z2" };

/** Source: kubernetes/kubernetes pkg/scheduler/framework/plugins/podtopologyspread/scoring_test.go, TestPodTopologySpreadScore. */
const ROWS: readonly Row[] = [
  { name: "no pods: all alike", nodes: { a: "", b: "" }, pods: "", constraints: [soft(HOSTNAME)], want: { a: 100, b: 100 } },
  { name: "one node alone", nodes: { a: "" }, pods: "a:foo a:foo", constraints: [soft(HOSTNAME)], want: { a: 100 } },
  {
    name: "4 nodes, 2/1/0/3",
    nodes: { a: "", b: "", c: "", d: "" },
    pods: "a:foo a:foo b:foo d:foo d:foo d:foo",
    constraints: [soft(HOSTNAME)],
    want: { a: 20, b: 60, c: 100, d: 0 },
  },
  {
    name: "4 nodes, 2/1/0/3, up to 2 apart is less of a difference",
    nodes: { a: "", b: "", c: "", d: "" },
    pods: "a:foo a:foo b:foo d:foo d:foo d:foo",
    constraints: [soft(HOSTNAME, 2)],
    want: { a: 33, b: 66, c: 100, d: 16 },
  },
  {
    name: "4/3/2/1, up to 3 apart",
    nodes: { a: "", b: "", c: "", d: "" },
    pods: "a:foo a:foo a:foo a:foo b:foo b:foo b:foo c:foo c:foo d:foo",
    constraints: [soft(HOSTNAME, 3)],
    want: { a: 44, b: 66, c: 77, d: 100 },
  },
  {
    name: "4/3/2/1, the system's own, without zones",
    nodes: { a: "", b: "", c: "", d: "" },
    pods: "a:foo a:foo a:foo a:foo b:foo b:foo b:foo c:foo c:foo d:foo",
    kin: { matchLabels: { app: "foo" } },
    want: { a: 44, b: 66, c: 77, d: 100 },
  },
  {
    name: "zones 2/1 and nodes 0/1/0/1 of another selector",
    nodes: FOUR,
    pods: "a:foo b:foo,bar=1 y:foo,bar=1",
    constraints: [soft(ZONE), { ...soft(HOSTNAME), labelSelector: { matchLabels: { bar: "1" } } }],
    want: { a: 60, b: 20, x: 100, y: 60 },
  },
  {
    name: "zones 0/2 and nodes 0/1/0/1 of another selector",
    nodes: FOUR,
    pods: "b:,bar=1 x:foo y:foo,bar=1",
    constraints: [soft(ZONE), { ...soft(HOSTNAME), labelSelector: { matchLabels: { bar: "1" } } }],
    want: { a: 100, b: 60, x: 40, y: 0 },
  },
  {
    name: "pods of other namespaces do not count",
    nodes: { a: "", b: "" },
    pods: "a:-ns1/foo a:foo b:foo b:foo",
    constraints: [soft(HOSTNAME)],
    want: { a: 100, b: 33 },
  },
  {
    name: "pods that are being deleted do not count",
    nodes: { a: "", b: "" },
    pods: "a:foo,deleted=2026-01-01T00:00:00Z b:foo",
    constraints: [soft(HOSTNAME)],
    want: { a: 100, b: 0 },
  },
  {
    name: "zones 3/4",
    nodes: FOUR,
    pods: "a:foo a:foo b:foo x:foo x:foo y:foo y:foo",
    constraints: [soft(ZONE)],
    want: { a: 100, b: 100, x: 66, y: 66 },
  },
  {
    name: "zones and nodes add up",
    nodes: FOUR,
    pods: "a:foo a:foo b:foo y:foo",
    constraints: [soft(ZONE), soft(HOSTNAME)],
    want: { a: 12, b: 37, x: 100, y: 75 },
  },
  {
    name: "a node without the zone is not compared",
    nodes: { a: "z1", b: "" },
    pods: "a:foo",
    constraints: [soft(ZONE)],
    want: { a: 100, b: 0 },
  },
  { name: "pods of no service or controller are not spread", nodes: FOUR, pods: "a:foo", want: {} },
  {
    name: "the system spreads pods that belong together",
    nodes: FOUR,
    pods: "a:foo a:foo b:foo",
    kin: { matchLabels: { app: "foo" } },
    want: { a: 42, b: 57, x: 100, y: 100 },
  },
  {
    name: "the system spreads nodes without a zone by name",
    nodes: { a: "", b: "" },
    pods: "a:foo a:foo",
    kin: { matchLabels: { app: "foo" } },
    want: { a: 40, b: 100 },
  },
];

describe("PodTopologySpread score", () => {
  it.each(ROWS)("$name", ({ nodes, pods, constraints, kin, want }) => {
    const placed = placedPods(pods);
    const layout = Object.entries(nodes).map(([name, zone]) => [
      name,
      { labels: zone === "" ? {} : { [ZONE]: zone }, pods: placed[name] ?? [] },
    ]);
    const cache = cacheOf(Object.fromEntries(layout), { kinOf: () => kin });
    const pod = labelled(makePod("new", constraints === undefined ? {} : { topologySpreadConstraints: constraints }), { app: "foo" });
    expect(scoresOn(cache, pod, "PodTopologySpread")).toEqual(want);
  });

  it("spreads by default since 1.20", () => {
    const cache = cacheOf({ a: { pods: placedPods("a:foo")["a"] ?? [] }, b: {} }, { kinOf: () => ({ matchLabels: { app: "foo" } }) });
    const pod = labelled(makePod("new"), { app: "foo" });
    expect(scoresOn(cache, pod, "PodTopologySpread", "1.19.0")).toEqual({});
    expect(scoresOn(cache, pod, "PodTopologySpread", "1.20.0")).not.toEqual({});
  });
});
