import type { ArmRequest, ArmResponse } from "#arm";
import { commit } from "../commit.ts";
import { refuseConflict } from "../conflicts.ts";
import type { AksContext } from "../context.ts";
import type { StoredCluster, StoredPool } from "../documents.ts";
import { preempted, refusals } from "../errors.ts";
import { generations } from "../generations/index.ts";
import { poolDocuments, requireCluster, requirePool } from "../lookup.ts";
import { checkPreconditions } from "../preconditions.ts";
import { retagged, withWork } from "./change.ts";
import { endOperation } from "./ending.ts";
import { beginOperation, type PoolRoute } from "./put.ts";

/**
 * DELETE of an agent pool: 202 with an operation. Nodes are drained first, but in the preview of 2019 or where the caller says
 * not to ask disruption budgets. Work on the pool is preempted; a pool that is being deleted already
 * answers with the operation under way. @throws 404, 409, 412, and 400 for pools that must stay.
 */
export async function deleteAgentPool(context: AksContext, request: ArmRequest, route: PoolRoute): Promise<ArmResponse> {
  const operationId = await commit(context, () => {
    const cluster = requireCluster(context, route);
    const document = requirePool(context, cluster.value, route.pool);
    const siblings = poolDocuments(context, cluster.value).filter(({ id }) => id !== document.id);
    const { value: pool } = document;
    const compares = [
      context.clusters.unchanged(cluster.id, cluster),
      ...[document, ...siblings].map((each) => context.pools.unchanged(each.id, each)),
    ];
    if (pool.work?.kind === "Deleting" && pool.work.operationId !== undefined) return { compares, ops: [], result: pool.work.operationId };
    checkPreconditions(request, pool.properties["eTag"], "agent pool");
    refuseConflict("deleteAgentPool", cluster.value, [pool]);
    refuseNeededPool(
      cluster.value,
      pool,
      siblings.map(({ value }) => value),
    );
    const { operation, op } = beginOperation(context, cluster.value, { pool: pool.name, kind: "Deleting" });
    const ended = endOperation(context, route.subscriptionId, pool.work, { status: "Failed", error: preempted.byDelete });
    const deleted = deleting(context, pool, { operationId: operation.id, ...(ignoresBudgets(request) && { ignoresBudgets: true }) });
    return { compares, ops: [context.pools.put(document.id, deleted), op, ...ended], result: operation.id };
  });
  const operation = context.arm.operations.get(route.subscriptionId, operationId);
  return {
    status: 202,
    layout: "provider",
    ...(operation !== undefined && { headers: context.arm.operations.headers(request, operation, { location: true }) }),
  };
}

/** Source: Azure/azure-rest-api-specs managedClusters.json 2022-03-02-preview and later, `ignore-pod-disruption-budget`. */
function ignoresBudgets({ query }: ArmRequest): boolean {
  return query.get("ignore-pod-disruption-budget")?.toLowerCase() === "true";
}

/** The pool on its way out, by its own operation or by its cluster's. */
export function deleting(
  context: AksContext,
  pool: StoredPool,
  own: Pick<NonNullable<StoredPool["work"]>, "operationId" | "ignoresBudgets"> = {},
): StoredPool {
  const startedMs = context.clock.now();
  return withWork(pool, retagged(context, pool.properties), { kind: "Deleting", startedMs, begunMs: startedMs, ...own });
}

/** Sources: the article for the first pool of the preview; azure-docs articles/aks/use-system-pools.md for the last system pool. */
function refuseNeededPool(cluster: StoredCluster, pool: StoredPool, others: readonly StoredPool[]): void {
  const generation = generations[cluster.generation];
  if (pool.properties.type === "AvailabilitySet") throw refusals.poolsNeedScaleSets();
  if (!generation.firstAgentPoolDeletable && pool.sequence === 0) throw refusals.firstPool(pool.name);
  const staying = others.filter(({ work }) => work?.kind !== "Deleting");
  if (staying.length === 0) throw refusals.lastPool();
  const system = staying.some(({ properties }) => properties.mode === "System");
  if (generation.modes && pool.properties.mode === "System" && !system) throw refusals.lastSystemPool();
}
