import { type FilterPlugin, MAX_NODE_SCORE, type ScorePlugin } from "../../framework/plugin.ts";
import type { FilterStatus } from "../../framework/status.ts";
import type { NodeState } from "../../node-state.ts";
import type { PodAmounts } from "../../pod-to-place.ts";
import type { SchedulerRelease } from "../../release.ts";

const NAME = "NodeResourcesFit";

/** Rejects nodes that lack a resource or a place, and says every one that is missing. Source: plugins/noderesources/fit.go. */
export const nodeResourcesFit: FilterPlugin = {
  name: NAME,
  prepare: ({ amounts }, release) => ({
    scope: "node",
    check: (node) => (fits(node, amounts) ? undefined : rejectionOf(node, amounts, release)),
  }),
};

/** Prefers nodes with more cpu and memory left. Source: plugins/noderesources/least_allocated.go. */
export const leastAllocatedScore: ScorePlugin = {
  name: NAME,
  prepare: ({ amounts: { scoringCpu, scoringMemory } }) => ({
    scope: "node",
    normalization: "none",
    score(node) {
      const cpu = shareLeft(node.scoringCpu + scoringCpu, node.allocatableCpu);
      const memory = shareLeft(node.scoringMemory + scoringMemory, node.allocatableMemory);
      const counted = (node.allocatableCpu > 0 ? 1 : 0) + (node.allocatableMemory > 0 ? 1 : 0);
      return counted === 0 ? 0 : Math.floor((cpu + memory) / counted);
    },
  }),
};

function shareLeft(requested: number, allocatable: number): number {
  return requested > allocatable || allocatable === 0 ? 0 : Math.floor(((allocatable - requested) * MAX_NODE_SCORE) / allocatable);
}

/** The common case: no array is made and nothing is looked up. */
function fits(node: NodeState, { cpu, memory, ephemeralStorage, extended }: PodAmounts): boolean {
  return (
    node.podCount < node.allocatablePods &&
    (cpu === 0 || cpu <= node.allocatableCpu - node.requestedCpu) &&
    (memory === 0 || memory <= node.allocatableMemory - node.requestedMemory) &&
    (ephemeralStorage === 0 || ephemeralStorage <= node.allocatableEphemeralStorage - node.requestedEphemeralStorage) &&
    extended.every(([resource, amount]) => amount <= extendedLeft(node, resource))
  );
}

function extendedLeft(node: NodeState, resource: string): number {
  return (node.allocatableExtended.get(resource) ?? 0) - (node.requestedExtended.get(resource) ?? 0);
}

function rejectionOf(node: NodeState, amounts: PodAmounts, release: SchedulerRelease): FilterStatus {
  const reasons: string[] = [];
  let isOversize = false;
  const compare = (resource: string, amount: number, allocatable: number, requested: number): void => {
    if (amount === 0 || amount <= allocatable - requested) return;
    reasons.push(`Insufficient ${resource}`);
    if (amount > allocatable) isOversize = true;
  };
  if (node.podCount >= node.allocatablePods) reasons.push(release.tooManyPodsReason);
  compare("cpu", amounts.cpu, node.allocatableCpu, node.requestedCpu);
  compare("memory", amounts.memory, node.allocatableMemory, node.requestedMemory);
  compare("ephemeral-storage", amounts.ephemeralStorage, node.allocatableEphemeralStorage, node.requestedEphemeralStorage);
  for (const [resource, amount] of amounts.extended) {
    compare(resource, amount, node.allocatableExtended.get(resource) ?? 0, node.requestedExtended.get(resource) ?? 0);
  }
  const code = isOversize && release.isOversizeUnresolvable ? "UnschedulableAndUnresolvable" : "Unschedulable";
  return { code, plugins: [NAME], reasons };
}
