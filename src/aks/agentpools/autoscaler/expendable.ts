import type { Pod } from "#api/kubernetes/core";

/** Pods of a lower priority wait without nodes, and keep none. Source: cluster-autoscaler FAQ.md, expendable-pods-priority-cutoff. */
const EXPENDABLE_BELOW = -10;

/** Whether the pod is of so low a priority that nothing is done for it. Source: cluster-autoscaler core/utils/expendable.go. */
export function isExpendable({ spec }: Pick<Pod, "spec">): boolean {
  return (spec.priority ?? 0) < EXPENDABLE_BELOW;
}
