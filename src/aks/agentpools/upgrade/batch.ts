import type { AgentPoolProperties } from "#api/containerservice/model";
import { type GenerationName, generations } from "../../generations/index.ts";

/**
 * How many nodes an upgrade adds, and how many it takes out at a time: as many as it adds, or `maxUnavailable` when
 * it adds none. Neither exceeds the pool.
 * Sources: azure-docs articles/aks/upgrade-aks-node-pools-rolling.md; one extra node in the 2019 preview, and when
 * nothing is said, in recorded answers until 2024.
 */
export function upgradeBatch(
  pool: Pick<AgentPoolProperties, "count" | "upgradeSettings">,
  generation: GenerationName,
): { readonly surge: number; readonly batch: number } {
  if (pool.count === 0) return { surge: 0, batch: 1 };
  const settings = generation === "2019-preview" ? undefined : pool.upgradeSettings;
  const surge = Math.min(amount(settings?.maxSurge ?? generations[generation].defaultMaxSurge, pool.count), pool.count);
  const unavailable = Math.min(amount(settings?.maxUnavailable ?? "0", pool.count), pool.count);
  // Neither more nor fewer nodes would leave no way to go on: validation refuses it, and one extra node is the default.
  if (surge === 0 && unavailable === 0) return { surge: 1, batch: 1 };
  return { surge, batch: surge > 0 ? surge : unavailable };
}

/** Whether the text is a count (`3`) or a share (`33%`), as `maxSurge` and `maxUnavailable` take it. */
export function isAmount(text: string): boolean {
  const match = /^(\d{1,5})(%?)$/.exec(text);
  return match !== null && (match[2] === "" || Number(match[1]) <= 100);
}

/** A share rounds up. Source: Azure/azure-rest-api-specs, AgentPoolUpgradeSettings.maxSurge. */
function amount(text: string, count: number): number {
  const number = Number.parseInt(text, 10);
  return text.endsWith("%") ? Math.ceil((number * count) / 100) : number;
}
