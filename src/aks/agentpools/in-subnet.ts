import type { AksContext } from "../context.ts";
import { clusterKeyOfPool, poolId } from "../documents.ts";

/**
 * Ids of the pools whose nodes or pods have addresses of a subnet, those without nodes too.
 * Unverified: that such a pool is named, and not its scale set.
 */
export function poolsInSubnet({ clusters, pools }: Pick<AksContext, "clusters" | "pools">, subnetId: string): readonly string[] {
  const wanted = subnetId.toLowerCase();
  return pools.list().flatMap(({ id, value: { name, properties } }) => {
    const isIn = [properties.vnetSubnetID, properties.podSubnetID].some((named) => named?.toLowerCase() === wanted);
    const cluster = isIn ? clusters.get(clusterKeyOfPool(id))?.value : undefined;
    return cluster === undefined ? [] : [poolId(cluster, name)];
  });
}
