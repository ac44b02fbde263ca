import { MAX_NODE_SCORE, type ScorePlugin } from "../../framework/plugin.ts";

/**
 * Prefers nodes whose cpu and memory are used to a like degree: 100 less half the distance between the two shares.
 * Source: plugins/noderesources/balanced_allocation.go (two resources, so the standard deviation is half the distance).
 */
export const balancedAllocationScore: ScorePlugin = {
  name: "NodeResourcesBalancedAllocation",
  prepare: ({ amounts: { cpu, memory } }) => ({
    scope: "node",
    normalization: "none",
    score(node) {
      if (node.allocatableCpu === 0 || node.allocatableMemory === 0) return MAX_NODE_SCORE;
      const cpuShare = Math.min((node.requestedCpu + cpu) / node.allocatableCpu, 1);
      const memoryShare = Math.min((node.requestedMemory + memory) / node.allocatableMemory, 1);
      return Math.floor((1 - Math.abs(cpuShare - memoryShare) / 2) * MAX_NODE_SCORE);
    },
  }),
};
