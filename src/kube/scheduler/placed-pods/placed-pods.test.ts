import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Pod, PodAffinityTerm, PodSpec, TopologySpreadConstraint } from "#api/kubernetes/core";
import type { LabelSelector } from "#api/kubernetes/meta";
import { SchedulerCache } from "../cache.ts";
import { NO_FACTS } from "../cluster-facts.ts";
import { filterNodePlainly, PodFilters } from "../framework/filters.ts";
import { interPodAffinity } from "../plugins/inter-pod-affinity/inter-pod-affinity.ts";
import { podTopologySpread } from "../plugins/pod-topology-spread/pod-topology-spread.ts";
import { podToPlace } from "../pod-to-place.ts";
import { defaultProfile } from "../profiles/profile.ts";
import { makeNode, makePod } from "../testing/objects.ts";
import { plainAffinity, plainSpread } from "../testing/plain-rules.ts";
import { MAX_OBSERVERS } from "./placed-pods.ts";

const KEYS = ["zone", "kubernetes.io/hostname", "rack"];
const APPS = ["web", "db", "cache"];
const SPACES = ["default", "other"];
const LABELS_OF: Readonly<Record<string, Record<string, string>>> = { default: { team: "red" }, other: { team: "blue" } };
const facts = {
  ...NO_FACTS,
  namespaceLabels: (name: string) => LABELS_OF[name],
  namespacesWhere: (selector: { matches(labels: Record<string, string>): boolean }) =>
    SPACES.filter((name) => selector.matches(LABELS_OF[name] ?? {})),
};
const key = fc.constantFrom(...KEYS);
const app = fc.constantFrom(...APPS);
const selector: fc.Arbitrary<LabelSelector> = fc.oneof(
  { weight: 4, arbitrary: app.map((each) => ({ matchLabels: { app: each } })) },
  { weight: 1, arbitrary: fc.constant<LabelSelector>({ matchExpressions: [{ key: "app", operator: "In", values: ["web", "db"] }] }) },
  { weight: 1, arbitrary: fc.constant<LabelSelector>({}) },
);
const term: fc.Arbitrary<PodAffinityTerm> = fc.record(
  {
    topologyKey: key,
    labelSelector: selector,
    namespaces: fc.constantFrom(["default"], ["other"], ["default", "other"]),
    namespaceSelector: fc.constantFrom<LabelSelector>({}, { matchLabels: { team: "blue" } }),
  },
  { requiredKeys: ["topologyKey", "labelSelector"] },
);
const constraint: fc.Arbitrary<TopologySpreadConstraint> = fc.record(
  {
    maxSkew: fc.integer({ min: 1, max: 2 }),
    topologyKey: key,
    whenUnsatisfiable: fc.constant("DoNotSchedule" as const),
    labelSelector: selector,
    minDomains: fc.integer({ min: 1, max: 3 }),
    nodeAffinityPolicy: fc.constantFrom("Honor" as const, "Ignore" as const),
    nodeTaintsPolicy: fc.constantFrom("Honor" as const, "Ignore" as const),
  },
  { requiredKeys: ["maxSkew", "topologyKey", "whenUnsatisfiable", "labelSelector"] },
);
const spec: fc.Arbitrary<Partial<PodSpec>> = fc.record({
  nodeSelector: fc.constantFrom<Record<string, string>>({}, {}, { zone: "z1" }),
  topologySpreadConstraints: fc.array(constraint, { maxLength: 2 }),
  affinity: fc.record({
    podAffinity: fc.record({ requiredDuringSchedulingIgnoredDuringExecution: fc.array(term, { maxLength: 2 }) }),
    podAntiAffinity: fc.record({ requiredDuringSchedulingIgnoredDuringExecution: fc.array(term, { maxLength: 1 }) }),
  }),
});
const podArbitrary: fc.Arbitrary<Pod> = fc
  .record({
    name: fc.constantFrom("p0", "p1", "p2", "p3", "p4", "p5"),
    namespace: fc.constantFrom(...SPACES),
    app,
    isGoing: fc.boolean(),
    spec,
  })
  .map(({ name, namespace, app: label, isGoing, spec: wanted }) => {
    const pod = makePod(name, wanted);
    const deletion = isGoing ? { deletionTimestamp: "2026-01-01T00:00:00Z" } : {};
    return {
      ...pod,
      metadata: { ...pod.metadata, uid: `${name}/${label}/${JSON.stringify(wanted)}`, namespace, labels: { app: label }, ...deletion },
    };
  });
const nodeName = fc.constantFrom("n0", "n1", "n2", "n3", "n4");
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("pod" as const), pod: podArbitrary, node: nodeName }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("gone" as const), pod: podArbitrary }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("node" as const),
      node: nodeName,
      zone: fc.constantFrom("", "z1", "z2", "z1"),
      rack: fc.constantFrom("", "r1", "r1"),
      isTainted: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("noNode" as const), node: nodeName }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function apply(cache: SchedulerCache, each: Step): void {
  if (each.kind === "noNode") return cache.removeNode(each.node);
  if (each.kind === "node") {
    const labels = { ...(each.zone && { zone: each.zone }), ...(each.rack && { rack: each.rack }) };
    cache.setNode(makeNode(each.node, { labels, ...(each.isTainted ? { taints: [{ key: "t", value: "", effect: "NoSchedule" }] } : {}) }));
    return;
  }
  const { namespace, name } = each.pod.metadata;
  if (each.kind === "pod") cache.addPod(`${namespace}/${name}`, each.pod, each.node);
  else cache.removePod(`${namespace}/${name}`);
}

const SPREAD: Readonly<Record<string, string>> = { uneven: "pod topology spread constraints", missing: "missing required label" };
const AFFINITY: Readonly<Record<string, string>> = {
  friends: "pod affinity rules",
  foes: "match pod anti-affinity",
  others: "existing pods",
};

describe("placed pods", () => {
  it("count what looking through every pod finds, whatever came and went before", () => {
    const profile = defaultProfile("1.35.0");
    const seen = new Map<string, number>();
    const input = fc.record({
      incoming: fc.array(podArbitrary, { minLength: 1, maxLength: 3 }),
      steps: fc.array(step, { minLength: 5, maxLength: 30 }),
    });
    fc.assert(
      fc.property(input, ({ incoming, steps }) => {
        const cache = new SchedulerCache(facts);
        const pods = incoming.map((pod) => ({ pod, filters: new PodFilters(podToPlace(pod), profile, cache) }));
        for (const each of steps) {
          apply(cache, each);
          for (const { pod } of pods) {
            const toPlace = podToPlace(pod);
            const spread = podTopologySpread.prepare(toPlace, profile, cache);
            const affinity = interPodAffinity.prepare(toPlace, profile, cache);
            if ((spread !== undefined && "code" in spread) || (affinity !== undefined && "code" in affinity))
              throw new Error("refused all nodes");
            for (const node of cache.nodes) {
              const plain = [plainSpread(cache, pod, node), plainAffinity(cache, pod, node)] as const;
              for (const verdict of plain) seen.set(verdict, (seen.get(verdict) ?? 0) + 1);
              expect(spread?.check(node)?.reasons[0] ?? "ok").toContain(SPREAD[plain[0]] ?? "ok");
              expect(affinity?.check(node)?.reasons[0] ?? "ok").toContain(AFFINITY[plain[1]] ?? "ok");
            }
          }
        }
        // Filters that were made ready before all that say what those say that are made ready now.
        for (const { pod, filters } of pods) {
          const fresh = new PodFilters(podToPlace(pod), profile, cache);
          for (const node of cache.nodes) expect(filterNodePlainly(filters.current, node)).toEqual(filterNodePlainly(fresh.current, node));
        }
      }),
      { numRuns: 300, seed: 11 },
    );
    for (const verdict of ["ok", "uneven", "missing", "friends", "foes", "others"]) expect(seen.get(verdict) ?? 0).toBeGreaterThan(30);
  });

  it("keep a bounded number of figures, and make those anew that were given up", () => {
    const cache = new SchedulerCache();
    cache.setNode(makeNode("n0", { labels: { zone: "z1" } }));
    cache.setNode(makeNode("n1", { labels: { zone: "z2" } }));
    cache.addPod("default/p", { ...makePod("p"), metadata: { ...makePod("p").metadata, labels: { app: "app-0" } } }, "n0");
    const profile = defaultProfile("1.35.0");
    const filtersFor = (index: number): PodFilters => {
      const labels = { app: `app-${index}` };
      const topologySpreadConstraints = [
        { maxSkew: 1, topologyKey: "zone", whenUnsatisfiable: "DoNotSchedule" as const, labelSelector: { matchLabels: labels } },
      ];
      const pod = makePod("new", { topologySpreadConstraints });
      return new PodFilters(podToPlace({ ...pod, metadata: { ...pod.metadata, labels } }), profile, cache);
    };
    const first = filtersFor(0);
    const { generation } = cache;
    for (let index = 1; index <= MAX_OBSERVERS; index++) filtersFor(index);
    expect(cache.generation).toBe(generation + 1);
    cache.addPod("default/q", { ...makePod("q"), metadata: { ...makePod("q").metadata, labels: { app: "app-0" } } }, "n1");
    const rejections = cache.nodes.map((node) =>
      first.current.groups.flatMap(({ ofClass }) => ofClass.map((filter) => filter.check(node)?.plugins[0])),
    );
    expect(rejections.flat().filter((plugin) => plugin === "PodTopologySpread")).toEqual([]);
  });
});
