import type { AzContext } from "../client.ts";
import { type AzCommand, flattened, NO_WAIT, RESOURCE_GROUP } from "../command.ts";
import { type AzArgs, AzError } from "../grammar.ts";
import type { Row } from "../table.ts";
import { CURRENT } from "./api-versions.ts";
import { clusterPath } from "./clusters.ts";
import { type AgentPool, CLUSTER, NAME, poolPath } from "./node-pools.ts";

interface RecentVersion {
  readonly orchestratorVersion?: string;
  readonly nodeImageVersion?: string;
  readonly timestamp?: string;
}

/** `az aks nodepool rollback` and what it goes back to. Source: azure-cli acs module, 2.91: custom.py and _format.py. */
export const rollbackCommands: readonly AzCommand[] = [
  {
    words: "aks nodepool get-rollback-versions",
    summary: "Get the available rollback versions for an agent pool of the managed Kubernetes cluster.",
    options: [RESOURCE_GROUP, CLUSTER, NAME],
    run: recentVersions,
    table: (versions) => (versions as readonly RecentVersion[]).map(versionRow),
  },
  {
    words: "aks nodepool rollback",
    summary: "Rollback an agent pool to the most recently used configuration (N-1).",
    options: [RESOURCE_GROUP, CLUSTER, NAME, NO_WAIT],
    run: rollBack,
  },
];

/** Undefined, for which az prints nothing, when the pool has never been upgraded. */
async function recentVersions({ call }: AzContext, args: AzArgs): Promise<readonly RecentVersion[] | undefined> {
  const { body } = await call("GET", `${poolPath(args)}/upgradeProfiles/default`, CURRENT);
  return (body as { properties: { recentlyUsedVersions?: readonly RecentVersion[] } }).properties.recentlyUsedVersions;
}

async function rollBack(context: AzContext, args: AzArgs): Promise<unknown> {
  await warnOfChannels(context, args);
  const versions = (await recentVersions(context, args)) ?? [];
  const [latest] = versions.toSorted((one, other) => ((one.timestamp ?? "") < (other.timestamp ?? "") ? 1 : -1));
  if (latest === undefined) {
    throw new AzError(
      "No rollback versions available. The nodepool must have been upgraded at least once to have rollback history available.",
    );
  }
  const pool = (await context.call("GET", poolPath(args), CURRENT)).body as AgentPool;
  const { orchestratorVersion, nodeImageVersion } = latest;
  const properties = { ...pool.properties, orchestratorVersion, nodeImageVersion };
  const answer = await context.call("PUT", poolPath(args), CURRENT, { properties });
  if (args.flag("no-wait")) return undefined;
  await context.wait(answer);
  return flattened((await context.call("GET", poolPath(args), CURRENT)).body);
}

/** What upgrades by itself would undo the rollback, or not let it happen. */
async function warnOfChannels({ call, terminal }: AzContext, args: AzArgs): Promise<void> {
  const name = args.required("cluster-name");
  const { properties } = (await call("GET", clusterPath(args, "cluster-name"), CURRENT)).body as {
    properties: { autoUpgradeProfile?: { upgradeChannel?: string; nodeOSUpgradeChannel?: string } };
  };
  const { upgradeChannel = "none", nodeOSUpgradeChannel = "None" } = properties.autoUpgradeProfile ?? {};
  if (upgradeChannel.toLowerCase() !== "none") {
    terminal.say(
      `WARNING: Auto-upgrade is enabled on cluster '${name}' (upgradeChannel=${upgradeChannel}). Rollback will not succeed until ` +
        "auto-upgrade is disabled. Please disable auto-upgrade to roll back the node pool.",
    );
  } else if (!["none", "unmanaged"].includes(nodeOSUpgradeChannel.toLowerCase())) {
    terminal.say(
      `WARNING: nodeOSUpgradeChannel is enabled on cluster '${name}' (nodeOSUpgradeChannel=${nodeOSUpgradeChannel}). The orchestrator ` +
        "version rollback will proceed, but the node image rollback will not succeed. Please disable nodeOSUpgradeChannel if you want " +
        "to roll back the node image.",
    );
  }
}

function versionRow({ orchestratorVersion, nodeImageVersion, timestamp }: RecentVersion): Row {
  return { KubernetesVersion: orchestratorVersion, NodeImageVersion: nodeImageVersion, Timestamp: timestamp };
}
