import type { Document } from "#store";
import type { AksContext } from "../context.ts";
import { type ClusterName, machineKey, poolKey, poolsOf, type StoredCluster, type StoredPool } from "../documents.ts";

/** Whether a pool holds machines that are made one by one. */
export function holdsMachines({ properties: { mode } }: Pick<StoredPool, "properties">): boolean {
  return mode === "Machines";
}

/** The machines of a pool of mode Machines, in order of name. */
export function machinesOf({ machines }: Pick<AksContext, "machines">, poolDocumentKey: string): readonly Document<StoredPool>[] {
  return machines.list(`${poolDocumentKey}/`);
}

/** The machines of all such pools of a cluster. */
export function machinesIn({ machines }: Pick<AksContext, "machines">, cluster: ClusterName): readonly Document<StoredPool>[] {
  return machines.list(poolsOf(cluster));
}

/** How many nodes the pool is to have: its count, or the machines that it holds. */
export function nodesWanted(context: Pick<AksContext, "machines">, cluster: ClusterName, pool: StoredPool): number {
  return holdsMachines(pool) ? machinesOf(context, poolKey(cluster, pool.name)).length : pool.properties.count;
}

/** One of them. */
export function machineNamed(
  { machines }: Pick<AksContext, "machines">,
  { cluster, pool }: { readonly cluster: StoredCluster; readonly pool: StoredPool },
  name: string,
): Document<StoredPool> | undefined {
  return machines.get(machineKey(poolKey(cluster, pool.name), name));
}
