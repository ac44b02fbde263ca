import type { ArmRequest } from "#arm";
import { encodeAgentPool } from "#api/containerservice/agent-pool";
import { isAtLeast } from "#api/containerservice/versions";
import type { AksContext } from "../context.ts";
import { poolId, type StoredCluster, type StoredPool } from "../documents.ts";
import { scaleSetKey } from "./scale-set.ts";
import { withNodesStatus } from "./virtual-machines.ts";

/** A pool as answers show it at an api-version. */
export function answerPool(
  context: Pick<AksContext, "compute">,
  cluster: StoredCluster,
  pool: StoredPool,
  apiVersion: string,
): Record<string, unknown> {
  return encodeAgentPool(shownPool(context, cluster, pool).properties, { id: poolId(cluster, pool.name), name: pool.name }, apiVersion);
}

/** The pool with what is not stored of it: how many virtual machines of each size run. */
export function shownPool({ compute }: Pick<AksContext, "compute">, cluster: StoredCluster, pool: StoredPool): StoredPool {
  const properties = withNodesStatus(pool.properties, () => compute.instances(scaleSetKey(cluster, pool)));
  return properties === pool.properties ? pool : { ...pool, properties };
}

/** From this api-version on a list of pools names a page after it, which is empty. Source: recorded lists of 2024-02 and 2025-08. */
const PAGED_SINCE = "2024-10-01";

/** Whether the request asks for the page after the pools. */
export function isNextPage({ query }: Pick<ArmRequest, "query">): boolean {
  return query.has("$skipToken") || query.has("skipToken");
}

/** The link to the page after a list of pools; none where there is nothing before it. Unverified: what the token counts. */
export function nextPage(
  { baseUrl, apiVersion }: Pick<ArmRequest, "baseUrl" | "apiVersion">,
  cluster: StoredCluster,
  pools: readonly StoredPool[],
): { readonly nextLink?: string } {
  if (pools.length === 0 || !isAtLeast(apiVersion, PAGED_SINCE)) return {};
  const token = pools.reduce((newest, { sequence }) => Math.max(newest, sequence), 0) + 1;
  const list = `${baseUrl}${poolId(cluster, "").slice(0, -1).replace("/resourcegroups/", "/resourceGroups/")}`;
  return { nextLink: `${list}?%24skipToken=${token}&api-version=${apiVersion}&skipToken=${token}` };
}

/** Pools in the order of lists: by name until 2023, by age since. Source: recorded lists of 2019 to 2026. */
export function inListOrder(pools: readonly StoredPool[], apiVersion: string): readonly StoredPool[] {
  const byName = (a: StoredPool, b: StoredPool): number => (a.name < b.name ? -1 : 1);
  const byAge = (a: StoredPool, b: StoredPool): number => a.sequence - b.sequence;
  return [...pools].sort(isAtLeast(apiVersion, "2024-01-01") ? byAge : byName);
}
