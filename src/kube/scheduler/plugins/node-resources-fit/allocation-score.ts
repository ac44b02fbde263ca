import { MAX_NODE_SCORE, type ScorePlugin } from "../../framework/plugin.ts";
import type { NodeState } from "../../node-state.ts";
import type { PodAmounts, PodToPlace } from "../../pod-to-place.ts";
import { DEFAULT_ARGUMENTS, type ScoringStrategy, type ShapePoint } from "../../profiles/plugin-arguments.ts";
import { type Allocation, allocationOf } from "./allocation.ts";

/** What a use of so much of a resource is worth. */
type ResourceScore = (requested: number, allocatable: number) => number;

/** Prefers nodes by what is left of them, as the profile's strategy says. Source: plugins/noderesources/fit.go, Score. */
export const allocationScore: ScorePlugin = {
  name: "NodeResourcesFit",
  prepare(pod, { profile }) {
    const { strategy } = profile.plugins.fit;
    const isDefault = strategy === DEFAULT_ARGUMENTS.fit.strategy;
    return { scope: "node", normalization: "none", score: isDefault ? leastOfTwo(pod.amounts) : scoreBy(strategy, pod) };
  },
};

/** LeastAllocated of cpu and memory: the common case, in which no array is gone through. */
function leastOfTwo({ scoringCpu, scoringMemory }: PodAmounts): (node: NodeState) => number {
  return (node) => {
    const cpu = leastRequested(node.scoringCpu + scoringCpu, node.allocatableCpu);
    const memory = leastRequested(node.scoringMemory + scoringMemory, node.allocatableMemory);
    const counted = (node.allocatableCpu > 0 ? 1 : 0) + (node.allocatableMemory > 0 ? 1 : 0);
    return counted === 0 ? 0 : Math.floor((cpu + memory) / counted);
  };
}

interface Part {
  readonly weight: number;
  readonly allocation: Allocation;
}

function scoreBy(strategy: ScoringStrategy, pod: PodToPlace): (node: NodeState) => number {
  const parts = strategy.resources.flatMap(({ name, weight }): Part[] => {
    const allocation = allocationOf(name, pod, "scoring");
    return allocation === undefined ? [] : [{ weight, allocation }];
  });
  if (strategy.type === "LeastAllocated") return (node) => Math.floor(mean(node, parts, leastRequested, true));
  if (strategy.type === "MostAllocated") return (node) => Math.floor(mean(node, parts, mostRequested, true));
  const worth = shapeScore(strategy.shape);
  return (node) => Math.round(mean(node, parts, worth, false));
}

/** The weighted mean over the resources that the node has. @param countsZero whether a resource that is worth nothing lowers it. */
function mean(node: NodeState, parts: readonly Part[], worth: ResourceScore, countsZero: boolean): number {
  let sum = 0;
  let weights = 0;
  for (const { weight, allocation } of parts) {
    const allocatable = allocation.allocatable(node);
    if (allocatable === 0) continue;
    const score = worth(allocation.requested(node), allocatable);
    if (score === 0 && !countsZero) continue;
    sum += score * weight;
    weights += weight;
  }
  return weights === 0 ? 0 : sum / weights;
}

/** Source: plugins/noderesources/least_allocated.go, leastRequestedScore. */
function leastRequested(requested: number, allocatable: number): number {
  return requested > allocatable || allocatable === 0 ? 0 : Math.floor(((allocatable - requested) * MAX_NODE_SCORE) / allocatable);
}

/** Source: plugins/noderesources/most_allocated.go, mostRequestedScore. */
function mostRequested(requested: number, allocatable: number): number {
  return Math.floor((Math.min(requested, allocatable) * MAX_NODE_SCORE) / allocatable);
}

/** How a shape's scores, 0…10, become those of nodes. Source: apis/config/types.go, MaxCustomPriorityScore. */
const SCALE = 10;
const FULL = 100;

/**
 * Lines from point to point of the shape. Source: plugins/noderesources/requested_to_capacity_ratio.go;
 * plugins/helper/shape_score.go, BuildBrokenLinearFunction.
 */
function shapeScore(shape: readonly ShapePoint[]): ResourceScore {
  const points = shape.map(({ utilization, score }) => ({ utilization, score: score * SCALE }));
  return (requested, allocatable) => {
    const used = requested > allocatable ? FULL : Math.floor((requested * FULL) / allocatable);
    const at = points.findIndex(({ utilization }) => used <= utilization);
    const after = at < 0 ? points.at(-1) : points[at];
    const before = at > 0 ? points[at - 1] : undefined;
    if (after === undefined) return 0;
    if (before === undefined) return after.score;
    const rise = (after.score - before.score) * (used - before.utilization);
    return before.score + Math.trunc(rise / (after.utilization - before.utilization));
  };
}
