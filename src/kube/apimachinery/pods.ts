import type { Condition, Node, Pod } from "#api/kubernetes/core";
import type { PodDisruptionBudget } from "#api/kubernetes/workloads";
import { matchesLabelSelector } from "./labels.ts";
import { controllerOf } from "./owner-references.ts";
import { parseTime } from "./time.ts";

/** The condition of this type, if there is one. */
export function findCondition<T extends Pick<Condition, "type">>(conditions: readonly T[] | null | undefined, type: string): T | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** Whether the pod's Ready condition is True. */
export function isPodReady(pod: Pod): boolean {
  return findCondition(pod.status?.conditions, "Ready")?.status === "True";
}

/** Whether the node's Ready condition is True. */
export function isNodeReady({ status }: Node): boolean {
  return findCondition(status?.conditions, "Ready")?.status === "True";
}

/** Whether the pod has ended, well or not; it holds no resources any more. */
export function isPodTerminal(pod: Pod): boolean {
  return pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
}

/** Whether the pod counts for its controller: it has not ended and nobody has deleted it. */
export function isPodActive(pod: Pod): boolean {
  return !isPodTerminal(pod) && pod.metadata.deletionTimestamp === undefined;
}

/**
 * Whether the pod has been ready for at least `minReadySeconds`.
 * Source: pkg/api/v1/pod/util.go, IsPodAvailable.
 */
export function isPodAvailable(pod: Pod, minReadySeconds: number, nowMs: number): boolean {
  const ready = findCondition(pod.status?.conditions, "Ready");
  if (ready?.status !== "True") return false;
  if (minReadySeconds === 0) return true;
  const since = parseTime(ready.lastTransitionTime);
  return since !== undefined && since + minReadySeconds * 1000 <= nowMs;
}

/** Whether a daemon set runs the pod. */
export function isDaemonPod(pod: Pod): boolean {
  return controllerOf(pod)?.kind === "DaemonSet";
}

/** Whether the budget is one of the pod's: of its namespace, and selecting it. */
export function isCoveredBy({ metadata: { namespace, labels } }: Pod, { metadata, spec }: PodDisruptionBudget): boolean {
  return metadata.namespace === namespace && matchesLabelSelector(spec.selector, labels);
}

/** Whether the pod is one of the mirror pods that a kubelet makes of its manifest files. */
export function isMirrorPod(pod: Pod): boolean {
  return pod.metadata.annotations?.["kubernetes.io/config.mirror"] !== undefined;
}

/**
 * The conditions with one of them set. `lastTransitionTime` changes only with the status.
 * Source: pkg/api/v1/pod/util.go, UpdatePodCondition.
 */
export function withCondition(conditions: readonly Condition[] | undefined, condition: Condition): Condition[] {
  const others = conditions ?? [];
  const index = others.findIndex((each) => each.type === condition.type);
  const previous = others[index];
  if (previous === undefined) return [...others, condition];
  const kept = previous.status === condition.status ? previous.lastTransitionTime : condition.lastTransitionTime;
  return others.with(index, kept === undefined ? condition : { ...condition, lastTransitionTime: kept });
}

/** Classes that exist in every cluster; source: pkg/apis/scheduling/types.go. */
export const SYSTEM_PRIORITIES: Readonly<Record<string, number>> = {
  "system-cluster-critical": 2_000_000_000,
  "system-node-critical": 2_000_001_000,
};
