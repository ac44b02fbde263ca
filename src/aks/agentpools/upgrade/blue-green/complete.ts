import type { ArmRequest, ArmResponse } from "#arm";
import { commit } from "../../../commit.ts";
import type { AksContext } from "../../../context.ts";
import { poolId, type PoolWork, type StoredPool } from "../../../documents.ts";
import { requireCluster, requirePool } from "../../../lookup.ts";
import type { PoolRoute } from "../../put.ts";
import { upgradeRefusals } from "../errors.ts";

/**
 * POST `completeUpgrade`: 202 with an operation that ends with the upgrade. Blue-green upgrades go on without soaking any more;
 * nodes are emptied as before. Asking again answers with the same operation.
 * Source: Azure/azure-rest-api-specs …/aks/AgentPool.tsp, completeUpgrade, since 2026-07-02-preview: 202 and 204 without a body.
 * Unverified: what it does but for its name, that batches do not soak either, and what is said when no upgrade is under way.
 * @throws {ProviderError} 404; 409 when no blue-green upgrade is under way, or it is being aborted.
 */
export async function completeUpgrade(context: AksContext, request: ArmRequest, route: PoolRoute): Promise<ArmResponse> {
  const operationId = await commit(context, () => {
    const { value: cluster } = requireCluster(context, route);
    const document = requirePool(context, cluster, route.pool);
    const { value: pool } = document;
    const compares = [context.pools.unchanged(document.id, document)];
    const work = completable(pool);
    if (work.completion !== undefined) return { compares, ops: [], result: work.completion.operationId };
    const { operation, op } = context.arm.operations.begin({
      subscriptionId: cluster.subscriptionId,
      namespace: "Microsoft.ContainerService",
      location: cluster.location,
      resourceId: `${poolId(cluster, pool.name)}/completeUpgrade`,
      kind: `CompleteUpgrade.${work.kind}`,
      resultStatus: 204,
    });
    const put = context.pools.put(document.id, { ...pool, work: { ...work, completion: { operationId: operation.id } } });
    return { compares, ops: [put, op], result: operation.id };
  });
  const operation = context.arm.operations.get(request.path.subscriptionId, operationId);
  const headers = operation === undefined ? {} : context.arm.operations.headers(request, operation, { location: true });
  return { status: 202, headers };
}

function completable({ name, blueGreen, work }: StoredPool): PoolWork {
  if (blueGreen === undefined || work === undefined || work.abortion !== undefined || work.kind === "Deleting") {
    throw upgradeRefusals.nothingToComplete(name);
  }
  return work;
}
