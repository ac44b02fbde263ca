import { refusals } from "../../errors.ts";
import { parseTaint } from "../../nodes/index.ts";
import type { Rule } from "./candidate.ts";

/** Words that members of a pool may have. Source: Azure/azure-rest-api-specs managedClusters.json, the enums of AgentPoolProperties. */
const WORDS = {
  osDiskType: ["Managed", "Ephemeral"],
  scaleSetPriority: ["Regular", "Spot", "Low"],
  scaleSetEvictionPolicy: ["Delete", "Deallocate"],
  podIPAllocationMode: ["DynamicIndividual", "StaticBlock"],
} as const;
/** Source: as above, UndrainableNodeBehavior. */
const UNDRAINABLE: readonly string[] = ["Cordon", "Schedule"];

/** What a caller says is one of the words that there are. What is stored is not asked about again. */
const words: Rule = ({ sent, stored }) => {
  for (const [member, known] of Object.entries(WORDS) as [keyof typeof WORDS, readonly string[]][]) {
    const word = sent[member] as string | undefined;
    // Left empty is left out: Go's clients send it so.
    if (word === undefined || word === "" || word === stored?.[member]) continue;
    if (!known.includes(word)) return refusals.invalidParameter(`agentPoolProfile.${member}`);
  }
  const behavior: string = sent.upgradeSettings?.undrainableNodeBehavior ?? "";
  return behavior === "" || UNDRAINABLE.includes(behavior)
    ? undefined
    : refusals.invalidParameter("agentPoolProfile.upgradeSettings.undrainableNodeBehavior");
};

/**
 * A node cannot have two taints of one key and effect: Kubernetes would refuse it, and it would never be there.
 * Source: kubernetes pkg/apis/core/validation/validation.go, validateNodeTaints. Unverified: that AKS says so before.
 */
const taintsOnce: Rule = ({ wanted, sent }) => {
  for (const member of ["nodeTaints", "nodeInitializationTaints"] as const) {
    const taints = (sent[member] === undefined ? [] : (wanted[member] ?? [])).map(parseTaint);
    const keys = taints.map((taint) => `${taint?.key}:${taint?.effect}`);
    const twice = keys.find((key, index) => keys.indexOf(key) < index);
    if (twice !== undefined) return refusals.invalidParameter(`agentPoolProfile.${member}`, `taint ${twice} is there twice`);
  }
  return undefined;
};

/** Unverified: that a zone that is named twice is refused. */
const zonesOnce: Rule = ({ sent: { availabilityZones: zones = [] } }) =>
  new Set(zones).size === zones.length ? undefined : refusals.invalidParameter("agentPoolProfile.availabilityZones");

/** Rules about words, and what may be there once. */
export const wordRules: readonly Rule[] = [words, taintsOnce, zonesOnce];
