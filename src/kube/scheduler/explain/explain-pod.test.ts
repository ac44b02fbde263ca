import { describe, expect, it } from "vitest";
import type { Pod } from "#api/kubernetes/core";
import type { PodExplanation } from "#api/explain";
import type { SchedulerCache } from "../cache.ts";
import { podToPlace } from "../pod-to-place.ts";
import { defaultProfile } from "../profiles/profile.ts";
import { cacheOf } from "../testing/cluster-of-nodes.ts";
import { makePod } from "../testing/objects.ts";
import { explainPod } from "./explain-pod.ts";

const GPU_TAINT = { key: "sku", value: "gpu", effect: "NoSchedule" as const };
const small = { cpu: "1", memory: "2Gi", pods: "110" };
const large = { cpu: "8", memory: "32Gi", pods: "110" };
const PROFILE = defaultProfile("1.35.0");
const explain = (cache: SchedulerCache, pod: Pod): PodExplanation =>
  explainPod(pod, { cache, profile: pod.spec.schedulerName === PROFILE.name ? PROFILE : undefined, version: "1.35.0" });

function threePools(): SchedulerCache {
  return cacheOf({
    a1: { labels: { agentpool: "small" }, allocatable: small },
    a2: { labels: { agentpool: "small" }, allocatable: small },
    g1: { labels: { "kubernetes.azure.com/agentpool": "gpu" }, taints: [GPU_TAINT], allocatable: large },
    b1: { labels: { agentpool: "big" }, allocatable: large },
    b2: { labels: { agentpool: "big" }, allocatable: large, pods: [makePod("busy", {}, { cpu: "4" })] },
    lone: { unschedulable: true, allocatable: large },
  });
}

describe("explainPod", () => {
  it("counts refusals by pool and plugin, and scores the best nodes", () => {
    const explanation = explain(threePools(), makePod("new", {}, { cpu: "3", memory: "4Gi" }));
    expect(explanation).toMatchObject({ namespace: "default", name: "new", standing: "waiting", nodeCount: 6, feasibleCount: 2 });
    expect(explanation.pools).toEqual([
      {
        name: "",
        nodeCount: 1,
        feasibleCount: 0,
        refusals: [{ plugin: "NodeUnschedulable", reason: "node(s) were unschedulable", nodeCount: 1 }],
      },
      { name: "big", nodeCount: 2, feasibleCount: 2, refusals: [] },
      {
        name: "gpu",
        nodeCount: 1,
        feasibleCount: 0,
        refusals: [{ plugin: "TaintToleration", reason: "node(s) had untolerated taint(s)", nodeCount: 1 }],
      },
      {
        name: "small",
        nodeCount: 2,
        feasibleCount: 0,
        refusals: [
          { plugin: "NodeResourcesFit", reason: "Insufficient cpu", nodeCount: 2 },
          { plugin: "NodeResourcesFit", reason: "Insufficient memory", nodeCount: 2 },
        ],
      },
    ]);
    expect(explanation.bestNodes.map(({ name, pool }) => [name, pool])).toEqual([
      ["b1", "big"],
      ["b2", "big"],
    ]);
    for (const { total, scores } of explanation.bestNodes) {
      expect(scores.map(({ plugin }) => plugin)).toEqual(["TaintToleration", "NodeResourcesFit", "NodeResourcesBalancedAllocation"]);
      expect(total).toBe(scores.reduce((sum, { weight, score }) => sum + weight * score, 0));
    }
  });

  it("takes a pod that is on a node for one that is not, and puts it back", () => {
    const cache = threePools();
    const pod = { ...makePod("web", { nodeName: "b1" }, { cpu: "8" }) };
    cache.addPod("default/web", pod, "b1");
    expect(explain(cache, pod)).toMatchObject({ standing: "placed", nodeName: "b1", feasibleCount: 1, bestNodes: [{ name: "b1" }] });
    expect(cache.byName("b1")?.requestedCpu).toBe(8000);
  });

  it("says where room is being made, and leaves it to those nominated", () => {
    const cache = cacheOf({ n1: { allocatable: small } });
    const high = makePod("high", { priority: 10 }, { cpu: "1" });
    cache.nominations.nominate(podToPlace(high), "n1");
    expect(explain(cache, high)).toMatchObject({ standing: "waiting", nominatedNodeName: "n1", feasibleCount: 1 });
    expect(explain(cache, makePod("low", {}, { cpu: "1" }))).toMatchObject({ feasibleCount: 0 });
  });

  it.each<[string, Partial<Pod["spec"]>, Partial<Pod>, PodExplanation["standing"]]>([
    ["gated", { schedulingGates: [{ name: "example.com/wait" }] }, {}, "gated"],
    ["another scheduler's", { schedulerName: "mine" }, {}, "foreign"],
    ["ended", { nodeName: "n1" }, { status: { phase: "Succeeded" } }, "ended"],
    ["being deleted", {}, { metadata: { name: "new", namespace: "default", deletionTimestamp: "2026-01-01T00:00:00Z" } }, "deleted"],
  ])("knows a pod that is %s", (_name, spec, rest, standing) => {
    expect(explain(cacheOf({ n1: {} }), { ...makePod("new", spec), ...rest }).standing).toBe(standing);
  });

  it("says why no node was looked at", () => {
    const pod = makePod("new", { volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }] });
    expect(explain(cacheOf({ n1: {} }), pod)).toMatchObject({ refusal: 'persistentvolumeclaim "data" not found', feasibleCount: 0 });
  });

  it("tells the profile with its weights, but not of pods of other schedulers", () => {
    const scores = PROFILE.scores.map(({ name: plugin, weight }) => ({ plugin, weight }));
    expect(explain(cacheOf({ n1: {} }), makePod("new")).profile).toEqual({
      name: "default-scheduler",
      filters: PROFILE.filterOrder.flat(),
      scores,
      percentageOfNodesToScore: 0,
    });
    expect(explain(cacheOf({ n1: {} }), makePod("new", { schedulerName: "mine" })).profile).toBeUndefined();
  });
});
