import type { AgentPoolProperties, BlueGreenUpgradeSettings } from "#api/containerservice/model";
import type { Pace } from "#lib";
import type { PoolWork, StoredPool } from "../../../documents.ts";
import type { ObservedBlueGreen } from "../../step.ts";
import { amount } from "../batch.ts";
import { isRollback } from "./state.ts";

/** Source: MicrosoftDocs/azure-aks-docs articles/aks/blue-green-node-pool-upgrade.md, "Customize blue-green upgrade properties". */
const DEFAULTS = {
  drainBatchSize: "10%",
  drainTimeoutInMinutes: 30,
  batchSoakDurationInMinutes: 15,
  finalSoakDurationInMinutes: 60,
} as const;

const MINUTE_MS = 60_000;

/** How a pool's nodes are replaced by new ones: what was set, else the service's defaults. */
export function blueGreenSettings({
  upgradeSettingsBlueGreen,
}: Pick<AgentPoolProperties, "upgradeSettingsBlueGreen">): Required<BlueGreenUpgradeSettings> {
  return { ...DEFAULTS, ...upgradeSettingsBlueGreen };
}

/** Nodes that are emptied at a time: a share is one of the nodes that there were at the start. Source: the same page. */
export function drainBatch({ drainBatchSize }: Required<BlueGreenUpgradeSettings>, nodes: number): number {
  return Math.max(1, Math.min(amount(drainBatchSize, nodes), nodes));
}

/** What the plan looks at of a pool's blue-green upgrade; undefined when there is none. */
export function observeBlueGreen(pace: Pace, pool: StoredPool, work: Pick<PoolWork, "completion">): ObservedBlueGreen | undefined {
  const { blueGreen, properties } = pool;
  if (blueGreen === undefined) return undefined;
  const settings = blueGreenSettings(properties);
  const rushed = work.completion !== undefined || isRollback(blueGreen, properties);
  const soakMs = (minutes: number): number => (rushed ? 0 : pace(minutes * MINUTE_MS));
  return {
    retired: blueGreen.retired,
    batch: drainBatch(settings, blueGreen.nodes),
    rushed,
    batchSoakMs: soakMs(settings.batchSoakDurationInMinutes),
    finalSoakMs: soakMs(settings.finalSoakDurationInMinutes),
  };
}

/**
 * How long a blue-green upgrade may take, its soaking included: somebody may want it done at any moment of that.
 * @param bounds Until a node is Ready, and until one is empty. All in milliseconds.
 */
export function blueGreenBoundMs(
  pace: Pace,
  { nodes, properties }: { readonly nodes: number; readonly properties: AgentPoolProperties },
  bounds: { readonly readyMs: number; readonly drainMs: number },
): number {
  const settings = blueGreenSettings(properties);
  const batches = Math.ceil(nodes / drainBatch(settings, nodes));
  const soakMs = (minutes: number): number => pace(minutes * MINUTE_MS);
  const batchMs = bounds.drainMs + soakMs(settings.batchSoakDurationInMinutes);
  return bounds.readyMs + batches * batchMs + soakMs(settings.finalSoakDurationInMinutes) + bounds.readyMs;
}
