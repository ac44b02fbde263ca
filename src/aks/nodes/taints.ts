import type { Taint, TaintEffect } from "#api/kubernetes/core";
import type { AgentPoolProperties } from "#api/containerservice/model";

const effects: readonly TaintEffect[] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

/** Label and taint key of spot pools. Source: Azure docs spot-node-pool. */
export const spotKey = "kubernetes.azure.com/scalesetpriority";
/** The taint that every spot pool has, as pools write taints. */
export const spotTaint = `${spotKey}=spot:NoSchedule`;

/** `sku=gpu:NoSchedule` as a taint, `key:Effect` without a value; undefined when it is of another form. */
export function parseTaint(text: string): Taint | undefined {
  const [, key = "", value, effect = ""] = /^([^=:]+)(?:=([^:]*))?:(\w+)$/.exec(text) ?? [];
  const known = effects.find((candidate) => candidate === effect);
  if (key === "" || known === undefined) return undefined;
  return value === undefined || value === "" ? { key, effect: known } : { key, value, effect: known };
}

/**
 * The taints that nodes of a pool start with, one of each key and effect. Those of initialization come with each boot and are nobody's
 * afterwards. Source: MicrosoftDocs/azure-aks-docs articles/aks/use-node-taints.md, "Node taint options".
 */
export function poolTaints(
  pool: Pick<AgentPoolProperties, "nodeTaints" | "nodeInitializationTaints" | "scaleSetPriority">,
): readonly Taint[] {
  const spot = pool.scaleSetPriority === "Spot" ? [spotTaint] : [];
  const all = [...(pool.nodeTaints ?? []), ...spot, ...(pool.nodeInitializationTaints ?? [])];
  const byKey = new Map<string, Taint>();
  for (const taint of all.map(parseTaint)) {
    const key = `${taint?.key}:${taint?.effect}`;
    if (taint !== undefined && !byKey.has(key)) byKey.set(key, taint);
  }
  return [...byKey.values()];
}
