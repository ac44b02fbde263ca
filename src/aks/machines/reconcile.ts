import type { Requeue } from "#lib";
import type { Document } from "#store";
import { withWork } from "../agentpools/change.ts";
import { endOperation } from "../agentpools/ending.ts";
import { reconcileAgentPool } from "../agentpools/reconcile.ts";
import { scaleSetKey } from "../agentpools/scale-set.ts";
import type { ClusterView } from "../cluster-view.ts";
import type { AksContext } from "../context.ts";
import { type Abortion, clusterKeyOfPool, poolKeyOfMachine, type StoredCluster, type StoredPool } from "../documents.ts";
import { preempted } from "../errors.ts";
import { machinesOf } from "./documents.ts";
import { going } from "./remove.ts";

/**
 * One turn of the loop for the machine with this key: first it takes part in what its pool does, then it is worked on as a pool of one
 * that has documents, a virtual machine and a node of its own.
 */
export async function reconcileMachine(context: AksContext, key: string): Promise<Requeue | undefined> {
  const document = context.machines.get(key);
  const pool = context.pools.get(poolKeyOfMachine(key));
  const cluster = context.clusters.get(clusterKeyOfPool(key));
  if (document === undefined || pool === undefined || cluster === undefined) return undefined;
  const following = follow(context, cluster.value, { pool: pool.value, machine: document });
  if (following !== undefined) {
    await context.store.transact(
      [context.machines.unchanged(key, document), context.pools.unchanged(pool.id, pool)],
      [context.machines.put(key, following), ...ended(context, cluster.value, document.value, following)],
    );
    return undefined;
  }
  const nodeName = scaleSetKey(cluster.value, document.value).name;
  return await reconcileAgentPool(narrowed(context, nodeName), key, (step) =>
    step.kind === "forget" && isAwaited(context, key, document.value) ? { kind: "wait", reason: "machines" } : step,
  );
}

/** The service as a pool of one machine sees it: machines for pools, and its own node alone. */
function narrowed(context: AksContext, nodeName: string): AksContext {
  const ofNode = (view: ClusterView): ClusterView => ({ ...view, nodesOf: () => [view.node(nodeName) ?? []].flat() });
  const get = (clusterKey: string): ClusterView | undefined => {
    const view = context.views.get(clusterKey);
    return view && ofNode(view);
  };
  return { ...context, pools: context.machines, views: { ...context.views, get } };
}

/** Whether others go with the same operation, which ends with this machine. */
function isAwaited(context: AksContext, key: string, { work }: StoredPool): boolean {
  if (work?.operationId === undefined) return false;
  return machinesOf(context, poolKeyOfMachine(key)).some(({ value }) => value.work?.leader === key);
}

/**
 * The machine when it takes part in the work of its pool, once for each: it stops, starts, boots with new certificates or goes with it.
 * What a machine does by itself comes to its end first, but for a deletion. Undefined when there is nothing to take part in.
 * Abortion of that work ends the machine's part of it; a machine that has not begun does not begin.
 */
function follow(
  context: AksContext,
  { generation }: StoredCluster,
  { pool, machine: { value: machine } }: { readonly pool: StoredPool; readonly machine: Document<StoredPool> },
): StoredPool | undefined {
  const { work } = pool;
  if (work === undefined || machine.createdMs > work.startedMs) return undefined;
  const followedMs = work.startedMs;
  if (machine.followedMs === followedMs) return work.abortion && abortedWith(work.abortion, machine);
  if (machine.work?.kind === "Deleting") return { ...machine, followedMs };
  if (work.kind === "Deleting") {
    const empties = generation === "current" && work.operationId !== undefined && work.ignoresBudgets !== true;
    return { ...going(context, machine, empties ? { emptiesFirst: true } : {}), followedMs };
  }
  if (work.abortion !== undefined) return { ...machine, followedMs };
  if (machine.work !== undefined) return undefined;
  const { powerState } = pool.properties;
  const properties = { ...machine.properties, count: 1, ...(powerState !== undefined && { powerState }) };
  return { ...withWork(machine, properties, { kind: work.kind, startedMs: context.clock.now() }), followedMs };
}

/** The machine that ends its part of what is aborted; undefined for one that has none, or ends it already. */
function abortedWith({ sinceMs }: Abortion, machine: StoredPool): StoredPool | undefined {
  const { work } = machine;
  const isPart = work !== undefined && work.kind !== "Deleting" && work.operationId === undefined && work.abortion === undefined;
  return isPart ? { ...machine, work: { ...work, abortion: { sinceMs } } } : undefined;
}

function ended(
  context: AksContext,
  { subscriptionId }: StoredCluster,
  before: StoredPool,
  after: StoredPool,
): ReturnType<typeof endOperation> {
  const isPreempted = before.work !== undefined && before.work.operationId !== after.work?.operationId;
  return isPreempted ? endOperation(context, subscriptionId, before.work, { status: "Failed", error: preempted.byDelete }) : [];
}
