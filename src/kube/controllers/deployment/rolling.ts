import type { Deployment, ReplicaSet } from "#api/kubernetes/workloads";
import { byCreation, isRolling, maxSurge, maxUnavailable, replicasOf, totalAvailable, totalReplicas } from "./replica-sets.ts";

/** A replica set and the size it is to get. */
export interface Resize {
  readonly replicaSet: ReplicaSet;
  readonly replicas: number;
}

/**
 * The size that the new replica set may have now.
 * @param all every replica set of the deployment.
 * @param present its size, 0 when it does not exist yet.
 * Source: kubernetes deployment_util.go, NewRSNewReplicas.
 */
export function newReplicas(deployment: Deployment, all: readonly ReplicaSet[], present: number): number {
  const wanted = replicasOf(deployment);
  if (!isRolling(deployment)) return wanted;
  const room = wanted + maxSurge(deployment) - totalReplicas(all);
  return room <= 0 ? present : present + Math.min(room, wanted - present);
}

/** Brings the new replica set nearer to the deployment's size. Source: kubernetes deployment/rolling.go, reconcileNewReplicaSet. */
export function resizeNew(deployment: Deployment, all: readonly ReplicaSet[], newest: ReplicaSet): readonly Resize[] {
  const wanted = replicasOf(deployment);
  const present = replicasOf(newest);
  const replicas = present > wanted ? wanted : newReplicas(deployment, all, present);
  return replicas === present ? [] : [{ replicaSet: newest, replicas }];
}

/**
 * Takes from the old replica sets as much as availability allows: first pods that are not available anyway, the oldest
 * replica set first, then available ones. Source: kubernetes deployment/rolling.go, reconcileOldReplicaSets.
 */
export function resizeOld(deployment: Deployment, newest: ReplicaSet, old: readonly ReplicaSet[]): readonly Resize[] {
  const all = [...old, newest];
  const minAvailable = replicasOf(deployment) - maxUnavailable(deployment);
  const newUnavailable = replicasOf(newest) - (newest.status?.availableReplicas ?? 0);
  const budget = totalReplicas(all) - minAvailable - newUnavailable;
  if (totalReplicas(old) === 0 || budget <= 0) return [];

  const sizes = new Map(byCreation(old).map((replicaSet) => [replicaSet, replicasOf(replicaSet)]));
  takeUnavailable(sizes, budget);
  takeAvailable(sizes, totalAvailable(all) - minAvailable);
  return [...sizes]
    .filter(([replicaSet, replicas]) => replicas !== replicasOf(replicaSet))
    .map(([replicaSet, replicas]) => ({ replicaSet, replicas }));
}

function takeUnavailable(sizes: Map<ReplicaSet, number>, budget: number): void {
  let left = budget;
  for (const [replicaSet, size] of sizes) {
    const taken = Math.min(left, Math.max(size - (replicaSet.status?.availableReplicas ?? 0), 0));
    sizes.set(replicaSet, size - taken);
    left -= taken;
  }
}

function takeAvailable(sizes: Map<ReplicaSet, number>, budget: number): void {
  let left = Math.max(budget, 0);
  for (const [replicaSet, size] of sizes) {
    const taken = Math.min(left, size);
    sizes.set(replicaSet, size - taken);
    left -= taken;
  }
}
