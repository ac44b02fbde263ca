import type { Document } from "#store";
import type { AksContext } from "../context.ts";
import { machineKey, poolKey, type StoredCluster, type StoredPool } from "../documents.ts";

/** Whether a pool holds machines that are made one by one. */
export function holdsMachines({ properties: { mode } }: Pick<StoredPool, "properties">): boolean {
  return mode === "Machines";
}

/** The machines of a pool of mode Machines, in order of name. */
export function machinesOf({ machines }: Pick<AksContext, "machines">, poolDocumentKey: string): readonly Document<StoredPool>[] {
  return machines.list(`${poolDocumentKey}/`);
}

/** One of them. */
export function machineNamed(
  { machines }: Pick<AksContext, "machines">,
  { cluster, pool }: { readonly cluster: StoredCluster; readonly pool: StoredPool },
  name: string,
): Document<StoredPool> | undefined {
  return machines.get(machineKey(poolKey(cluster, pool.name), name));
}
