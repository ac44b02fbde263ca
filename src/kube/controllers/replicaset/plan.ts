import type { Pod } from "#api/kubernetes/core";
import type { ReplicaSet } from "#api/kubernetes/workloads";
import { isPodActive } from "#kube/apimachinery";
import { type DeletionOrderOptions, inDeletionOrder } from "./deletion-order.ts";

/** Pods created or deleted in one run at most. Source: kubernetes pkg/controller/replicaset/replica_set.go, BurstReplicas. */
export const BURST_REPLICAS = 500;

/** What one run of a replica set does to its pods. */
export type ReplicaSetPlan =
  | { readonly kind: "none" }
  | { readonly kind: "create"; readonly count: number }
  | { readonly kind: "delete"; readonly pods: readonly Pod[] };

/**
 * The step from the pods there are to `spec.replicas`.
 * @param pods owned by the replica set; those that have ended or are being deleted do not count.
 * Source: kubernetes pkg/controller/replicaset/replica_set.go, manageReplicas.
 */
export function planReplicas(replicaSet: ReplicaSet, pods: readonly Pod[], order: DeletionOrderOptions): ReplicaSetPlan {
  if (replicaSet.metadata.deletionTimestamp !== undefined) return { kind: "none" };
  const active = pods.filter(isPodActive);
  const missing = (replicaSet.spec.replicas ?? 1) - active.length;
  if (missing > 0) return { kind: "create", count: Math.min(missing, BURST_REPLICAS) };
  if (missing === 0) return { kind: "none" };
  return { kind: "delete", pods: inDeletionOrder(active, order).slice(0, Math.min(-missing, BURST_REPLICAS)) };
}
