import { encodeAgentPool } from "#api/containerservice/agent-pool";
import { isAtLeast } from "#api/containerservice/versions";
import { poolId, type StoredCluster, type StoredPool } from "../documents.ts";

/** A pool as answers show it at an api-version. */
export function answerPool(cluster: StoredCluster, pool: StoredPool, apiVersion: string): Record<string, unknown> {
  return encodeAgentPool(pool.properties, { id: poolId(cluster, pool.name), name: pool.name }, apiVersion);
}

/** Pools in the order of lists: by name until 2023, by age since. Source: recorded lists of 2019 to 2026. */
export function inListOrder(pools: readonly StoredPool[], apiVersion: string): readonly StoredPool[] {
  const byName = (a: StoredPool, b: StoredPool): number => (a.name < b.name ? -1 : 1);
  const byAge = (a: StoredPool, b: StoredPool): number => a.sequence - b.sequence;
  return [...pools].sort(isAtLeast(apiVersion, "2024-01-01") ? byAge : byName);
}
