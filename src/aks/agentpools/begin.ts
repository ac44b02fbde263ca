import type { ArmRequest } from "#arm";
import type { AgentPoolProperties } from "#api/containerservice/model";
import { commit } from "../commit.ts";
import { type Action, refuseConflict } from "../conflicts.ts";
import type { AksContext } from "../context.ts";
import type { PoolWork, StoredCluster, StoredPool, WorkKind } from "../documents.ts";
import { refusals } from "../errors.ts";
import { requireCluster, requirePool } from "../lookup.ts";
import { retagged, withWork } from "./change.ts";
import { beginOperation, type PoolRoute } from "./put.ts";

/** What an action wants of a pool. */
export interface PoolGoal {
  readonly kind: WorkKind;
  readonly properties: AgentPoolProperties;
  readonly removal?: NonNullable<PoolWork["removal"]>;
  /** Whether the operation's result is the pool. */
  readonly answersPool?: true;
  /** Of an upgrade that AKS does by itself. */
  readonly upkeep?: NonNullable<StoredPool["upkeep"]>;
}

/** What an action has stored. */
export interface BegunPoolWork {
  readonly cluster: StoredCluster;
  readonly pool: StoredPool;
  /** Both headers of an operation. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Begins work on a pool that is there: the goal and its operation in one transaction.
 * @param goal reads, decides and throws refusals; it may be asked again.
 * @throws 404, 409, and 400 for a cluster that does not run and for a pool of an availability set.
 */
export async function beginPoolWork(
  context: AksContext,
  { request, route, action }: { readonly request: ArmRequest; readonly route: PoolRoute; readonly action: Action },
  goal: (cluster: StoredCluster, pool: StoredPool) => PoolGoal,
): Promise<BegunPoolWork> {
  const { cluster, pool, operationId } = await commit(context, () => {
    const clusterDocument = requireCluster(context, route);
    const cluster = clusterDocument.value;
    const document = requirePool(context, cluster, route.pool);
    if (document.value.properties.type === "AvailabilitySet") throw refusals.poolsNeedScaleSets();
    refuseConflict(action, cluster, [document.value]);
    const { kind, properties, removal, answersPool, upkeep } = goal(cluster, document.value);
    const resultApiVersion = answersPool === true ? request.apiVersion : undefined;
    const { operation, op } = beginOperation(context, cluster, { pool: document.value.name, kind, resultApiVersion });
    const startedMs = context.clock.now();
    const before = upkeep === undefined ? document.value : { ...document.value, upkeep };
    const pool = withWork(before, retagged(context, properties), {
      kind,
      operationId: operation.id,
      startedMs,
      ...(removal !== undefined && { removal }),
    });
    return {
      compares: [context.clusters.unchanged(clusterDocument.id, clusterDocument), context.pools.unchanged(document.id, document)],
      ops: [context.pools.put(document.id, pool), op],
      result: { cluster, pool, operationId: operation.id },
    };
  });
  const operation = context.arm.operations.get(cluster.subscriptionId, operationId);
  const headers = operation === undefined ? {} : context.arm.operations.headers(request, operation, { location: true });
  return { cluster, pool, headers };
}
