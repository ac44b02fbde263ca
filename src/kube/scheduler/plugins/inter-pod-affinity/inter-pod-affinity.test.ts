import { describe, expect, it } from "vitest";
import type { Affinity, Pod, PodAffinityTerm } from "#api/kubernetes/core";
import { cacheOf, scoresOn, verdictsOn } from "../../testing/cluster-of-nodes.ts";
import { labelled, makePod, placedPods } from "../../testing/objects.ts";

const NODES: Readonly<Record<string, Record<string, string>>> = {
  a: { zone: "z1", node: "a" },
  b: { zone: "z1", node: "b" },
  x: { zone: "z2", node: "x" },
  bare: {},
};
const FRIENDS = "node(s) didn't match pod affinity rules";
const FOES = "node(s) didn't match pod anti-affinity rules";
const OTHERS = "node(s) didn't satisfy existing pods anti-affinity rules";

const near = (app: string, topologyKey = "zone", rest: Partial<PodAffinityTerm> = {}): PodAffinityTerm => ({
  topologyKey,
  labelSelector: { matchLabels: { app } },
  ...rest,
});
const require = (...terms: PodAffinityTerm[]): Affinity => ({ podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } });
const avoid = (...terms: PodAffinityTerm[]): Affinity => ({ podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } });
const prefer = (weight: number, term: PodAffinityTerm): Affinity => ({
  podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight, podAffinityTerm: term }] },
});
const shun = (weight: number, term: PodAffinityTerm): Affinity => ({
  podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight, podAffinityTerm: term }] },
});

const NAMESPACES: Readonly<Record<string, Record<string, string>>> = { default: {}, other: { team: "red" }, third: { team: "blue" } };
const facts = {
  namespaceLabels: (name: string) => NAMESPACES[name],
  namespacesWhere: (selector: { matches(labels: Record<string, string>): boolean }) =>
    Object.keys(NAMESPACES).filter((name) => selector.matches(NAMESPACES[name] ?? {})),
};

interface Row {
  readonly name: string;
  readonly pods?: string;
  /** Affinity that the pods on a node have, by node. */
  readonly theirs?: Readonly<Record<string, Affinity>>;
  readonly affinity?: Affinity;
  readonly app?: string;
  readonly namespace?: string;
  readonly want: Readonly<Record<string, string>>;
}

function cacheFor({ pods = "", theirs = {} }: Pick<Row, "pods" | "theirs">): ReturnType<typeof cacheOf> {
  const placed = placedPods(pods);
  const layout = Object.entries(NODES).map(([name, labels]) => {
    const own = theirs[name];
    const withAffinity = (pod: Pod): Pod => (own === undefined ? pod : { ...pod, spec: { ...pod.spec, affinity: own } });
    return [name, { labels, pods: (placed[name] ?? []).map(withAffinity) }];
  });
  return cacheOf(Object.fromEntries(layout), facts);
}
const podOf = ({ affinity, app = "web", namespace = "default" }: Pick<Row, "affinity" | "app" | "namespace">): Pod =>
  labelled(makePod("new", affinity === undefined ? {} : { affinity }), { app }, namespace);

/**
 * Source: kubernetes/kubernetes pkg/scheduler/framework/plugins/interpodaffinity/filtering_test.go, the situations of
 * TestRequiredAffinitySingleNode and TestRequiredAffinityMultipleNodes.
 */
const ROWS: readonly Row[] = [
  { name: "no rules anywhere", pods: "a:db", want: { a: "ok", b: "ok", x: "ok", bare: "ok" } },
  { name: "near a pod of the zone", pods: "a:db", affinity: require(near("db")), want: { a: "ok", b: "ok", x: FRIENDS, bare: FRIENDS } },
  { name: "near a pod that is nowhere", affinity: require(near("db")), want: { a: FRIENDS, b: FRIENDS, x: FRIENDS, bare: FRIENDS } },
  {
    name: "the first of its own kind goes where the label is",
    affinity: require(near("web")),
    want: { a: "ok", b: "ok", x: "ok", bare: FRIENDS },
  },
  {
    name: "the second of its kind follows the first",
    pods: "x:web",
    affinity: require(near("web")),
    want: { a: FRIENDS, b: FRIENDS, x: "ok", bare: FRIENDS },
  },
  {
    name: "a pod of its kind on a node without the label does not count as the first",
    pods: "bare:web",
    affinity: require(near("web")),
    want: { a: "ok", b: "ok", x: "ok", bare: FRIENDS },
  },
  {
    name: "pods of another namespace do not count",
    pods: "a:-other/db",
    affinity: require(near("db")),
    want: { a: FRIENDS, b: FRIENDS, x: FRIENDS, bare: FRIENDS },
  },
  {
    name: "named namespaces count",
    pods: "a:-other/db",
    affinity: require(near("db", "zone", { namespaces: ["other"] })),
    want: { a: "ok", b: "ok", x: FRIENDS, bare: FRIENDS },
  },
  {
    name: "namespaces chosen by label count",
    pods: "a:-other/db x:-third/db",
    affinity: require(near("db", "zone", { namespaceSelector: { matchLabels: { team: "red" } } })),
    want: { a: "ok", b: "ok", x: FRIENDS, bare: FRIENDS },
  },
  {
    name: "an empty namespace selector is every namespace",
    pods: "a:-other/db x:-third/db",
    affinity: require(near("db", "zone", { namespaceSelector: {} })),
    want: { a: "ok", b: "ok", x: "ok", bare: FRIENDS },
  },
  {
    name: "all terms have to be met by the same pod",
    pods: "a:db b:cache",
    affinity: require(near("db"), near("cache")),
    want: { a: FRIENDS, b: FRIENDS, x: FRIENDS, bare: FRIENDS },
  },
  {
    name: "one pod that meets terms of two topologies",
    pods: "a:db,tier=x",
    affinity: require(near("db"), { topologyKey: "node", labelSelector: { matchLabels: { tier: "x" } } }),
    want: { a: "ok", b: FRIENDS, x: FRIENDS, bare: FRIENDS },
  },
  { name: "not near a pod of the zone", pods: "a:db", affinity: avoid(near("db")), want: { a: FOES, b: FOES, x: "ok", bare: "ok" } },
  {
    name: "not near a pod of the node",
    pods: "a:db",
    affinity: avoid(near("db", "node")),
    want: { a: FOES, b: "ok", x: "ok", bare: "ok" },
  },
  {
    name: "not near either of two",
    pods: "a:db x:cache",
    affinity: avoid(near("db"), near("cache")),
    want: { a: FOES, b: FOES, x: FOES, bare: "ok" },
  },
  {
    name: "a pod that is being deleted still keeps others off",
    pods: "a:db,deleted=2026-01-01T00:00:00Z",
    affinity: avoid(near("db")),
    want: { a: FOES, b: FOES, x: "ok", bare: "ok" },
  },
  {
    name: "a pod that the others do not want",
    pods: "a:db",
    theirs: { a: avoid(near("web")) },
    want: { a: OTHERS, b: OTHERS, x: "ok", bare: "ok" },
  },
  {
    name: "a pod that the others do not mind",
    pods: "a:db",
    theirs: { a: avoid(near("mail")) },
    want: { a: "ok", b: "ok", x: "ok", bare: "ok" },
  },
  {
    name: "others of another namespace do not mind",
    pods: "a:-other/db",
    theirs: { a: avoid(near("web")) },
    want: { a: "ok", b: "ok", x: "ok", bare: "ok" },
  },
  {
    name: "others of another namespace mind when they say so",
    pods: "a:-other/db",
    theirs: { a: avoid(near("web", "zone", { namespaceSelector: { matchLabels: { team: "blue" } } })) },
    namespace: "third",
    want: { a: OTHERS, b: OTHERS, x: "ok", bare: "ok" },
  },
  {
    name: "others on a node without the label mind nothing",
    pods: "bare:db",
    theirs: { bare: avoid(near("web")) },
    want: { a: "ok", b: "ok", x: "ok", bare: "ok" },
  },
  {
    name: "the pod's own affinity comes first, then its anti-affinity, then the others'",
    pods: "a:db b:web x:mail",
    theirs: { b: avoid(near("web", "node")) },
    affinity: { ...require(near("db")), ...avoid(near("db", "node")) },
    want: { a: FOES, b: OTHERS, x: FRIENDS, bare: FRIENDS },
  },
];

describe("InterPodAffinity filter", () => {
  it.each(ROWS)("$name", (row) => {
    expect(verdictsOn(cacheFor(row), podOf(row))).toEqual(row.want);
  });

  it("forgets the rules of pods that are gone", () => {
    const cache = cacheFor({ pods: "a:db", theirs: { a: avoid(near("web")) } });
    cache.removePod("default/p0");
    expect(verdictsOn(cache, podOf({}))["a"]).toBe("ok");
  });
});

interface ScoreRow extends Row {
  readonly want: never;
}
interface Scored extends Omit<ScoreRow, "want"> {
  readonly want: Readonly<Record<string, number>>;
}

/** Source: kubernetes/kubernetes pkg/scheduler/framework/plugins/interpodaffinity/scoring_test.go, TestPreferredAffinity. */
const SCORES: readonly Scored[] = [
  { name: "no preference anywhere", pods: "a:db", want: {} },
  { name: "near a pod of the zone", pods: "a:db", affinity: prefer(5, near("db")), want: { a: 100, b: 100, x: 0, bare: 0 } },
  { name: "nearer to more of them", pods: "a:db a:db x:db", affinity: prefer(5, near("db")), want: { a: 100, b: 100, x: 50, bare: 0 } },
  { name: "away from a pod of the zone", pods: "a:db", affinity: shun(5, near("db")), want: { a: 0, b: 0, x: 100, bare: 100 } },
  { name: "others that want to be near it", pods: "x:db", theirs: { x: prefer(3, near("web")) }, want: { a: 0, b: 0, x: 100, bare: 0 } },
  {
    name: "others that have to be near something like it",
    pods: "x:db",
    theirs: { x: require(near("web")) },
    want: { a: 0, b: 0, x: 100, bare: 0 },
  },
  { name: "others that want it away", pods: "x:db", theirs: { x: shun(3, near("web")) }, want: { a: 100, b: 100, x: 0, bare: 100 } },
  {
    name: "its own wish and that of others add up",
    pods: "a:db x:mail",
    theirs: { x: shun(4, near("web")) },
    affinity: prefer(4, near("db", "node")),
    want: { a: 100, b: 50, x: 0, bare: 50 },
  },
];

describe("InterPodAffinity score", () => {
  it.each(SCORES)("$name", (row) => {
    expect(scoresOn(cacheFor(row), podOf(row), "InterPodAffinity")).toEqual(row.want);
  });
});
