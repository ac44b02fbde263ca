import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Affinity, NodeSelectorRequirement, NodeSelectorTerm, PodSpec, ResourceList, Taint, Toleration } from "#api/kubernetes/core";
import { seededRandom } from "#lib";
import { SchedulerCache } from "../cache.ts";
import { podToPlace } from "../pod-to-place.ts";
import { defaultProfile, type SchedulerProfile } from "../profiles/profile.ts";
import { schedulerRelease } from "../release.ts";
import { makeNode, makePod } from "../testing/objects.ts";
import { type ClassVerdicts, filterNode, filterNodePlainly, PodFilters, prepareFilters } from "./filters.ts";
import { feasibleNodesToFind, Placer } from "./placement.ts";
import { prepareScores, ScoreBoard } from "./scores.ts";

const KEYS = ["agentpool", "sku", "kubernetes.io/hostname"];
const VALUES = ["a", "b", "node-1", "node-2"];
const key = fc.constantFrom(...KEYS);
const value = fc.constantFrom(...VALUES);
const effect = fc.constantFrom("NoSchedule" as const, "PreferNoSchedule" as const, "NoExecute" as const);
const taint: fc.Arbitrary<Taint> = fc.record({ key, value, effect });
const toleration: fc.Arbitrary<Toleration> = fc.oneof(
  fc.record({ key, value, operator: fc.constant("Equal" as const) }),
  fc.record({ key, operator: fc.constant("Exists" as const), effect }),
  fc.constant({ operator: "Exists" as const }),
);
const amounts: fc.Arbitrary<ResourceList> = fc.record({
  cpu: fc.constantFrom("0", "500m", "1", "3"),
  memory: fc.constantFrom("0", "1Gi", "6Gi"),
  "nvidia.com/gpu": fc.constantFrom("0", "1"),
});
const term: fc.Arbitrary<NodeSelectorTerm> = fc.record({
  matchExpressions: fc.array(
    fc.record({ key, operator: fc.constantFrom("In" as const, "NotIn" as const), values: fc.array(value, { minLength: 1, maxLength: 2 }) }),
    {
      maxLength: 2,
    },
  ),
  matchFields: fc.oneof(
    { weight: 4, arbitrary: fc.constant<NodeSelectorRequirement[]>([]) },
    { weight: 1, arbitrary: fc.constant<NodeSelectorRequirement[]>([{ key: "metadata.name", operator: "In", values: ["node-1"] }]) },
  ),
});
const affinity: fc.Arbitrary<Affinity> = fc.record({
  nodeAffinity: fc.record({
    requiredDuringSchedulingIgnoredDuringExecution: fc.record({ nodeSelectorTerms: fc.array(term, { minLength: 1, maxLength: 2 }) }),
    preferredDuringSchedulingIgnoredDuringExecution: fc.array(fc.record({ weight: fc.integer({ min: 1, max: 100 }), preference: term }), {
      maxLength: 2,
    }),
  }),
});
const podSpec: fc.Arbitrary<Partial<PodSpec>> = fc.record({
  tolerations: fc.array(toleration, { maxLength: 3 }),
  nodeSelector: fc.dictionary(key, value, { maxKeys: 1 }),
  affinity: fc.oneof(fc.constant<Affinity>({}), affinity),
});
const pool = fc.record({
  labels: fc.dictionary(
    key.filter((each) => each !== "kubernetes.io/hostname"),
    value,
  ),
  taints: fc.array(taint, { maxLength: 2 }),
  unschedulable: fc.boolean(),
  allocatable: fc.record({
    cpu: fc.constantFrom("1", "2", "4"),
    memory: fc.constantFrom("2Gi", "7Gi"),
    pods: fc.constantFrom("1", "2", "110"),
    "nvidia.com/gpu": fc.constantFrom("0", "1"),
  }),
});
/** Orders, plugins and arguments as a configuration could have them. */
const filterNames = schedulerRelease("1.35.0").filterOrder.flat();
const scoreNames = defaultProfile("1.35.0").scores.map(({ name }) => name);
const resourceWeight = fc.record({
  name: fc.constantFrom("cpu", "memory", "ephemeral-storage", "nvidia.com/gpu", "example.com/none"),
  weight: fc.integer({ min: 1, max: 100 }),
});
const shape = fc
  .uniqueArray(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 4 })
  .chain((points) =>
    fc.tuple(
      ...points
        .sort((one, other) => one - other)
        .map((utilization) => fc.integer({ min: 0, max: 10 }).map((score) => ({ utilization, score }))),
    ),
  );
const customProfile: fc.Arbitrary<(profile: SchedulerProfile) => SchedulerProfile> = fc
  .record({
    filters: fc.shuffledSubarray(filterNames),
    scores: fc
      .shuffledSubarray(scoreNames)
      .chain((names) => fc.tuple(...names.map((name) => fc.record({ name: fc.constant(name), weight: fc.integer({ min: 1, max: 100 }) })))),
    percentageOfNodesToScore: fc.integer({ min: 0, max: 100 }),
    strategy: fc.record({
      type: fc.constantFrom("LeastAllocated" as const, "MostAllocated" as const, "RequestedToCapacityRatio" as const),
      resources: fc.uniqueArray(resourceWeight, { minLength: 1, maxLength: 3, selector: ({ name }) => name }),
      shape,
    }),
    ignoredResources: fc.subarray(["nvidia.com/gpu"]).map((names) => new Set(names)),
    balanced: fc.uniqueArray(fc.constantFrom("cpu", "memory", "nvidia.com/gpu"), { minLength: 1 }),
    added: fc.option(affinity, { nil: undefined }),
  })
  .map(({ strategy, ignoredResources, balanced, added, filters, ...own }) => (profile) => ({
    ...profile,
    ...own,
    narrows: filters.includes("NodeAffinity"),
    filterOrder: filters.map((name) => [name]),
    plugins: {
      ...profile.plugins,
      fit: { strategy, ignoredResources, ignoredResourceGroups: new Set<string>() },
      balancedAllocation: { resources: balanced },
      nodeAffinity: { added: added?.nodeAffinity },
    },
  }));
const profileChange = fc.oneof(
  fc.constant((profile: SchedulerProfile) => profile),
  customProfile,
);
const version = fc.constantFrom("1.12.6", "1.18.0", "1.24.1", "1.34.0", "1.35.0");

describe("placement", () => {
  it("answers by class what it answers node by node", () => {
    const input = fc.record({
      version,
      profileChange,
      pools: fc.array(fc.tuple(pool, fc.integer({ min: 1, max: 4 })), { minLength: 1, maxLength: 4 }),
      placed: fc.array(fc.tuple(amounts, fc.nat()), { maxLength: 8 }),
      spec: podSpec,
      requests: amounts,
    });
    let accepted = 0;
    let rejected = 0;
    fc.assert(
      fc.property(input, ({ version, profileChange: change, pools, placed, spec, requests }) => {
        const profile = change(defaultProfile(version));
        const cache = new SchedulerCache();
        for (const [options, count] of pools) {
          for (let made = 0; made < count; made++) cache.setNode(makeNode(`node-${cache.nodes.length}`, options));
        }
        placed.forEach(([taken, at], index) =>
          cache.addPod(`default/p${index}`, makePod(`p${index}`, {}, taken), `node-${at % cache.nodes.length}`),
        );
        const pod = podToPlace(makePod("new", spec, requests));
        const filters = prepareFilters(pod, profile, cache);
        const verdicts: ClassVerdicts = [];
        const feasible = cache.nodes.filter((node) => {
          const status = filterNode(filters, node, verdicts);
          expect(status).toEqual(filterNodePlainly(filters, node));
          return status === undefined;
        });
        accepted += feasible.length;
        rejected += cache.nodes.length - feasible.length;
        const scores = prepareScores(pod, { cluster: cache, feasible, profile });
        const plain = scores.map((each) => ({ ...each, prepared: { ...each.prepared, scope: "node" as const } }));
        expect(new ScoreBoard().scoreNodes(scores, feasible)).toEqual(new ScoreBoard().scoreNodes(plain, feasible));
        const placement = new Placer(seededRandom(1)).place(new PodFilters(pod, profile, cache), cache);
        expect(placement.kind).toBe(feasible.length > 0 ? "placed" : "unschedulable");
        if (placement.kind === "placed") expect(feasible).toContain(placement.node);
      }),
      { numRuns: 800, seed: 7 },
    );
    expect(accepted).toBeGreaterThan(100);
    expect(rejected).toBeGreaterThan(100);
  });

  it.each([
    { name: "all nodes of a small cluster", nodes: 99, want: 99 },
    { name: "never fewer than 100", nodes: 150, want: 100 },
    { name: "a share of a large one", nodes: 400, want: 188 },
    { name: "a twentieth of a huge one", nodes: 10_000, want: 500 },
  ])("looks for $name", ({ nodes, want }) => {
    expect(feasibleNodesToFind(nodes)).toBe(want);
  });

  it("spreads pods over the nodes that have most left", () => {
    const cache = new SchedulerCache();
    for (let index = 0; index < 4; index++) cache.setNode(makeNode(`node-${index}`));
    const profile = defaultProfile("1.12.6");
    const placer = new Placer(seededRandom(3));
    for (let index = 0; index < 8; index++) {
      const pod = podToPlace(makePod(`p${index}`, {}, { cpu: "100m", memory: "200Mi" }));
      const placement = placer.place(new PodFilters(pod, profile, cache), cache);
      if (placement.kind === "placed") cache.assume(pod, placement.node);
    }
    expect(cache.nodes.map(({ podCount }) => podCount)).toEqual([2, 2, 2, 2]);
  });

  it("keeps away from PreferNoSchedule as long as there is room elsewhere", () => {
    const cache = new SchedulerCache();
    cache.setNode(makeNode("spot", { taints: [{ key: "spot", value: "true", effect: "PreferNoSchedule" }] }));
    cache.setNode(makeNode("plain"));
    const profile = defaultProfile("1.30.0");
    const placer = new Placer(seededRandom(3));
    const names = ["1500m", "1500m"].map((cpu, index) => {
      const pod = podToPlace(makePod(`p${index}`, {}, { cpu }));
      const placement = placer.place(new PodFilters(pod, profile, cache), cache);
      if (placement.kind !== "placed") return "none";
      cache.assume(pod, placement.node);
      return placement.node.name;
    });
    expect(names).toEqual(["plain", "spot"]);
  });

  it("chooses among equals by chance, the same way from the same seed", () => {
    const choices = (seed: number): string[] => {
      const cache = new SchedulerCache();
      for (let index = 0; index < 20; index++) cache.setNode(makeNode(`node-${index}`));
      const profile = defaultProfile("1.30.0");
      const placer = new Placer(seededRandom(seed));
      return Array.from({ length: 10 }, (_, index) => {
        const placement = placer.place(new PodFilters(podToPlace(makePod(`p${index}`)), profile, cache), cache);
        return placement.kind === "placed" ? placement.node.name : "none";
      });
    };
    expect(choices(1)).toEqual(choices(1));
    expect(choices(1)).not.toEqual(choices(2));
    expect(new Set(choices(1)).size).toBeGreaterThan(3);
  });
});
