import type { Operation } from "#arm";
import { isNodeReady } from "#kube/apimachinery";
import type { AksContext } from "./context.ts";
import { clusterKey, type StoredCluster, type StoredPool } from "./documents.ts";
import { poolDocuments } from "./lookup.ts";

/**
 * What an operation under way is doing, in the words of today's service: `ProvisioningControlPlane`,
 * `CreatingAgentPools: 0/3 nodes completed`, `CreatingAgentPool: 1/1 nodes completed`, `ReconcilingAddons`. Nothing for others.
 * Source: recorded operations of 2025 and 2026. Unverified: which step ends where.
 */
export function progressOf(context: AksContext, operation: Operation): string | undefined {
  if (operation.kind === "AgentPool.Creating") {
    const found = poolOf(context, operation);
    return found && `CreatingAgentPool: ${completed(context, found.cluster, [found.pool])} nodes completed`;
  }
  const cluster = operation.kind === "ManagedCluster.Creating" ? clusterOf(context, operation) : undefined;
  if (cluster === undefined) return undefined;
  if (cluster.controlPlane === undefined) return "ProvisioningControlPlane";
  const pools = poolDocuments(context, cluster).map(({ value }) => value);
  if (pools.every(({ work }) => work === undefined)) return "ReconcilingAddons";
  return `CreatingAgentPools: ${completed(context, cluster, pools)} nodes completed`;
}

function clusterOf({ clusters }: AksContext, { resourceId }: Operation): StoredCluster | undefined {
  const [, subscriptionId = "", resourceGroup = "", name = ""] =
    /^\/subscriptions\/([^/]+)\/resourcegroups\/([^/]+)\/providers\/[^/]+\/managedClusters\/([^/]+)/i.exec(resourceId) ?? [];
  return clusters.get(clusterKey({ subscriptionId, resourceGroup, name }))?.value;
}

function poolOf(context: AksContext, operation: Operation): { readonly cluster: StoredCluster; readonly pool: StoredPool } | undefined {
  const cluster = clusterOf(context, operation);
  const name = operation.resourceId.split("/").at(-1)?.toLowerCase();
  const pool = cluster && poolDocuments(context, cluster).find(({ value }) => value.name.toLowerCase() === name)?.value;
  return cluster && pool && { cluster, pool };
}

/** `1/3`: nodes that are Ready, and those that are wanted. */
function completed({ views }: AksContext, cluster: StoredCluster, pools: readonly StoredPool[]): string {
  const view = views.get(clusterKey(cluster));
  const wanted = pools.reduce((sum, { properties }) => sum + properties.count, 0);
  const ready = pools.reduce((sum, { name }) => sum + (view?.nodesOf(name) ?? []).filter(isNodeReady).length, 0);
  return `${Math.min(ready, wanted)}/${wanted}`;
}
