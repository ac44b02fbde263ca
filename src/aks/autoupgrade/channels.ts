import { isObject } from "#api/containerservice/decode";
import type { StoredCluster } from "../documents.ts";

/** How a cluster's version is kept up. */
export type UpgradeChannel = "none" | "patch" | "stable" | "rapid" | "node-image";
/** How the images of its nodes are. */
export type NodeOsChannel = "None" | "Unmanaged" | "SecurityPatch" | "NodeImage";

/** Source: Azure/azure-rest-api-specs managedClusters.json, ManagedClusterAutoUpgradeProfile. */
export const UPGRADE_CHANNELS: readonly UpgradeChannel[] = ["rapid", "stable", "patch", "node-image", "none"];
export const NODE_OS_CHANNELS: readonly NodeOsChannel[] = ["None", "Unmanaged", "NodeImage", "SecurityPatch"];

/** The channels of a cluster; none where it says nothing. Letter case does not matter. */
export function channelsOf({ properties }: Pick<StoredCluster, "properties">): {
  readonly upgrade: UpgradeChannel;
  readonly nodeOs: NodeOsChannel;
} {
  const profile = properties["autoUpgradeProfile"];
  const { upgradeChannel, nodeOSUpgradeChannel } = isObject(profile) ? profile : ({} as Record<string, unknown>);
  return {
    upgrade: known(UPGRADE_CHANNELS, upgradeChannel) ?? "none",
    nodeOs: known(NODE_OS_CHANNELS, nodeOSUpgradeChannel) ?? "None",
  };
}

/** The word as the service writes it; undefined for another one. */
export function known<Word extends string>(words: readonly Word[], value: unknown): Word | undefined {
  return typeof value === "string" ? words.find((word) => word.toLowerCase() === value.toLowerCase()) : undefined;
}

/** Whether AKS upgrades the cluster's version by itself. */
export function upgradesVersion(channel: UpgradeChannel): channel is "patch" | "stable" | "rapid" {
  return channel === "patch" || channel === "stable" || channel === "rapid";
}
