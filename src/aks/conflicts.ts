import type { ArmRequest } from "#arm";
import type { StoredCluster, StoredPool } from "./documents.ts";
import { refusals } from "./errors.ts";

/**
 * Refuses a change of a pool while its cluster or the pool itself is worked on. Different pools may work at the same time.
 * Sources: recorded 409 of a PUT while the cluster was Updating; Azure/AKS CHANGELOG 2019, no PUT while a pool is deleted.
 */
export function refusePoolChange(cluster: StoredCluster, pool: StoredPool | undefined): void {
  if (cluster.work !== undefined) throw refusals.clusterBusy(cluster.work.kind);
  if (pool?.work !== undefined) throw refusals.agentPoolBusy(pool.name, pool.work.kind);
}

/** Refuses a change of a cluster while it, or one of its pools, is worked on. */
export function refuseClusterChange(cluster: StoredCluster, pools: readonly StoredPool[]): void {
  if (cluster.work !== undefined) throw refusals.clusterBusy(cluster.work.kind);
  const busy = pools.find((pool) => pool.work !== undefined);
  if (busy?.work !== undefined) throw refusals.agentPoolBusy(busy.name, busy.work.kind);
}

/**
 * Refuses the deletion of a pool while its cluster is worked on. Work on the pool itself is preempted by its deletion.
 * Unverified: that AKS lets a deletion preempt work on the same pool; its docs name the code AKSOperationPreemptedByDelete.
 */
export function refusePoolDeletion(cluster: StoredCluster): void {
  if (cluster.work !== undefined) throw refusals.deleteWhileBusy(cluster);
}

/**
 * `If-Match` and `If-None-Match`. Source: Azure/azure-rest-api-specs managedClusters.json 2024-09-01.
 * @param etag of what is stored; undefined when there is nothing.
 * @throws {ProviderError} 412 PreconditionFailed.
 */
export function checkPreconditions(request: Pick<ArmRequest, "headers">, etag: unknown, what: string): void {
  const match = request.headers["if-match"];
  if (match !== undefined && match !== "" && !holds(match, etag)) throw refusals.preconditionFailed(what);
  const noneMatch = request.headers["if-none-match"];
  if (noneMatch !== undefined && noneMatch !== "" && holds(noneMatch, etag)) throw refusals.preconditionFailed(what);
}

function holds(header: string, etag: unknown): boolean {
  if (header.trim() === "*") return etag !== undefined;
  return header.split(",").some((value) => value.trim().replace(/^(?:W\/)?"(.*)"$/, "$1") === etag);
}
