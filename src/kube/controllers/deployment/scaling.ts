import type { Deployment, ReplicaSet } from "#api/kubernetes/workloads";
import { byCreation, isRolling, maxSurge, replicasOf, sizedFor, totalReplicas } from "./replica-sets.ts";
import type { Resize } from "./rolling.ts";

/**
 * The sizes of the replica sets after the deployment was given another size, also in the middle of a rollout: then the
 * change is spread over the active replica sets in proportion to their sizes, larger ones first, what rounding leaves to
 * the largest. Source: kubernetes pkg/controller/deployment/sync.go, scale.
 */
export function scaleAll(deployment: Deployment, newest: ReplicaSet | undefined, old: readonly ReplicaSet[]): readonly Resize[] {
  const all = newest === undefined ? [...old] : [...old, newest];
  const active = all.filter((replicaSet) => replicasOf(replicaSet) > 0);
  const only = active.length > 1 ? undefined : (active[0] ?? newest ?? byCreation(old).at(-1));
  if (only !== undefined)
    return replicasOf(only) === replicasOf(deployment) ? [] : [{ replicaSet: only, replicas: replicasOf(deployment) }];
  if (newest !== undefined && isSaturated(deployment, newest)) {
    return old.filter((replicaSet) => replicasOf(replicaSet) > 0).map((replicaSet) => ({ replicaSet, replicas: 0 }));
  }
  return isRolling(deployment) ? proportionally(deployment, active) : [];
}

function isSaturated(deployment: Deployment, newest: ReplicaSet): boolean {
  const wanted = replicasOf(deployment);
  return replicasOf(newest) === wanted && newest.status?.availableReplicas === wanted;
}

function proportionally(deployment: Deployment, active: readonly ReplicaSet[]): readonly Resize[] {
  const wanted = replicasOf(deployment);
  const allowed = wanted > 0 ? wanted + maxSurge(deployment) : 0;
  const toAdd = allowed - totalReplicas(active);
  const created = byCreation(active);
  // Growing, the newer of two as large comes first; shrinking, the older.
  const ordered = (toAdd > 0 ? created.toReversed() : created).sort((a, b) => replicasOf(b) - replicasOf(a));
  const sizes = ordered.map(replicasOf);
  let added = 0;
  for (const [index, replicaSet] of ordered.entries()) {
    if (toAdd === 0) break;
    const share = clampTowards(shareOf(replicaSet, deployment), toAdd - added);
    sizes[index] = Math.max(replicasOf(replicaSet) + share, 0);
    added += share;
  }
  if (sizes[0] !== undefined) sizes[0] = Math.max(sizes[0] + toAdd - added, 0);
  return ordered.map((replicaSet, index) => ({ replicaSet, replicas: sizes[index] ?? 0 }));
}

/** What the replica set should gain (or lose, negative) by its part of the former whole. */
function shareOf(replicaSet: ReplicaSet, deployment: Deployment): number {
  const present = replicasOf(replicaSet);
  const wanted = replicasOf(deployment);
  if (wanted === 0) return -present;
  const formerly = sizedFor(replicaSet) ?? deployment.status?.replicas ?? present;
  if (formerly === 0) return 0;
  return Math.round((present * (wanted + maxSurge(deployment))) / formerly) - present;
}

function clampTowards(share: number, left: number): number {
  return left > 0 ? Math.min(Math.max(share, 0), left) : Math.max(Math.min(share, 0), left);
}
