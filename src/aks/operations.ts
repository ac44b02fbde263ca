import { type ArmResponse, type Operation, timestamp } from "#arm";
import type { AksContext } from "./context.ts";
import { clusterId, type ClusterName, poolId, type Work } from "./documents.ts";
import { refusals } from "./errors.ts";
import { requireCluster, requirePool } from "./lookup.ts";
import { ok } from "./route.ts";

/** `…/managedClusters/{c}/operations/{id}`, where `latest` names the one begun last. @throws 404. */
export function managedClusterOperation(context: AksContext, route: ClusterName, id: string): ArmResponse {
  const cluster = requireCluster(context, route).value;
  const { subscriptionId, latestOperationId: latest, work } = cluster;
  return answer(context, { subscriptionId, resourceId: clusterId(cluster) }, { id, latest, work });
}

/** The same of an agent pool; work that the pool does as part of its cluster's operation is the cluster's. @throws 404. */
export function agentPoolOperation(context: AksContext, route: ClusterName & { readonly pool: string }, id: string): ArmResponse {
  const cluster = requireCluster(context, route).value;
  const pool = requirePool(context, cluster, route.pool).value;
  const { latestOperationId: latest, work } = pool;
  return answer(context, { subscriptionId: cluster.subscriptionId, resourceId: poolId(cluster, pool.name) }, { id, latest, work });
}

/** Sources: recorded shape of previews since 2024-03; azure-docs articles/aks/manage-abort-operations.md for the word Canceling. */
function answer(
  { arm }: AksContext,
  { subscriptionId, resourceId }: { readonly subscriptionId: string; readonly resourceId: string },
  { id, latest, work }: { readonly id: string; readonly latest: string | undefined; readonly work: Work | undefined },
): ArmResponse {
  const wanted = id.toLowerCase() === "latest" ? latest : id;
  const operation = wanted === undefined ? undefined : arm.operations.get(subscriptionId, wanted);
  if (operation === undefined || !belongs(operation, resourceId)) throw refusals.operationUnknown();
  const isCanceling = work?.operationId === operation.id && work.abortion !== undefined;
  const { id: name, startMs, endMs, error } = operation;
  return ok({
    id: `${resourceId}/operations/${name}`,
    name,
    status: operation.status === "InProgress" && isCanceling ? "Canceling" : operation.status,
    startTime: timestamp(startMs),
    ...(endMs !== undefined && { endTime: timestamp(endMs) }),
    ...(error !== undefined && { error }),
  });
}

/** An operation on the resource itself, or the abort of one. */
function belongs(operation: Operation, resourceId: string): boolean {
  const about = operation.resourceId.toLowerCase();
  return about === resourceId.toLowerCase() || about === `${resourceId}/abort`.toLowerCase();
}
