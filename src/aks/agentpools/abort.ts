import type { ArmRequest, ArmResponse } from "#arm";
import { isAtLeast } from "#api/containerservice/versions";
import type { Op } from "#store";
import { commit } from "../commit.ts";
import type { AksContext } from "../context.ts";
import { type Abortion, poolId, type PoolWork, type StoredCluster, type StoredPool, type Work } from "../documents.ts";
import { refusals } from "../errors.ts";
import { requireCluster, requirePool } from "../lookup.ts";
import { answerPool } from "./answer.ts";
import type { PoolRoute } from "./put.ts";

/** Previews before answered without body or operation. Source: recorded answer of `nodepool operation-abort`, 2022-08. */
const ANSWERED_SINCE = "2023-01-01";

/** Whether an abort at the api-version is answered 202 with an operation of its own, and not 204. */
function abortHasOperation({ apiVersion }: Pick<ArmRequest, "apiVersion">): boolean {
  return isAtLeast(apiVersion, ANSWERED_SINCE);
}

/**
 * POST `abort` of a pool: 202 with the pool as it is until then, and an operation that succeeds when the work has been
 * canceled; asking again answers with the same one. What was done stays, and the next PUT takes it up: a blue-green upgrade is
 * paused so, with its new nodes serving in the places of the old ones once they are all there.
 * What machines of a pool of mode Machines do by themselves is none of the pool's work, and nothing aborts it: a machine is deleted.
 * Sources: recorded `nodepool operation-abort`; azure-docs articles/aks/manage-abort-operations.md; Azure/azure-rest-api-specs, whose
 * machines have no abort. Unverified: that the pool's is not theirs.
 * @throws {ProviderError} 404; 409 when nothing is under way, or the pool is being deleted, or its cluster's operation works on it.
 */
export async function abortAgentPool(context: AksContext, request: ArmRequest, route: PoolRoute): Promise<ArmResponse> {
  const { cluster, pool, operationId } = await commit(context, () => {
    const cluster = requireCluster(context, route);
    const document = requirePool(context, cluster.value, route.pool);
    const { value: pool } = document;
    const compares = [context.clusters.unchanged(cluster.id, cluster), context.pools.unchanged(document.id, document)];
    const work = abortable(cluster.value, pool);
    const { abortion, ops } = beginAbortion(context, request, {
      cluster: cluster.value,
      resourceId: poolId(cluster.value, pool.name),
      work,
    });
    const put = context.pools.put(document.id, { ...pool, work: { ...work, abortion } });
    return {
      compares,
      ops: abortion === work.abortion ? [] : [put, ...ops],
      result: { cluster: cluster.value, pool, operationId: abortion.operationId },
    };
  });
  return abortAnswer(context, request, { subscriptionId: cluster.subscriptionId, operationId }, () =>
    answerPool(context, cluster, pool, request.apiVersion),
  );
}

/** The work that may be aborted: the pool's own. */
function abortable(cluster: StoredCluster, { name, work }: StoredPool): PoolWork {
  if (work === undefined || work.autoscaled !== undefined) throw refusals.nothingToAbort(`agent pool ${name}`);
  if (work.kind === "Deleting") throw refusals.deletionCannotBeAborted(`agent pool ${name}`);
  if (work.operationId === undefined) throw refusals.clusterBusy(cluster.work?.kind ?? work.kind);
  return work;
}

/** The wish to end work: the one that is noted, or a new one with the operation that belongs to it at the api-version. */
export function beginAbortion(
  context: AksContext,
  request: ArmRequest,
  { cluster, resourceId, work }: { readonly cluster: StoredCluster; readonly resourceId: string; readonly work: Work },
): { readonly abortion: Abortion; readonly ops: readonly Op[] } {
  const abortion = work.abortion ?? { sinceMs: context.clock.now() };
  if (abortion.operationId !== undefined || !abortHasOperation(request)) return { abortion, ops: [] };
  const { operation, op } = context.arm.operations.begin({
    subscriptionId: cluster.subscriptionId,
    namespace: "Microsoft.ContainerService",
    location: cluster.location,
    resourceId: `${resourceId}/abort`,
    kind: `Abort.${work.kind}`,
    resultStatus: 204,
  });
  return { abortion: { ...abortion, operationId: operation.id }, ops: [op] };
}

/** The answer to an abort: 204, or 202 with the resource and the operation of the abort. */
export function abortAnswer(
  context: AksContext,
  request: ArmRequest,
  { subscriptionId, operationId }: { readonly subscriptionId: string; readonly operationId: string | undefined },
  body: () => unknown,
): ArmResponse {
  if (!abortHasOperation(request)) return { status: 204 };
  const operation = operationId === undefined ? undefined : context.arm.operations.get(subscriptionId, operationId);
  const headers = operation === undefined ? {} : context.arm.operations.headers(request, operation, { location: true });
  return { status: 202, layout: "provider", headers, body: body() };
}
