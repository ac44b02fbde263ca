import { describe, expect, it } from "vitest";
import type { Affinity, Pod, PodSpec, ResourceList } from "#api/kubernetes/core";
import type { PodDisruptionBudget } from "#api/kubernetes/workloads";
import { PodFilters } from "../framework/filters.ts";
import { Placer } from "../framework/placement.ts";
import { podToPlace } from "../pod-to-place.ts";
import { defaultProfile } from "../profiles/profile.ts";
import { seededRandom } from "#lib";
import { cacheOf, type Layout, placeOn, preemptionOptions } from "../testing/cluster-of-nodes.ts";
import { makePod } from "../testing/objects.ts";
import { findPreemption, type PreemptionResult } from "./preemption.ts";
import { splitByBudget } from "./disruption-budgets.ts";

const NODE: ResourceList = { cpu: "4", memory: "16Gi", pods: "110" };

interface Placed {
  readonly cpu: string;
  readonly priority: number;
  /** Minute of the day at which it started. */
  readonly minute?: number;
  readonly app?: string;
  readonly spec?: Partial<PodSpec>;
}
const podOf = (name: string, { cpu, priority, minute = 0, app = name, spec = {} }: Placed): Pod => {
  const pod = makePod(name, { priority, ...spec }, { cpu });
  const startTime = `2026-01-01T00:${String(minute).padStart(2, "0")}:00Z`;
  return { ...pod, metadata: { ...pod.metadata, labels: { app } }, status: { startTime } };
};
const layoutOf = (nodes: Readonly<Record<string, readonly Pod[]>>, allocatable = NODE): Layout =>
  Object.fromEntries(Object.entries(nodes).map(([name, pods]) => [name, { pods, allocatable, labels: { zone: name } }]));
const budget = (app: string, disruptionsAllowed: number, rest: Partial<PodDisruptionBudget["status"]> = {}): PodDisruptionBudget => ({
  metadata: { name: app, namespace: "default" },
  spec: { selector: { matchLabels: { app } } },
  status: { disruptionsAllowed, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1, ...rest },
});

function preempt(layout: Layout, pod: Pod, budgets: readonly PodDisruptionBudget[] = []): PreemptionResult {
  const cache = cacheOf(layout);
  const before = cache.nodes.map(({ requestedCpu, podCount }) => [requestedCpu, podCount]);
  const profile = defaultProfile("1.35.0");
  const filters = new PodFilters(podToPlace(pod), profile, cache);
  const placement = new Placer(seededRandom(1)).place(filters, cache);
  if (placement.kind === "placed") throw new Error(`placed on ${placement.node.name}`);
  const result = findPreemption(filters, placement, preemptionOptions(cache, budgets));
  expect(cache.nodes.map(({ requestedCpu, podCount }) => [requestedCpu, podCount])).toEqual(before);
  return result;
}

function outcomeOf(result: PreemptionResult): string {
  if (result.kind === "off") return "off";
  if (result.kind === "ineligible") return result.message;
  if (result.kind === "none") return [...result.reasons].map(([reason, count]) => `${count} ${reason}`).join(", ");
  const { node, victims } = result.candidate;
  return `${node.name}: ${victims.map(({ pod }) => pod.metadata.name).join(" ")}`;
}

const high = podOf("high", { cpu: "2", priority: 1000 });
const away: Affinity = {
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: "zone", labelSelector: { matchLabels: { app: "foe" } } }],
  },
};

interface Row {
  readonly name: string;
  readonly nodes: Readonly<Record<string, readonly Pod[]>>;
  readonly pod?: Pod;
  readonly budgets?: readonly PodDisruptionBudget[];
  readonly want: string;
}

/**
 * Source: kubernetes/kubernetes pkg/scheduler/framework/plugins/defaultpreemption/default_preemption_test.go, the situations
 * of TestPostFilter, TestDryRunPreemption and TestSelectBestCandidate.
 */
const ROWS: readonly Row[] = [
  { name: "the one pod of lower priority goes", nodes: { a: [podOf("low", { cpu: "3", priority: 1 })] }, want: "a: low" },
  {
    name: "a pod of the same priority does not",
    nodes: { a: [podOf("peer", { cpu: "3", priority: 1000 })] },
    want: "1 No preemption victims found for incoming pod",
  },
  {
    name: "no more pods go than have to",
    nodes: { a: [podOf("old", { cpu: "2", priority: 1, minute: 1 }), podOf("young", { cpu: "2", priority: 1, minute: 2 })] },
    want: "a: young",
  },
  {
    name: "the more important are spared first",
    nodes: { a: [podOf("mid", { cpu: "2", priority: 10, minute: 9 }), podOf("low", { cpu: "2", priority: 1, minute: 1 })] },
    want: "a: low",
  },
  {
    name: "what is left does not help",
    nodes: { a: [podOf("low", { cpu: "1", priority: 1 }), podOf("peer", { cpu: "3", priority: 1000 })] },
    want: "1 Insufficient cpu",
  },
  {
    name: "a node that is too small is not helped by victims",
    nodes: { a: [podOf("low", { cpu: "1", priority: 1 })] },
    pod: podOf("huge", { cpu: "5", priority: 1000 }),
    want: "1 Preemption is not helpful for scheduling",
  },
  {
    name: "preemptionPolicy Never",
    nodes: { a: [podOf("low", { cpu: "3", priority: 1 })] },
    pod: podOf("meek", { cpu: "2", priority: 1000, spec: { preemptionPolicy: "Never" } }),
    want: "not eligible due to preemptionPolicy=Never.",
  },
  {
    name: "a pod that must not be near goes",
    nodes: { a: [podOf("foe", { cpu: "100m", priority: 1 }), podOf("other", { cpu: "100m", priority: 1 })] },
    pod: podOf("picky", { cpu: "1", priority: 1000, spec: { affinity: away } }),
    want: "a: foe",
  },
  {
    name: "a pod that does not want it near goes",
    nodes: { a: [podOf("hater", { cpu: "100m", priority: 1, spec: { affinity: away } }), podOf("other", { cpu: "100m", priority: 1 })] },
    pod: podOf("new", { cpu: "1", priority: 1000, app: "foe" }),
    want: "a: hater",
  },
  {
    name: "a domain with one too many gives one up",
    nodes: { a: [podOf("one", { cpu: "100m", priority: 1, app: "s" })], b: [podOf("full", { cpu: "4", priority: 2000 })] },
    pod: podOf("spread", {
      cpu: "1",
      priority: 1000,
      app: "s",
      spec: {
        topologySpreadConstraints: [
          { maxSkew: 1, topologyKey: "zone", whenUnsatisfiable: "DoNotSchedule", labelSelector: { matchLabels: { app: "s" } } },
        ],
      },
    }),
    want: "a: one",
  },
  {
    name: "a budget without room is spared when another pod will do",
    nodes: { a: [podOf("kept", { cpu: "2", priority: 1, app: "kept" }), podOf("free", { cpu: "2", priority: 10, app: "free" })] },
    budgets: [budget("kept", 0)],
    want: "a: free",
  },
  {
    name: "a node without violations comes first",
    nodes: { a: [podOf("kept", { cpu: "4", priority: 1, app: "kept" })], b: [podOf("free", { cpu: "4", priority: 10, app: "free" })] },
    budgets: [budget("kept", 0)],
    want: "b: free",
  },
  {
    name: "budgets are broken when nothing else will do",
    nodes: { a: [podOf("kept", { cpu: "4", priority: 1, app: "kept" })] },
    budgets: [budget("kept", 0)],
    want: "a: kept",
  },
  {
    name: "then the lowest of the highest priorities",
    nodes: { a: [podOf("mid", { cpu: "4", priority: 10 })], b: [podOf("low", { cpu: "4", priority: 1 })] },
    want: "b: low",
  },
  {
    name: "then the smallest sum of priorities",
    nodes: {
      a: [podOf("a1", { cpu: "2", priority: 10, minute: 1 }), podOf("a2", { cpu: "2", priority: 9, minute: 1 })],
      b: [podOf("b1", { cpu: "2", priority: 10, minute: 1 }), podOf("b2", { cpu: "2", priority: 1, minute: 1 })],
    },
    pod: podOf("big", { cpu: "4", priority: 1000 }),
    want: "b: b1 b2",
  },
  {
    name: "then the fewest victims, negative priorities among them",
    nodes: {
      a: [podOf("a1", { cpu: "2", priority: -10 }), podOf("a2", { cpu: "2", priority: -10 })],
      b: [podOf("b1", { cpu: "4", priority: -10 })],
    },
    pod: podOf("big", { cpu: "4", priority: 0 }),
    want: "b: b1",
  },
  {
    name: "then the latest start of the most important victims",
    nodes: { a: [podOf("early", { cpu: "4", priority: 1, minute: 1 })], b: [podOf("late", { cpu: "4", priority: 1, minute: 9 })] },
    want: "b: late",
  },
];

describe("preemption", () => {
  it.each(ROWS)("$name", ({ nodes, pod = high, budgets = [], want }) => {
    expect(outcomeOf(preempt(layoutOf(nodes), pod, budgets))).toBe(want);
  });

  it("counts nodes that no victim could make fit as not helpful", () => {
    const layout: Layout = {
      ...layoutOf({ a: [podOf("peer", { cpu: "4", priority: 1000 })] }),
      tainted: { taints: [{ key: "sku", value: "gpu", effect: "NoSchedule" }], allocatable: NODE },
    };
    expect(outcomeOf(preempt(layout, high))).toBe(
      "1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling",
    );
  });

  it("leaves nominated pods their room, unless they are less important", () => {
    const cache = cacheOf(layoutOf({ a: [] }));
    cache.nominations.nominate(podToPlace(podOf("nominated", { cpu: "3", priority: 500 })), "a");
    expect(placeOn(cache, podOf("low", { cpu: "2", priority: 1 }))).toBeUndefined();
    expect(placeOn(cache, podOf("peer", { cpu: "2", priority: 500 }))).toBeUndefined();
    expect(placeOn(cache, podOf("small", { cpu: "1", priority: 1 }))).toBe("a");
    expect(placeOn(cache, podOf("high", { cpu: "2", priority: 501 }))).toBe("a");
    expect(cache.nodes[0]?.podCount).toBe(0);
  });

  it("keeps pods off that a nominated pod will not want", () => {
    const cache = cacheOf(layoutOf({ a: [], b: [] }));
    cache.nominations.nominate(podToPlace(podOf("nominated", { cpu: "1", priority: 500, spec: { affinity: away } })), "a");
    expect(placeOn(cache, podOf("foe", { cpu: "1", priority: 1 }))).toBe("b");
  });

  it("tries the node that the pod is nominated to before all others", () => {
    const cache = cacheOf(layoutOf({ a: [], b: [podOf("some", { cpu: "2", priority: 1 })], c: [] }));
    cache.nominations.nominate(podToPlace(high), "b");
    expect(placeOn(cache, high)).toBe("b");
  });
});

describe("splitByBudget", () => {
  const pods = ["p1", "p2", "p3"].map((name) => podToPlace(podOf(name, { cpu: "1", priority: 1, app: "web" })));
  const names = (list: readonly { readonly pod: Pod }[]): string => list.map(({ pod }) => pod.metadata.name).join(" ");

  it.each([
    { name: "no budget", budgets: [], violating: "" },
    { name: "room for one", budgets: [budget("web", 1)], violating: "p2 p3" },
    {
      name: "the tighter of two",
      budgets: [budget("web", 2), { ...budget("web", 1), metadata: { name: "b", namespace: "default" } }],
      violating: "p2 p3",
    },
    { name: "of another namespace", budgets: [{ ...budget("web", 0), metadata: { name: "web", namespace: "other" } }], violating: "" },
    { name: "an empty selector is no pod's", budgets: [{ ...budget("web", 0), spec: { selector: {} } }], violating: "" },
    {
      name: "a pod that was evicted already",
      budgets: [budget("web", 0, { disruptedPods: { p1: "2026-01-01T00:00:00Z" } })],
      violating: "p2 p3",
    },
  ])("$name", ({ budgets, violating }) => {
    expect(names(splitByBudget(pods, budgets).violating)).toBe(violating);
  });
});
