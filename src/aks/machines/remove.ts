import type { ArmRequest, ArmResponse } from "#arm";
import { retagged, withWork } from "../agentpools/change.ts";
import { endOperation } from "../agentpools/ending.ts";
import { beginOperation, type PoolRoute } from "../agentpools/put.ts";
import { commit } from "../commit.ts";
import { refuseConflict } from "../conflicts.ts";
import type { AksContext } from "../context.ts";
import type { PoolWork, StoredPool } from "../documents.ts";
import { preempted, refusals } from "../errors.ts";
import { requireCluster, requirePool } from "../lookup.ts";
import { machinesOf } from "./documents.ts";

/** Machines in one request at most: what fits one transaction with the operations that it ends. */
const MOST_AT_ONCE = 50;

/**
 * `deleteMachines` of a pool of mode Machines: exactly the machines that are named go, without cordon and drain, and work on them is
 * preempted. Deletions of other machines of the pool may run beside it. The operation ends with the last of them.
 * Source: Azure/karpenter-provider-azure pkg/providers/instance/aksmachineinstance.go, which deletes machines so, one in a call. Unverified:
 * that a machine which goes already is named without harm.
 */
export async function removeMachines(
  context: AksContext,
  request: ArmRequest,
  { route, names }: { readonly route: PoolRoute; readonly names: readonly string[] },
): Promise<ArmResponse> {
  if (names.length > MOST_AT_ONCE) throw refusals.invalidParameter("machineNames", `${MOST_AT_ONCE} at most in one request`);
  const operationId = await commit(context, () => {
    const cluster = requireCluster(context, route);
    const pool = requirePool(context, cluster.value, route.pool);
    refuseConflict("deleteMachines", cluster.value, [pool.value]);
    const machines = machinesOf(context, pool.id);
    const wanted = new Set(names.map((name) => name.toLowerCase()));
    const named = machines.filter(({ value }) => wanted.delete((value.machine ?? "").toLowerCase()));
    const unknown = names.filter((name) => wanted.has(name.toLowerCase()));
    if (unknown.length > 0)
      throw refusals.machineUnknown(
        pool.value.name,
        machines.map(({ value }) => value.machine ?? ""),
      );
    const { operation, op } = beginOperation(context, cluster.value, { pool: pool.value.name, kind: "DeletingMachines" });
    const [leader] = named;
    const ops = named.flatMap((each) => [
      context.machines.put(
        each.id,
        going(context, each.value, each === leader ? { operationId: operation.id } : { leader: leader?.id ?? "" }),
      ),
      ...endOperation(context, cluster.value.subscriptionId, each.value.work, { status: "Failed", error: preempted.byDelete }),
    ]);
    return {
      compares: [
        context.clusters.unchanged(cluster.id, cluster),
        context.pools.unchanged(pool.id, pool),
        ...named.map((each) => context.machines.unchanged(each.id, each)),
      ],
      ops: [...ops, op],
      result: operation.id,
    };
  });
  const operation = context.arm.operations.get(route.subscriptionId, operationId);
  const headers = operation === undefined ? {} : context.arm.operations.headers(request, operation, { location: true });
  return { status: 202, layout: "provider", headers };
}

/** A machine on its way out. */
export function going(context: AksContext, machine: StoredPool, own: Partial<PoolWork>): StoredPool {
  const startedMs = context.clock.now();
  return withWork(machine, retagged(context, machine.properties), { kind: "Deleting", startedMs, begunMs: startedMs, ...own });
}
