import { refusals } from "../../../errors.ts";
import type { Rule } from "../../rules/candidate.ts";
import { isAmount } from "../batch.ts";
import { upgradeRefusals } from "../errors.ts";
import { isRollback } from "./state.ts";

/** Nothing said is Rolling. */
const STRATEGIES: ReadonlySet<string | undefined> = new Set([undefined, "Rolling", "BlueGreen"]);
/** Least and most minutes. Source: MicrosoftDocs/azure-aks-docs articles/aks/blue-green-node-pool-upgrade.md, its table. */
const MINUTES = {
  drainTimeoutInMinutes: [1, 1440],
  batchSoakDurationInMinutes: [0, 1440],
  finalSoakDurationInMinutes: [0, 10_080],
} as const;

/**
 * What may be set for the replacement of all nodes at once. Settings of a rolling upgrade may be there beside, and count for nothing.
 * Source: the same page. Unverified: code and target of the refusals.
 */
export const blueGreenSettingsRule: Rule = ({ wanted: { type, upgradeStrategy, upgradeSettingsBlueGreen: settings = {} } }) => {
  if (!STRATEGIES.has(upgradeStrategy)) return refusals.invalidParameter("agentPoolProfile.upgradeStrategy");
  if (upgradeStrategy === "BlueGreen" && type !== "VirtualMachineScaleSets") return upgradeRefusals.blueGreenNeedsScaleSet(type);
  const at = (member: string): Error => refusals.invalidParameter(`agentPoolProfile.upgradeSettingsBlueGreen.${member}`);
  const { drainBatchSize: size } = settings;
  if (size !== undefined && (!isAmount(size) || Number.parseInt(size, 10) === 0)) return at("drainBatchSize");
  for (const [member, [least, most]] of Object.entries(MINUTES)) {
    const minutes = settings[member as keyof typeof MINUTES];
    if (minutes !== undefined && (minutes < least || minutes > most)) return at(member);
  }
  return undefined;
};

/** What stays as it is until a paused upgrade has gone on to its end or back. */
export const blueGreenRule: Rule = ({ name, wanted, stored, blueGreen }) => {
  if (blueGreen?.isPaused !== true || stored === undefined) return undefined;
  const refused = (what: string): Error => upgradeRefusals.blueGreenUnfinished(name, what);
  if (wanted.upgradeStrategy !== stored.upgradeStrategy) return refused("the upgrade strategy");
  if (wanted.count !== stored.count) return refused("the node count");
  if (isRollback(blueGreen, wanted)) return undefined;
  if (wanted.orchestratorVersion !== stored.orchestratorVersion) return refused("the Kubernetes version");
  return wanted.nodeImageVersion === stored.nodeImageVersion ? undefined : refused("the node image");
};
