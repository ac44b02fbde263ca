import type { AgentPoolProperties } from "#api/containerservice/model";
import type { SnapshotProperties } from "#api/containerservice/snapshot";
import type { AksContext } from "../context.ts";
import { resourceRefusals } from "../resource-errors.ts";
import { snapshotKey } from "./documents.ts";

const SNAPSHOT_ID = /^\/subscriptions\/([^/]+)\/resourcegroups\/([^/]+)\/providers\/microsoft\.containerservice\/snapshots\/([^/]+)$/i;

/**
 * The snapshot that a pool is to be made, or upgraded, from. Undefined when the caller names none, and for the one that the
 * pool came from when that is gone by now: then the pool keeps its image.
 * @throws {ProviderError} 400 for another one that there is not.
 */
export function poolSource(
  { snapshots }: Pick<AksContext, "snapshots">,
  sent: Partial<AgentPoolProperties>,
  stored?: AgentPoolProperties,
): SnapshotProperties | undefined {
  const id = sourceIdOf(sent);
  if (id === undefined) return undefined;
  const [, subscriptionId = "", resourceGroup = "", name = ""] = SNAPSHOT_ID.exec(id) ?? [];
  const snapshot = snapshots.get(snapshotKey({ subscriptionId, resourceGroup, name }, "NodePool"))?.value;
  if (snapshot !== undefined) return snapshot.properties;
  if (stored !== undefined && sourceIdOf(stored)?.toLowerCase() === id.toLowerCase()) return undefined;
  throw resourceRefusals.sourceNotFound("agentPoolProfile.creationData.sourceResourceId", id);
}

/** The source that a pool names. */
export function sourceIdOf(pool: Partial<AgentPoolProperties>): string | undefined {
  return pool.creationData?.sourceResourceId;
}

/**
 * The image of a pool: its snapshot's, and the one it has while it neither leaves its snapshot nor its version; undefined
 * for the newest. Source: MicrosoftDocs/azure-aks-docs articles/aks/node-pool-snapshot.md, notes on later upgrades.
 */
export function sourceImage(
  pool: Partial<AgentPoolProperties>,
  source: SnapshotProperties | undefined,
  stored: AgentPoolProperties | undefined,
): string | undefined {
  if (source !== undefined) return source.nodeImageVersion;
  return sourceIdOf(pool) === undefined ? undefined : stored?.nodeImageVersion;
}

/** Without a snapshot in the request, another version leaves the old one behind. Source: recorded `az aks upgrade`, 2022-03. */
export function leavesSource(sent: Partial<AgentPoolProperties>, version: string, stored: AgentPoolProperties | undefined): boolean {
  return sourceIdOf(sent) === undefined && stored !== undefined && stored.orchestratorVersion !== version;
}
