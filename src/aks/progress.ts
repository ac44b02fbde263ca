import type { Operation } from "#arm";
import { isNodeReady } from "#kube/apimachinery";
import { observePool } from "./agentpools/observe.ts";
import { isOutdated, isReady } from "./agentpools/step.ts";
import type { AksContext } from "./context.ts";
import { clusterKey, type StoredCluster, type StoredPool } from "./documents.ts";
import { poolDocuments } from "./lookup.ts";
import { nodesWanted } from "./machines/documents.ts";

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
  if (operation.kind === "AgentPool.Upgrading" || operation.kind === "AgentPool.UpgradingNodeImageVersion") {
    const found = poolOf(context, operation);
    return found && makesGreenNodes(context, found) ? "BlueGreenCreatingGreenNodes" : undefined;
  }
  const cluster = operation.kind === "ManagedCluster.Creating" ? clusterOf(context, operation) : undefined;
  if (cluster === undefined) return undefined;
  if (cluster.controlPlane === undefined) return "ProvisioningControlPlane";
  const pools = poolDocuments(context, cluster).map(({ value }) => value);
  if (pools.every(({ work }) => work === undefined)) return "ReconcilingAddons";
  return `CreatingAgentPools: ${completed(context, cluster, pools)} nodes completed`;
}

/** Unverified: until when it is said; no other word of a blue-green upgrade is known. */
function makesGreenNodes(context: AksContext, { cluster, pool }: { readonly cluster: StoredCluster; readonly pool: StoredPool }): boolean {
  const { blueGreen, work } = pool;
  if (blueGreen === undefined || work === undefined) return false;
  const view = context.views.get(clusterKey(cluster));
  const { machines, version, count } = observePool(context, { cluster, pool, work, view });
  return machines.filter((machine) => !isOutdated(machine, { version }) && isReady(machine)).length < count;
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
function completed(context: AksContext, cluster: StoredCluster, pools: readonly StoredPool[]): string {
  const view = context.views.get(clusterKey(cluster));
  const wanted = pools.reduce((sum, pool) => sum + nodesWanted(context, cluster, pool), 0);
  const ready = pools.reduce((sum, { name }) => sum + (view?.nodesOf(name) ?? []).filter(isNodeReady).length, 0);
  return `${Math.min(ready, wanted)}/${wanted}`;
}
