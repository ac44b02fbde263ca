import type { AgentPoolProperties } from "#api/containerservice/model";
import type { BlueGreen, StoredPool, WorkKind } from "../../../documents.ts";
import type { SentAgentPool } from "../../defaults.ts";

type Running = Pick<AgentPoolProperties, "orchestratorVersion" | "nodeImageVersion">;

/**
 * The blue-green upgrade of a pool that is to be so: one that has not come to its end goes on, whatever else is wanted; a new
 * version or image of a pool whose strategy it is begins one.
 * Source: MicrosoftDocs/azure-aks-docs articles/aks/blue-green-node-pool-upgrade.md, for both upgrades and no other change.
 */
export function blueGreenOf({ blueGreen, properties: before }: StoredPool, wanted: AgentPoolProperties): BlueGreen | undefined {
  if (blueGreen !== undefined) return blueGreen;
  if (wanted.upgradeStrategy !== "BlueGreen" || before.count === 0 || isSame(before, wanted)) return undefined;
  const { orchestratorVersion: version, nodeImageVersion: nodeImage } = before;
  const kind = version === wanted.orchestratorVersion ? "UpgradingNodeImageVersion" : "Upgrading";
  return { kind, from: { version, ...(nodeImage !== undefined && { nodeImage }) }, nodes: before.count, retired: [] };
}

function isSame(a: Running, b: Running): boolean {
  return a.orchestratorVersion === b.orchestratorVersion && a.nodeImageVersion === b.nodeImageVersion;
}

/** Whether the upgrade goes back: what the pool is to run is what it ran before. */
export function isRollback({ from }: Pick<BlueGreen, "from">, wanted: Running): boolean {
  return wanted.orchestratorVersion === from.version && (from.nodeImage ?? wanted.nodeImageVersion) === wanted.nodeImageVersion;
}

/**
 * The pool as wanted when the caller asks for what it ran before: the image of then comes with the version of then.
 * Sources: MicrosoftDocs/azure-aks-docs articles/aks/blue-green-node-pool-upgrade.md, "Roll back a blue-green upgrade"; azure-cli acs
 * custom.py, aks_agentpool_rollback, which names both.
 * Differs from AKS: an upgrade goes back at any time, and not during its last soak only, as long as it has not come to its end.
 */
export function withRollback(
  { blueGreen, properties: before }: StoredPool,
  sent: SentAgentPool,
  wanted: AgentPoolProperties,
): AgentPoolProperties {
  if (blueGreen === undefined || wanted.orchestratorVersion !== blueGreen.from.version) return wanted;
  const { version, nodeImage } = blueGreen.from;
  const goesBack = before.orchestratorVersion !== version || (nodeImage !== undefined && sent.nodeImageVersion === nodeImage);
  return goesBack && nodeImage !== undefined ? { ...wanted, nodeImageVersion: nodeImage } : wanted;
}

/** The state of a pool whose upgrade goes on or back; undefined when none has been begun. Unverified: the state of a rollback. */
export function kindOfUpgrade(pool: StoredPool | undefined, wanted: AgentPoolProperties): WorkKind | undefined {
  return wanted.powerState?.code === "Stopped" ? undefined : pool?.blueGreen?.kind;
}
