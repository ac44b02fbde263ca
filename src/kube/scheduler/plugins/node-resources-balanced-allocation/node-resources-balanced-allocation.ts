import { MAX_NODE_SCORE, type ScorePlugin } from "../../framework/plugin.ts";
import type { NodeState } from "../../node-state.ts";
import type { PodAmounts, PodToPlace } from "../../pod-to-place.ts";
import { DEFAULT_ARGUMENTS } from "../../profiles/plugin-arguments.ts";
import { allocationOf, requestOf } from "../node-resources-fit/allocation.ts";

/**
 * Prefers nodes whose resources are used to a like degree: 100 less the standard deviation of the shares in use.
 * Source: plugins/noderesources/balanced_allocation.go.
 */
export const balancedAllocationScore: ScorePlugin = {
  name: "NodeResourcesBalancedAllocation",
  prepare(pod, { profile: { release, plugins } }) {
    const { resources } = plugins.balancedAllocation;
    if (release.balancesOnlyRequests && resources.every((resource) => requestOf(resource, pod) === 0)) return undefined;
    const isDefault = resources === DEFAULT_ARGUMENTS.balancedAllocation.resources;
    return { scope: "node", normalization: "none", score: isDefault ? balanceOfTwo(pod.amounts) : balanceOf(resources, pod) };
  },
};

/** Of cpu and memory: the standard deviation of two is half their distance. */
function balanceOfTwo({ cpu, memory }: PodAmounts): (node: NodeState) => number {
  return (node) => {
    if (node.allocatableCpu === 0 || node.allocatableMemory === 0) return MAX_NODE_SCORE;
    const cpuShare = Math.min((node.requestedCpu + cpu) / node.allocatableCpu, 1);
    const memoryShare = Math.min((node.requestedMemory + memory) / node.allocatableMemory, 1);
    return Math.floor((1 - Math.abs(cpuShare - memoryShare) / 2) * MAX_NODE_SCORE);
  };
}

function balanceOf(resources: readonly string[], pod: PodToPlace): (node: NodeState) => number {
  const allocations = resources.map((resource) => allocationOf(resource, pod, "requests")).filter((each) => each !== undefined);
  return (node) => {
    const shares = allocations
      .map(({ allocatable, requested }) => ({ of: allocatable(node), used: requested(node) }))
      .filter(({ of }) => of !== 0)
      .map(({ of, used }) => Math.min(used / of, 1));
    return Math.floor((1 - deviation(shares)) * MAX_NODE_SCORE);
  };
}

function deviation(shares: readonly number[]): number {
  const [first = 0, second = 0] = shares;
  if (shares.length < 2) return 0;
  if (shares.length === 2) return Math.abs((first - second) / 2);
  const average = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  return Math.sqrt(shares.reduce((sum, share) => sum + (share - average) ** 2, 0) / shares.length);
}
