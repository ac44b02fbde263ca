import type { Pod } from "#api/kubernetes/core";
import type { StatefulSet } from "#api/kubernetes/workloads";
import { isPodActive, isPodAvailable, isPodReady } from "#kube/apimachinery";
import { revisionOf } from "./identity.ts";

export interface StatefulSetRevisions {
  readonly currentRevision: string;
  readonly updateRevision: string;
}

/** Source: kubernetes pkg/controller/statefulset/stateful_set_control.go, updateStatus, and stateful_set_utils.go, completeRollingUpdate. */
export function statefulSetStatus(
  set: StatefulSet,
  pods: readonly Pod[],
  { currentRevision, updateRevision }: StatefulSetRevisions,
  nowMs: number,
): NonNullable<StatefulSet["status"]> {
  const wanted = set.spec.replicas ?? 1;
  const live = pods.filter(isPodActive);
  const of = (revision: string): number => live.filter((pod) => revisionOf(pod) === revision).length;
  const ready = pods.filter(isPodReady).length;
  const updated = of(updateRevision);
  const isDone = set.spec.updateStrategy?.type !== "OnDelete" && updated === wanted && ready === wanted && pods.length === wanted;
  const current = isDone ? updated : of(currentRevision);
  return {
    ...(set.metadata.generation !== undefined && { observedGeneration: set.metadata.generation }),
    replicas: pods.length,
    ...(ready > 0 && { readyReplicas: ready }),
    ...(current > 0 && { currentReplicas: current }),
    ...(updated > 0 && { updatedReplicas: updated }),
    currentRevision: isDone ? updateRevision : currentRevision,
    updateRevision,
    collisionCount: set.status?.collisionCount ?? 0,
    availableReplicas: pods.filter((pod) => isPodAvailable(pod, set.spec.minReadySeconds ?? 0, nowMs)).length,
    ...(set.status?.conditions !== undefined && { conditions: set.status.conditions }),
  };
}
