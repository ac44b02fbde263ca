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
 * The taints that nodes of a pool start with. Those of initialization come with each boot and are nobody's afterwards.
 * Source: MicrosoftDocs/azure-aks-docs articles/aks/use-node-taints.md, "Node taint options".
 */
export function poolTaints(
  pool: Pick<AgentPoolProperties, "nodeTaints" | "nodeInitializationTaints" | "scaleSetPriority">,
): readonly Taint[] {
  const written = pool.nodeTaints ?? [];
  const lasting = pool.scaleSetPriority === "Spot" && !written.includes(spotTaint) ? [...written, spotTaint] : written;
  const all = [...lasting, ...(pool.nodeInitializationTaints ?? []).filter((taint) => !lasting.includes(taint))];
  return all.map(parseTaint).filter((taint) => taint !== undefined);
}
