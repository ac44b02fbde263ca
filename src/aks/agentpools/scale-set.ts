import { type ScaleSetKey, type ScaleSetSpec, vmSize } from "#compute";
import type { StoredCluster, StoredPool } from "../documents.ts";
import { nodeNetwork } from "../managedclusters/network.ts";
import { vmssName } from "../nodes/index.ts";

/** The pool's scale set. */
export function scaleSetKey(cluster: StoredCluster, { name, suffix, properties }: StoredPool): ScaleSetKey {
  return {
    subscriptionId: cluster.subscriptionId,
    resourceGroup: cluster.properties.nodeResourceGroup,
    name: vmssName({ pool: name, suffix, osType: properties.osType }),
  };
}

/**
 * The pool's scale set as it is made.
 * Differs from AKS: a pool of type AvailabilitySet has machines named as those of a scale set.
 */
export function scaleSetSpec(cluster: StoredCluster, pool: StoredPool): ScaleSetSpec {
  const { vmSize: size, osType, osDiskSizeGB, availabilityZones = [], tags = {} } = pool.properties;
  return {
    ...scaleSetKey(cluster, pool),
    location: cluster.location,
    vmSize: vmSize(size)?.name ?? size,
    osType,
    osDiskSizeGb: osDiskSizeGB,
    zones: availabilityZones,
    network: nodeNetwork(cluster),
    tags: { ...cluster.tags, ...tags, "aks-managed-poolName": pool.name },
  };
}
