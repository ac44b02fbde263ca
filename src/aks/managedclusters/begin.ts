import type { ArmRequest, ArmResponse } from "#arm";
import { withWork } from "../agentpools/change.ts";
import { commit } from "../commit.ts";
import { type Action, refuseConflict } from "../conflicts.ts";
import type { AksContext } from "../context.ts";
import type { ClusterName, StoredCluster, StoredPool, WorkKind } from "../documents.ts";
import { poolDocuments, requireCluster } from "../lookup.ts";
import { beginClusterOperation, withClusterWork } from "./work.ts";

/** What an action wants of a cluster. */
export interface ClusterGoal {
  readonly kind: WorkKind;
  readonly cluster: StoredCluster;
  /** Pools that take part, as they are to be. */
  readonly pools: readonly StoredPool[];
}

/**
 * Begins work on a cluster that is there, and on its pools as part of it: 202 without a body, with both headers of the
 * operation. Goal and operation are stored in one transaction.
 * @param goal reads, decides and throws refusals; it may be asked again.
 * @throws 404, 409, and 400 for a cluster whose power does not allow it.
 */
export async function beginClusterWork(
  context: AksContext,
  { request, route, action }: { readonly request: ArmRequest; readonly route: ClusterName; readonly action: Action },
  goal: (cluster: StoredCluster, pools: readonly StoredPool[]) => ClusterGoal,
): Promise<ArmResponse> {
  const operationId = await commit(context, () => {
    const document = requireCluster(context, route);
    const siblings = poolDocuments(context, document.value);
    const present = siblings.map(({ value }) => value);
    refuseConflict(action, document.value, present);
    const { kind, cluster, pools } = goal(document.value, present);
    const { operation, op } = beginClusterOperation(context, cluster, kind);
    const startedMs = context.clock.now();
    const worked = withClusterWork({ ...cluster, eTag: context.random.uuid() }, { kind, operationId: operation.id, startedMs });
    const changed = siblings.flatMap(({ id, value: { name } }) => {
      const pool = pools.find((each) => each.name === name);
      const properties = pool && { ...pool.properties, eTag: context.random.uuid() };
      return pool === undefined || properties === undefined ? [] : [context.pools.put(id, withWork(pool, properties, { kind, startedMs }))];
    });
    return {
      compares: [context.clusters.unchanged(document.id, document), ...siblings.map((each) => context.pools.unchanged(each.id, each))],
      ops: [context.clusters.put(document.id, worked), ...changed, op],
      result: operation.id,
    };
  });
  const operation = context.arm.operations.get(route.subscriptionId, operationId);
  const headers = operation === undefined ? {} : context.arm.operations.headers(request, operation, { location: true });
  return { status: 202, layout: "provider", headers };
}
