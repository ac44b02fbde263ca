import type { Document } from "#store";
import type { AksContext } from "./context.ts";
import { type ClusterName, clusterKey, poolKey, poolsOf, type StoredCluster, type StoredPool } from "./documents.ts";
import { refusals } from "./errors.ts";

/** @throws {ArmError} 404 ResourceNotFound. */
export function requireCluster({ clusters }: Pick<AksContext, "clusters">, name: ClusterName): Document<StoredCluster> {
  const cluster = clusters.get(clusterKey(name));
  if (cluster === undefined) throw refusals.clusterNotFound(name);
  return cluster;
}

/** The cluster that something is to be made in. @throws {ArmError} 404 ParentResourceNotFound. */
export function requireParent({ clusters }: Pick<AksContext, "clusters">, name: ClusterName): Document<StoredCluster> {
  const cluster = clusters.get(clusterKey(name));
  if (cluster === undefined) throw refusals.parentNotFound(`Microsoft.ContainerService/managedClusters/${name.name}`);
  return cluster;
}

/** @throws {ProviderError} 404 NotFound. */
export function requirePool({ pools }: Pick<AksContext, "pools">, cluster: StoredCluster, name: string): Document<StoredPool> {
  const pool = pools.get(poolKey(cluster, name));
  if (pool === undefined) throw refusals.agentPoolNotFound(cluster, name);
  return pool;
}

/** The pools of a cluster, in order of name. */
export function poolDocuments({ pools }: Pick<AksContext, "pools">, cluster: ClusterName): readonly Document<StoredPool>[] {
  return pools.list(poolsOf(cluster));
}

/** The pools of a cluster in the order in which they were made. */
export function poolsInOrder(context: Pick<AksContext, "pools">, cluster: ClusterName): StoredPool[] {
  return poolDocuments(context, cluster)
    .map(({ value }) => value)
    .sort((a, b) => a.sequence - b.sequence);
}
