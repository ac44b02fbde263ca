import type { ArmRequest, ArmResponse } from "#arm";
import type { Instance } from "#compute";
import type { AksContext } from "../context.ts";
import { clusterKey, poolKey, type StoredCluster, type StoredPool } from "../documents.ts";
import { refusals } from "../errors.ts";
import { generations } from "../generations/index.ts";
import { holdsMachines } from "../machines/documents.ts";
import { removeMachines } from "../machines/remove.ts";
import { beginPoolWork } from "./begin.ts";
import type { PoolRoute } from "./put.ts";
import { scaleSetKey } from "./scale-set.ts";
import { upgradeRefusals } from "./upgrade/errors.ts";
import { autoscaledGroups, withoutMachines } from "./virtual-machines.ts";

/** Names in one request at most: those of a pool. */
const MAX_MACHINES = 1000;

/**
 * POST `deleteMachines`: 202 with an operation. Exactly the machines that are named go, without cordon and drain, and the
 * pool's count falls by them.
 * Sources: recorded `nodepool delete-machines`, 2024-02; azure-docs articles/aks/delete-node-pool.md, "AKS doesn't perform
 * cordon and drain". Unverified: the bounds that the count is held to.
 * @throws 400 for names that the pool does not have and for a pool that would be left with too few nodes; 404, 409.
 */
export async function deleteMachines(context: AksContext, request: ArmRequest, route: PoolRoute): Promise<ArmResponse> {
  const names = machineNames(request.body);
  const cluster = context.clusters.get(clusterKey(route))?.value;
  const pool = cluster && context.pools.get(poolKey(cluster, route.pool))?.value;
  if (pool !== undefined && holdsMachines(pool)) return await removeMachines(context, request, { route, names });
  const { headers } = await beginPoolWork(context, { request, route, action: "deleteMachines" }, (cluster, pool) => {
    if (pool.blueGreen !== undefined) throw upgradeRefusals.blueGreenUnfinished(pool.name, "its machines");
    const { counted, ...removal } = removalOf(context, { cluster, pool }, names);
    return { kind: "DeletingMachines", properties: withoutMachines(pool.properties, counted), removal };
  });
  return { status: 202, layout: "provider", headers };
}

function machineNames(body: unknown): readonly string[] {
  const names = (body as { readonly machineNames?: unknown } | null | undefined)?.machineNames;
  if (names === undefined || names === null) throw refusals.missing("machineNames");
  if (!Array.isArray(names) || names.length === 0 || names.length > MAX_MACHINES) throw refusals.invalidParameter("machineNames");
  if (!names.every((name) => typeof name === "string")) throw refusals.invalidParameter("machineNames");
  return [...new Set(names)];
}

function removalOf(
  context: AksContext,
  { cluster, pool }: { readonly cluster: StoredCluster; readonly pool: StoredPool },
  names: readonly string[],
): { readonly machines: readonly string[]; readonly count: number; readonly counted: readonly Instance[] } {
  const standing = context.compute.instances(scaleSetKey(cluster, pool)).filter(({ state }) => state !== "Deleting");
  const named = standing.filter(({ computerName }) => names.includes(computerName));
  const unknown = names.filter((name) => !named.some(({ computerName }) => computerName === name));
  if (unknown.length > 0)
    throw refusals.machineUnknown(
      pool.name,
      standing.map(({ computerName }) => computerName),
    );
  // Machines that are kept and do not run are none of the count, and others have the places of those that are blocked.
  const awake = named.filter(({ state }) => state !== "Deallocating" && state !== "Deallocated");
  const counted = awake.filter(({ computerName }) => pool.blocked?.includes(computerName) !== true);
  const count = pool.properties.count - counted.length;
  const { mode, enableAutoScaling, minCount = 0 } = pool.properties;
  const least = generations[cluster.generation].minNodes[mode === "System" ? "System" : "User"];
  const isBelow = autoscaledGroups(withoutMachines(pool.properties, counted)).some((group) => group.count < group.min);
  if (isBelow || count < Math.max(least, enableAutoScaling === true ? minCount : 0))
    throw refusals.invalidParameter("agentPoolProfile.count");
  return { machines: names, count, counted };
}
