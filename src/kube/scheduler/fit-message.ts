import type { Diagnosis } from "./framework/placement.ts";
import type { SchedulerRelease } from "./release.ts";

/** What is said while the cluster has no node at all. Source: pkg/scheduler/scheduler.go, ErrNoNodesAvailable. */
export const NO_NODES_MESSAGE = "no nodes available to schedule pods";

const NOT_HELPFUL = "Preemption is not helpful for scheduling";
const NO_VICTIMS = "No preemption victims found for incoming pod";

/**
 * The message of the FailedScheduling event and of the PodScheduled condition: reasons counted over nodes and sorted as texts.
 *
 * ```
 *   0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint(s). preemption: 0/3 nodes are available:
 *   1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.
 * ```
 *
 * Differs from AKS: no pod is preempted, so nodes with pods of lower priority count as having no victims.
 * Source: pkg/scheduler/framework/types.go, FitError; framework/preemption/preemption.go.
 */
export function fitMessage(diagnosis: Diagnosis, release: SchedulerRelease, preemptionPolicy: string | undefined): string {
  const { nodeCount, reasons, resolvableCount } = diagnosis;
  if (nodeCount === 0) return NO_NODES_MESSAGE;
  const message = availability(nodeCount, reasons);
  if (release.preemptionSuffix === "none") return message;
  if (preemptionPolicy === "Never") return `${message} preemption: not eligible due to preemptionPolicy=Never.`;
  const outcomes = new Map<string, number>();
  if (resolvableCount > 0) outcomes.set(NO_VICTIMS, resolvableCount);
  if (resolvableCount < nodeCount) outcomes.set(NOT_HELPFUL, nodeCount - resolvableCount);
  return `${message} preemption: ${availability(nodeCount, outcomes)}${release.preemptionSuffix === "two stops" ? "." : ""}`;
}

function availability(nodeCount: number, reasons: ReadonlyMap<string, number>): string {
  const counted = [...reasons].map(([reason, count]) => `${count} ${reason}`).sort();
  return `0/${nodeCount} nodes are available: ${counted.join(", ")}.`;
}
