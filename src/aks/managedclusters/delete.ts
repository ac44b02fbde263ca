import type { ArmRequest, ArmResponse } from "#arm";
import type { Document } from "#store";
import { deleting } from "../agentpools/delete.ts";
import { endOperation } from "../agentpools/ending.ts";
import { commit, type Change } from "../commit.ts";
import { checkPreconditions } from "../preconditions.ts";
import type { AksContext } from "../context.ts";
import { type ClusterName, clusterKey, type StoredCluster } from "../documents.ts";
import { preempted } from "../errors.ts";
import { poolDocuments, requireCluster } from "../lookup.ts";
import { beginClusterOperation, withClusterWork } from "./work.ts";

/**
 * DELETE of a managed cluster: 202 with an operation. It preempts whatever runs on the cluster and its pools; a cluster
 * that is being deleted already answers with the operation under way. @throws {ArmError} 404 for an absent one, as recorded.
 */
export async function deleteManagedCluster(context: AksContext, request: ArmRequest, route: ClusterName): Promise<ArmResponse> {
  const operationId = await commit(context, () => {
    const document = requireCluster(context, route);
    checkPreconditions(request, document.value.eTag, "managed cluster");
    return deleteCluster(context, document);
  });
  const operation = context.arm.operations.get(route.subscriptionId, operationId);
  const headers = operation === undefined ? {} : context.arm.operations.headers(request, operation, { location: true });
  return { status: 202, layout: "provider", headers };
}

/** Begins the deletion of a cluster without a request: its group is being deleted. Absent or begun already is fine. */
export async function beginClusterDeletion(context: AksContext, route: ClusterName): Promise<void> {
  await commit(context, () => {
    const document = context.clusters.get(clusterKey(route));
    return document === undefined ? { compares: [], ops: [], result: "" } : deleteCluster(context, document);
  });
}

function deleteCluster(context: AksContext, document: Document<StoredCluster>): Change<string> {
  const { id, value: cluster } = document;
  if (cluster.work?.kind === "Deleting" && cluster.work.operationId !== undefined) {
    return { compares: [], ops: [], result: cluster.work.operationId };
  }
  const pools = poolDocuments(context, cluster);
  const { operation, op } = beginClusterOperation(context, cluster, "Deleting");
  const outcome = { status: "Failed", error: preempted.byDelete } as const;
  const ended = [cluster.work, ...pools.map(({ value }) => value.work)].flatMap((work) =>
    endOperation(context, cluster.subscriptionId, work, outcome),
  );
  const startedMs = context.clock.now();
  return {
    compares: [context.clusters.unchanged(id, document), ...pools.map((pool) => context.pools.unchanged(pool.id, pool))],
    ops: [
      context.clusters.put(id, withClusterWork(cluster, { kind: "Deleting", operationId: operation.id, startedMs })),
      ...pools.map((pool) => context.pools.put(pool.id, deleting(context, pool.value))),
      ...ended,
      op,
    ],
    result: operation.id,
  };
}
