import type { ArmRequest, ArmResponse } from "#arm";
import type { Compare, Document, Op } from "#store";
import { kindOfChange, retagged, withWork } from "../agentpools/change.ts";
import type { AksContext } from "../context.ts";
import { machineKey, poolKey, type StoredPool } from "../documents.ts";
import { generations } from "../generations/index.ts";
import { requireCluster, requirePool } from "../lookup.ts";
import { machineAnswer, machineId, type MachineRoute, type Owner } from "./answer.ts";
import { holdsMachines, machinesOf } from "./documents.ts";
import { machineRefusals } from "./errors.ts";

/** Work on a machine that is to be stored. */
export interface Begun {
  readonly machine: StoredPool;
  readonly operationId: string;
  readonly ops: readonly Op[];
}

/** The pool that machines are made in, and what must not change meanwhile. @throws 404, and 400 for a pool of another mode. */
export function requireMachinesPool(
  context: AksContext,
  route: MachineRoute,
): { readonly owner: Owner; readonly poolDocumentKey: string; readonly compares: readonly Compare[] } {
  const cluster = requireCluster(context, route);
  const pool = requirePool(context, cluster.value, route.pool);
  if (!holdsMachines(pool.value)) throw machineRefusals.notMachines(pool.value.name);
  return {
    owner: { cluster: cluster.value, pool: pool.value },
    poolDocumentKey: pool.id,
    compares: [context.clusters.unchanged(cluster.id, cluster), context.pools.unchanged(pool.id, pool)],
  };
}

/** @throws {ProviderError} 400 when the pool has no room for so many machines more. */
export function refuseTooMany(context: AksContext, { cluster, pool }: Owner, more: number): void {
  const { maxNodesPerAgentPool: most } = generations[cluster.generation];
  if (machinesOf(context, poolKey(cluster, pool.name)).length + more > most) throw machineRefusals.tooMany(most);
}

/** Begins work on a machine that has passed the rules: its document and its operation. */
export function begin(
  context: AksContext,
  { cluster, pool }: Owner,
  asked: { readonly name: string; readonly wanted: StoredPool["properties"]; readonly document: Document<StoredPool> | undefined },
): Begun {
  const { wanted, document } = asked;
  const kind = kindOfChange(wanted, document?.value.properties);
  const name = document?.value.machine ?? asked.name;
  const { operation, op } = context.arm.operations.begin({
    subscriptionId: cluster.subscriptionId,
    namespace: "Microsoft.ContainerService",
    location: cluster.location,
    resourceId: machineId(cluster, pool, name),
    kind: `Machine.${kind}`,
    resultStatus: 204,
  });
  const startedMs = context.clock.now();
  const before = document?.value ?? newMachine(pool, name, wanted, startedMs);
  const machine = withWork(before, retagged(context, wanted), { kind, operationId: operation.id, startedMs });
  return { machine, operationId: operation.id, ops: [context.machines.put(machineKey(poolKey(cluster, pool.name), name), machine), op] };
}

function newMachine(pool: StoredPool, machine: string, properties: StoredPool["properties"], createdMs: number): StoredPool {
  return { name: pool.name, machine, sequence: 0, createdMs, properties, suffix: pool.suffix, withdrawn: { labels: [], taints: [] } };
}

/** The answer to a PUT: the goal, and where its operation is asked for. */
export function answerPut(
  context: AksContext,
  request: ArmRequest,
  { owner, begun, status }: { readonly owner: Owner; readonly begun: Begun; readonly status: number },
): ArmResponse {
  const operation = context.arm.operations.get(owner.cluster.subscriptionId, begun.operationId);
  return {
    status,
    layout: "provider",
    ...(operation !== undefined && { headers: context.arm.operations.headers(request, operation) }),
    body: machineAnswer(context, owner, begun.machine, request.apiVersion),
  };
}
