import type { Diagnosis } from "./framework/placement.ts";
import type { PreemptionResult } from "./preemption/preemption.ts";
import type { SchedulerProfile } from "./profiles/profile.ts";

/** What is said while the cluster has no node at all. Source: pkg/scheduler/scheduler.go, ErrNoNodesAvailable. */
export const NO_NODES_MESSAGE = "no nodes available to schedule pods";

/**
 * The message of the FailedScheduling event and of the PodScheduled condition: reasons counted over nodes and sorted as
 * texts, then what preemption found. Where it found victims it adds nothing.
 *
 * ```
 *   0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint(s). no new claims to deallocate, preemption:
 *   0/3 nodes are available: 1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.
 * ```
 *
 * Source: pkg/scheduler/framework/types.go, FitError; framework/runtime/framework.go, RunPostFilterPlugins;
 * plugins/dynamicresources/dynamicresources.go, PostFilter; framework/preemption/preemption.go.
 */
export function fitMessage(diagnosis: Diagnosis, profile: SchedulerProfile, preemption: PreemptionResult): string {
  const { nodeCount, reasons, refusal } = diagnosis;
  const { release } = profile;
  if (nodeCount === 0) return NO_NODES_MESSAGE;
  const message =
    refusal !== undefined && release.tellsRefusalOnce
      ? `0/${nodeCount} nodes are available: ${refusal.reasons.join(", ")}.`
      : availability(nodeCount, reasons);
  if (release.preemptionSuffix === "none" || preemption.kind === "nominated") return message;
  const found = profile.postFilters.map((plugin) =>
    plugin === "DynamicResources" ? NO_CLAIMS : `preemption: ${foundBy(preemption, nodeCount)}`,
  );
  if (found.length === 0) return message;
  return `${message} ${found.join(", ")}${release.preemptionSuffix === "two stops" ? "." : ""}`;
}

const NO_CLAIMS = "no new claims to deallocate";

function foundBy(preemption: PreemptionResult, nodeCount: number): string {
  if (preemption.kind === "ineligible") return preemption.message;
  return preemption.kind === "none" ? availability(nodeCount, preemption.reasons) : "";
}

function availability(nodeCount: number, reasons: ReadonlyMap<string, number>): string {
  const counted = [...reasons].map(([reason, count]) => `${count} ${reason}`).sort();
  return `0/${nodeCount} nodes are available: ${counted.join(", ")}.`;
}
