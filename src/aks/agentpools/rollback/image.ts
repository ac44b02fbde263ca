import type { AgentPoolProperties } from "#api/containerservice/model";
import { channelsOf } from "../../autoupgrade/channels.ts";
import type { StoredCluster } from "../../documents.ts";
import type { SentAgentPool } from "../defaults.ts";
import type { Candidate } from "../rules/candidate.ts";
import type { RecentVersion } from "./recent.ts";
import { isLatest } from "./rules.ts";

/**
 * What a request goes back to: the one version that can be gone back to, where both its parts are asked for.
 * Source: Azure/azure-cli src/azure-cli/azure/cli/command_modules/acs/custom.py, aks_agentpool_rollback.
 */
export function returned(
  recent: RecentVersion | undefined,
  asked: { readonly sent: SentAgentPool; readonly version: string; readonly stored: AgentPoolProperties | undefined },
): RecentVersion | undefined {
  const { sent, version, stored } = asked;
  if (recent === undefined || sent.nodeImageVersion !== recent.nodeImageVersion || version !== recent.orchestratorVersion) return undefined;
  const isThere = stored?.orchestratorVersion === version && stored.nodeImageVersion === sent.nodeImageVersion;
  return isThere ? undefined : recent;
}

/**
 * The image that a request names, where it is another than the pool would have anyway. Going back to an older version keeps to the newest
 * image of it while the cluster's node images are kept up.
 * Source: Azure docs roll-back-node-pool-version: "the previous node image might not be restored". Unverified: what is there instead.
 */
export function imageAskedFor(
  { nodeImageVersion: image }: SentAgentPool,
  {
    returning,
    newestImage,
    cluster,
  }: Pick<Candidate, "returning" | "newestImage"> & { readonly cluster: Pick<StoredCluster, "properties"> },
): string | undefined {
  if (isLatest(image)) return newestImage;
  if (returning === undefined) return undefined;
  const { nodeOs } = channelsOf(cluster);
  return nodeOs === "NodeImage" || nodeOs === "SecurityPatch" ? newestImage : image;
}

/** Whether a caller asks for another image, and no other version. */
export function isImageChange({ sent, wanted, stored, returning }: Candidate): boolean {
  if (stored === undefined || (returning === undefined && !isLatest(sent.nodeImageVersion))) return false;
  return wanted.orchestratorVersion === stored.orchestratorVersion && wanted.nodeImageVersion !== stored.nodeImageVersion;
}
