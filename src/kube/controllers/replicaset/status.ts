import type { Condition, Pod } from "#api/kubernetes/core";
import type { ReplicaSet } from "#api/kubernetes/workloads";
import { findCondition, isPodActive, isPodAvailable, isPodReady } from "#kube/apimachinery";

/** Why the last run could not do what it planned. */
export interface ReplicaFailure {
  readonly reason: "FailedCreate" | "FailedDelete";
  readonly message: string;
}

/** What the status is computed from. */
export interface ReplicaSetObservation {
  readonly replicaSet: ReplicaSet;
  readonly pods: readonly Pod[];
  readonly failure?: ReplicaFailure | undefined;
  readonly nowMs: number;
  /** `nowMs` as the API writes it. */
  readonly now: string;
}

/**
 * The status of a replica set. Counters that are 0 are left out, except `replicas`.
 * Source: kubernetes pkg/controller/replicaset/replica_set_utils.go, calculateStatus.
 */
export function replicaSetStatus(observation: ReplicaSetObservation): NonNullable<ReplicaSet["status"]> {
  const { replicaSet } = observation;
  const { active, labeled, ready, available } = count(observation);
  const conditions = withFailure(observation);
  return {
    replicas: active,
    ...(labeled > 0 && { fullyLabeledReplicas: labeled }),
    ...(ready > 0 && { readyReplicas: ready }),
    ...(available > 0 && { availableReplicas: available }),
    ...(replicaSet.metadata.generation !== undefined && { observedGeneration: replicaSet.metadata.generation }),
    ...(conditions.length > 0 && { conditions }),
  };
}

/** One look at each pod: a set has thousands, and each wakes it. */
function count({ replicaSet: { spec }, pods, nowMs }: ReplicaSetObservation): Record<"active" | "labeled" | "ready" | "available", number> {
  const templateLabels = Object.entries(spec.template?.metadata?.labels ?? {});
  const { minReadySeconds = 0 } = spec;
  const counts = { active: 0, labeled: 0, ready: 0, available: 0 };
  for (const pod of pods) {
    if (!isPodActive(pod)) continue;
    counts.active++;
    if (templateLabels.every(([key, value]) => pod.metadata.labels?.[key] === value)) counts.labeled++;
    if (!isPodReady(pod)) continue;
    counts.ready++;
    if (minReadySeconds === 0 || isPodAvailable(pod, minReadySeconds, nowMs)) counts.available++;
  }
  return counts;
}

function withFailure({ replicaSet, failure, now }: ReplicaSetObservation): Condition[] {
  const present = replicaSet.status?.conditions ?? [];
  if (failure === undefined) return present.filter((condition) => condition.type !== "ReplicaFailure");
  if (findCondition(present, "ReplicaFailure")?.reason === failure.reason) return present;
  const others = present.filter((condition) => condition.type !== "ReplicaFailure");
  return [...others, { type: "ReplicaFailure", status: "True", lastTransitionTime: now, ...failure }];
}
