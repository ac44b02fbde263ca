import type { PodDisruptionBudget } from "#api/kubernetes/workloads";
import { matchesLabelSelector } from "#kube/apimachinery";
import type { PodToPlace } from "../pod-to-place.ts";

/** Pods whose going a disruption budget forbids, and the others; both in the order in which they came. */
export interface ByBudget {
  readonly violating: readonly PodToPlace[];
  readonly free: readonly PodToPlace[];
}

/**
 * Tells the pods apart if all of them had to go, in this order, each using up the budgets that it falls under.
 * Source: plugins/defaultpreemption/default_preemption.go, filterPodsWithPDBViolation.
 */
export function splitByBudget(pods: readonly PodToPlace[], budgets: Iterable<PodDisruptionBudget>): ByBudget {
  const left = [...budgets].map((budget) => ({ budget, allowed: budget.status?.disruptionsAllowed ?? 0 }));
  const violating: PodToPlace[] = [];
  const free: PodToPlace[] = [];
  for (const pod of pods) {
    let isViolating = false;
    for (const each of left) {
      if (!isProtected(pod, each.budget)) continue;
      each.allowed--;
      if (each.allowed < 0) isViolating = true;
    }
    (isViolating ? violating : free).push(pod);
  }
  return { violating, free };
}

/** A budget without a selector, or with an empty one, is no pod's; pods that were evicted under it already are counted. */
function isProtected({ namespace, labels, pod }: PodToPlace, { metadata, spec, status }: PodDisruptionBudget): boolean {
  const { matchLabels = {}, matchExpressions = [] } = spec.selector ?? {};
  if (metadata.namespace !== namespace || Object.keys(labels ?? {}).length === 0) return false;
  if (Object.keys(matchLabels).length + matchExpressions.length === 0 || !matchesLabelSelector(spec.selector, labels)) return false;
  return !Object.hasOwn(status?.disruptedPods ?? {}, pod.metadata.name);
}
