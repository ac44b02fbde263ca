import { encodeManagedCluster } from "#api/containerservice/managed-cluster";
import { inListOrder, shownPool } from "../agentpools/answer.ts";
import type { AksContext } from "../context.ts";
import { clusterId, type StoredCluster, type StoredPool } from "../documents.ts";

/**
 * A cluster as answers show it at an api-version, its pools included. The identity of its nodes is made while the cluster is.
 * Source: recorded answers of 2021 to 2026: a PUT that creates lacks `identityProfile`.
 */
export function answerCluster(
  context: Pick<AksContext, "compute">,
  cluster: StoredCluster,
  pools: readonly StoredPool[],
  apiVersion: string,
): Record<string, unknown> {
  const { name, location, tags, kind, identity, sku, eTag, properties } = cluster;
  const resource = {
    id: clusterId(cluster),
    name,
    location,
    ...(tags !== undefined && { tags }),
    ...(kind !== undefined && { kind }),
    ...(identity !== undefined && { identity }),
    ...(sku !== undefined && cluster.generation === "current" && { sku }),
    eTag,
    properties: cluster.work?.kind === "Creating" ? { ...properties, identityProfile: undefined } : properties,
  };
  const shown = pools.map((pool) => shownPool(context, cluster, pool));
  return encodeManagedCluster(resource, inListOrder(shown, apiVersion), apiVersion);
}
