import type { PodDisruptionBudget } from "#api/kubernetes/workloads";
import type { AksContext } from "../../context.ts";
import { clusterKey, type StoredCluster } from "../../documents.ts";
import { upgradeRefusals } from "./errors.ts";

/** The message names no more budgets than this. */
const MAX_NAMED = 50;

/**
 * Refuses an upgrade of nodes while a disruption budget of the cluster allows none, unless the cluster says to upgrade all the
 * same.
 * Sources: Azure support docs, UnsatisfiablePDB; Azure/AKS#4839: the budgets of all pools count, whichever is upgraded.
 * Unverified: when AKS looks at minAvailable too: it refuses in Azure/AKS#4860 and begins in cloudnative-pg/cloudnative-pg#7346.
 * @throws {ProviderError} 400 UnsatisfiablePDB.
 */
export function refuseUnsatisfiableBudgets(context: Pick<AksContext, "views" | "clock">, cluster: StoredCluster): void {
  if (isForced(cluster, context.clock.now())) return;
  const budgets = [...(context.views.get(clusterKey(cluster))?.budgets() ?? [])].filter(allowsNothing);
  if (budgets.length === 0) return;
  const names = budgets.map(({ metadata }) => `${metadata.namespace ?? "default"}/${metadata.name}`).sort();
  throw upgradeRefusals.unsatisfiableBudgets(names.slice(0, MAX_NAMED));
}

function allowsNothing({ spec: { maxUnavailable } }: PodDisruptionBudget): boolean {
  return maxUnavailable === 0 || maxUnavailable === "0%";
}

interface Override {
  readonly forceUpgrade?: boolean;
  readonly until?: string;
}

/**
 * Whether an upgrade that starts at the time goes on whatever its checks and the budgets say.
 * Sources: Azure/azure-rest-api-specs managedClusters.json, UpgradeOverrideSettings.until: "It must be set for the overrides to take
 * effect" and "only matches the start time of an upgrade"; azure-docs articles/aks/upgrade-options.md, "Force upgrade, bypass PDB
 * constraints".
 */
export function isForced({ properties }: Pick<StoredCluster, "properties">, startMs: number): boolean {
  const settings = properties["upgradeSettings"] as { readonly overrideSettings?: Override } | undefined;
  const { forceUpgrade, until = "" } = settings?.overrideSettings ?? {};
  return forceUpgrade === true && startMs < Date.parse(until);
}
