import type { AgentPoolProperties } from "#api/containerservice/model";
import { compareVersions } from "../../catalog/index.ts";
import { type GenerationName, generations } from "../../generations/index.ts";

/** Machines that a scale set holds at most. Source: azure-docs articles/aks/upgrade-aks-node-pools-rolling.md. */
export const MAX_SCALE_SET_MACHINES = 1000;
/** Pools of this version and later try one extra node where all that they may add cannot be had. Source: the same page. */
const SINGLE_SURGE_SINCE = "1.35.0";

type Pool = Pick<AgentPoolProperties, "count" | "upgradeSettings" | "scaleSetPriority">;

/**
 * How many nodes an upgrade adds, and how many it takes out at a time: as many as it adds, or `maxUnavailable` when
 * it adds none. Neither exceeds the pool.
 * @param surgeLimit Extra nodes that could be had at most; absent while none has been refused.
 * Sources: azure-docs articles/aks/upgrade-aks-node-pools-rolling.md; one extra node in the 2019 preview, and when
 * nothing is said, in recorded answers until 2024; MicrosoftDocs/azure-aks-docs articles/aks/spot-node-pool.md, "There are no surge
 * nodes available for Spot node pool upgrades". Unverified: that Spot nodes are upgraded one by one where nothing is said.
 */
export function upgradeBatch(
  pool: Pool,
  generation: GenerationName,
  surgeLimit = Number.POSITIVE_INFINITY,
): { readonly surge: number; readonly batch: number } {
  if (pool.count === 0) return { surge: 0, batch: 1 };
  const { maxSurge, maxUnavailable } = shares(pool, generation);
  if (pool.scaleSetPriority === "Spot") return { surge: 0, batch: Math.max(maxUnavailable, 1) };
  const surge = Math.min(maxSurge, pool.count, surgeLimit);
  // Neither more nor fewer nodes would leave no way to go on: validation refuses it, and one extra node is the default.
  if (surge === 0 && maxUnavailable === 0) return { surge: 1, batch: 1 };
  return { surge, batch: surge > 0 ? surge : maxUnavailable };
}

function shares(pool: Pool, generation: GenerationName): { readonly maxSurge: number; readonly maxUnavailable: number } {
  const settings = generation === "2019-preview" ? undefined : pool.upgradeSettings;
  return {
    maxSurge: amount(settings?.maxSurge ?? generations[generation].defaultMaxSurge, pool.count),
    maxUnavailable: Math.min(amount(settings?.maxUnavailable ?? "0", pool.count), pool.count),
  };
}

/**
 * How many extra nodes an upgrade makes do with when it cannot have as many as it wants: one, then none where nodes may be
 * taken out instead; undefined when there is no way left.
 * Source: azure-docs articles/aks/upgrade-aks-node-pools-rolling.md, "MaxUnavailable fallback".
 * Unverified: that the version asked about is the one that the pool is upgraded to.
 */
export function surgeAfterRefusal(
  pool: Pool & Pick<AgentPoolProperties, "orchestratorVersion">,
  generation: GenerationName,
  surge: number,
): number | undefined {
  if (surge > 1 && compareVersions(pool.orchestratorVersion, SINGLE_SURGE_SINCE) >= 0) return 1;
  return surge > 0 && shares(pool, generation).maxUnavailable > 0 ? 0 : undefined;
}

/**
 * How many nodes that cannot be emptied an upgrade puts up with: none but where they are to be cordoned.
 * Source: azure-docs articles/aks/upgrade-options.md: "Defaults to maxSurge value … if not specified".
 */
export function toleratedNodes(pool: Pool, generation: GenerationName): number {
  const settings = pool.upgradeSettings;
  if (settings?.undrainableNodeBehavior !== "Cordon" || pool.count === 0) return 0;
  const { maxBlockedNodes } = settings;
  const tolerated = maxBlockedNodes === undefined ? shares(pool, generation).maxSurge : amount(maxBlockedNodes, pool.count);
  return Math.min(tolerated, pool.count);
}

/** Whether the text is a count (`3`) or a share (`33%`), as `maxSurge` and `maxUnavailable` take it. */
export function isAmount(text: string): boolean {
  const match = /^(\d{1,5})(%?)$/.exec(text);
  return match !== null && (match[2] === "" || Number(match[1]) <= 100);
}

/**
 * Nodes that an upgrade of the pool adds at most: as many again where all are replaced at once.
 * Source: MicrosoftDocs/azure-aks-docs articles/aks/blue-green-node-pool-upgrade.md, "double the node capacity".
 */
export function extraNodes(pool: Pool & Pick<AgentPoolProperties, "upgradeStrategy">, generation: GenerationName): number {
  return pool.upgradeStrategy === "BlueGreen" ? pool.count : upgradeBatch(pool, generation).surge;
}

/** A count as it is, a share rounded up. Source: Azure/azure-rest-api-specs, AgentPoolUpgradeSettings.maxSurge. */
export function amount(text: string, count: number): number {
  const number = Number.parseInt(text, 10);
  return text.endsWith("%") ? Math.ceil((number * count) / 100) : number;
}
