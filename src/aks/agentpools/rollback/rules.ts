import { channelsOf } from "../../autoupgrade/channels.ts";
import { imageFamily } from "../../catalog/index.ts";
import { refusal } from "../../errors.ts";
import type { Rule } from "../rules/candidate.ts";

/** The newest image, whichever it is. */
const LATEST = "latest";

/** Whether a caller asks for the newest image by that word. */
export function isLatest(image: string | undefined): boolean {
  return image?.toLowerCase() === LATEST;
}

/**
 * The image that a pool may be asked to have: its own, the one that it gets anyway, the newest by that word, and that of the version which it goes back to.
 * Sources: Azure/azure-rest-api-specs managedClusters.json 2026-04-01, nodeImageVersion: "Only values from `recentlyUsedVersions` are
 * allowed"; Azure docs roll-back-node-pool-version, limitations.
 */
export const imageRule: Rule = ({ name, sent, wanted, stored, newestImage, returning, cluster }) => {
  const { nodeImageVersion: image } = sent;
  if (image === undefined || isLatest(image)) return undefined;
  if (returning === undefined && (image === stored?.nodeImageVersion || image === wanted.nodeImageVersion)) return undefined;
  if (returning === undefined || imageFamily(image) !== imageFamily(newestImage))
    return imageNotAccepted(image, stored?.nodeImageVersion ?? wanted.nodeImageVersion ?? "");
  const { upgrade } = channelsOf(cluster);
  return upgrade === "none" ? undefined : upgradedByItself(name, upgrade);
};

/** Source: answer quoted in Azure docs roll-back-node-pool-version. Unverified: code and target. */
function imageNotAccepted(image: string, present: string): Error {
  const message = `NodeImageVersion '${image}' is not accepted. NodeImageVersion can only be current version '${present}' or 'latest'`;
  return refusal(400, "InvalidParameter", message, { target: "agentPoolProfile.nodeImageVersion" });
}

/** Unverified: code and text; the rule is that of Azure docs roll-back-node-pool-version and of `az aks nodepool rollback`. */
function upgradedByItself(pool: string, channel: string): Error {
  const message =
    `Agent pool '${pool}' cannot be rolled back while auto-upgrade is enabled on the cluster (upgradeChannel=${channel}). ` +
    "Please disable auto-upgrade to roll back the agent pool.";
  return refusal(400, "OperationNotAllowed", message);
}
