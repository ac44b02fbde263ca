import type { ArmRequest, ArmResponse } from "#arm";
import { abortAnswer, beginAbortion } from "../agentpools/abort.ts";
import { commit } from "../commit.ts";
import type { AksContext } from "../context.ts";
import { type Abortion, clusterId, type ClusterName, type PoolWork, type StoredPool } from "../documents.ts";
import { refusals } from "../errors.ts";
import { poolDocuments, poolsInOrder, requireCluster } from "../lookup.ts";
import { answerCluster } from "./answer.ts";

/**
 * POST `abort` of a cluster: 202 with the cluster as it is until then, and an operation that succeeds when the work has been
 * canceled, on the cluster and on the pools that take part. What was done stays, and the next PUT takes it up.
 * Source: azure-docs articles/aks/manage-abort-operations.md.
 * @throws {ArmError | ProviderError} 404; 409 when nothing is under way, or the cluster is being deleted.
 */
export async function abortManagedCluster(context: AksContext, request: ArmRequest, route: ClusterName): Promise<ArmResponse> {
  const { cluster, operationId } = await commit(context, () => {
    const document = requireCluster(context, route);
    const { value: cluster } = document;
    const { work } = cluster;
    if (work === undefined) throw refusals.nothingToAbort(`managed cluster ${cluster.name}`);
    if (work.kind === "Deleting") throw refusals.deletionCannotBeAborted(`managed cluster ${cluster.name}`);
    const { abortion, ops } = beginAbortion(context, request, { cluster, resourceId: clusterId(cluster), work });
    const taking = poolDocuments(context, cluster).filter(({ value }) => value.work !== undefined);
    const asked = [
      context.clusters.put(document.id, { ...cluster, work: { ...work, abortion } }),
      ...taking.flatMap(({ id, value }) => (value.work === undefined ? [] : [context.pools.put(id, aborted(value, value.work, abortion))])),
      ...ops,
    ];
    return {
      compares: [context.clusters.unchanged(document.id, document), ...taking.map((pool) => context.pools.unchanged(pool.id, pool))],
      ops: abortion === work.abortion ? [] : asked,
      result: { cluster, operationId: abortion.operationId },
    };
  });
  return abortAnswer(context, request, { subscriptionId: cluster.subscriptionId, operationId }, () =>
    answerCluster(context, cluster, poolsInOrder(context, cluster), request.apiVersion),
  );
}

/** A pool that takes part ends its part of the work; the operation is the cluster's. */
function aborted(pool: StoredPool, work: PoolWork, { sinceMs }: Abortion): StoredPool {
  return { ...pool, work: { ...work, abortion: { sinceMs } } };
}
