import type { Diagnosis } from "./framework/placement.ts";
import type { PreemptionResult } from "./preemption/preemption.ts";
import type { SchedulerRelease } from "./release.ts";

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
 * Source: pkg/scheduler/framework/types.go, FitError; framework/preemption/preemption.go.
 */
export function fitMessage({ nodeCount, reasons, refusal }: Diagnosis, release: SchedulerRelease, preemption: PreemptionResult): string {
  if (nodeCount === 0) return NO_NODES_MESSAGE;
  const message =
    refusal !== undefined && release.tellsRefusalOnce
      ? `0/${nodeCount} nodes are available: ${refusal.reasons.join(", ")}.`
      : availability(nodeCount, reasons);
  if (release.preemptionSuffix === "none" || preemption.kind === "nominated") return message;
  const found = preemption.kind === "ineligible" ? preemption.message : availability(nodeCount, preemption.reasons);
  return `${message} ${release.beforePreemption} ${found}${release.preemptionSuffix === "two stops" ? "." : ""}`;
}

function availability(nodeCount: number, reasons: ReadonlyMap<string, number>): string {
  const counted = [...reasons].map(([reason, count]) => `${count} ${reason}`).sort();
  return `0/${nodeCount} nodes are available: ${counted.join(", ")}.`;
}
