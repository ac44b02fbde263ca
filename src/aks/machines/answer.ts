import { encodeMachine } from "#api/containerservice/machine";
import { scaleSetKey } from "../agentpools/scale-set.ts";
import type { AksContext } from "../context.ts";
import { type ClusterName, poolId, type StoredCluster, type StoredPool } from "../documents.ts";
import { viewOf } from "./shape.ts";

/** Where a request about a machine points. */
export interface MachineRoute extends ClusterName {
  readonly pool: string;
  readonly machine: string;
}

export interface Owner {
  readonly cluster: StoredCluster;
  readonly pool: StoredPool;
}

/** Full id. It has `resourceGroups` as ARM writes it, unlike the pool's. Source: recorded answers of machines of scale sets. */
export function machineId(cluster: StoredCluster, pool: Pick<StoredPool, "name">, machine: string): string {
  return `${poolId(cluster, pool.name).replace("/resourcegroups/", "/resourceGroups/")}/machines/${machine}`;
}

/** A machine of its own as answers show it. Source: as {@link viewOf}; its name is in its id once. */
export function machineAnswer(
  { compute }: Pick<AksContext, "compute">,
  { cluster, pool }: Owner,
  machine: StoredPool,
  apiVersion: string,
): Record<string, unknown> {
  const key = scaleSetKey(cluster, machine);
  const [instance] = compute.instances(key).filter(({ state }) => state !== "Deleting" && state !== "Failed");
  const name = machine.machine ?? machine.name;
  const view = viewOf({ cluster, machine, instance, nodeName: key.name });
  return encodeMachine(view, { id: machineId(cluster, pool, name), name, isAlone: false }, apiVersion);
}
