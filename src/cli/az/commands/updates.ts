import type { AzContext } from "../client.ts";
import { type AzCommand, keyValues, NO_WAIT, required, RESOURCE_GROUP, text, words, optional } from "../command.ts";
import { type AzArgs, AzError } from "../grammar.ts";
import { CHANNEL_OPTIONS, channelsOf, channelVersion } from "./channels.ts";
import { namesAutoscaler, profileWish } from "./auto-scale.ts";
import { AUTOSCALER_OPTIONS, autoscalerWish } from "./autoscaler.ts";
import { VIRTUAL_MACHINES } from "./virtual-machines.ts";
import { blueGreenMembers } from "./blue-green.ts";
import { type Cluster, clusterPath, putAndShow } from "./clusters.ts";
import { DISABLE_SCHEDULER, ENABLE_SCHEDULER, schedulerWish } from "./scheduler.ts";
import { UPGRADE_OPTIONS, upgradeSettings, versionFor } from "./pool-options.ts";
import { CLUSTER, getPool, NAME, poolPath, poolRow } from "./node-pools.ts";

/** `az aks update` and `az aks nodepool update`: the parts that change pools. Source: azure-cli acs module, 2.45. */
export const updateCommands: readonly AzCommand[] = [
  {
    words: "aks nodepool update",
    summary: "Update a node pool properties.",
    options: [
      RESOURCE_GROUP,
      CLUSTER,
      NAME,
      ...AUTOSCALER_OPTIONS,
      text("--scale-down-mode"),
      text("--mode"),
      ...UPGRADE_OPTIONS,
      words("--labels"),
      text("--node-taints"),
      words("--tags"),
      NO_WAIT,
    ],
    run: updatePool,
    table: (pool) => [poolRow(pool)],
  },
  {
    words: "aks update",
    summary: "Update a managed Kubernetes cluster.",
    options: [
      RESOURCE_GROUP,
      required("--name", "-n"),
      ...AUTOSCALER_OPTIONS.map((option) => ({ ...option, names: option.names.slice(0, 1) })),
      words("--cluster-autoscaler-profile", "--ca-profile"),
      ...CHANNEL_OPTIONS,
      ENABLE_SCHEDULER,
      DISABLE_SCHEDULER,
      words("--tags"),
      NO_WAIT,
    ],
    run: updateCluster,
  },
];

async function updatePool(context: AzContext, args: AzArgs): Promise<unknown> {
  const older = versionFor(args);
  const seen = await getPool(context, args, older);
  const isScaled = seen.properties["type"] === "VirtualMachines" && namesAutoscaler(args);
  const [pool, apiVersion] = isScaled ? [await getPool(context, args, VIRTUAL_MACHINES), VIRTUAL_MACHINES] : [seen, older];
  const wish = isScaled
    ? profileWish(args, pool.properties)
    : autoscalerWish(args, pool.properties.enableAutoScaling === true, "aks nodepool update");
  if (wish.kind === "done") return warned(context, wish.warning);
  const taints = args.text("node-taints");
  const settings = upgradeSettings(args);
  const changed = optional({
    ...blueGreenMembers(args),
    scaleDownMode: args.text("scale-down-mode"),
    mode: args.text("mode"),
    nodeLabels: keyValues(args.words("labels")),
    nodeTaints: taints === undefined ? undefined : taints.split(",").filter((taint) => taint !== ""),
    tags: keyValues(args.words("tags")),
    upgradeSettings:
      Object.keys(settings).length === 0 ? undefined : { ...(pool.properties["upgradeSettings"] as object | undefined), ...settings },
  });
  const members = wish.kind === "change" ? wish.members : {};
  if (wish.kind === "none" && Object.keys(changed).length === 0) throw nothingAsked(NODE_POOL_HINTS);
  return await putAndShow(context, args, {
    path: poolPath(args),
    body: { properties: optional({ ...pool.properties, ...changed, ...members }) },
    apiVersion,
  });
}

async function updateCluster(context: AzContext, args: AzArgs): Promise<unknown> {
  const scheduler = schedulerWish(args);
  const apiVersion = scheduler?.apiVersion ?? channelVersion(args);
  const cluster = (await context.call("GET", clusterPath(args), apiVersion)).body as Cluster;
  const pools = cluster.properties.agentPoolProfiles;
  const wish = autoscalerWish(args, pools[0]?.["enableAutoScaling"] === true, "aks update");
  // Source: azure-cli acs managed_cluster_decorator.py, update_auto_scaler_profile.
  if (wish.kind !== "none" && pools.length > 1) {
    throw new AzError(
      'There are more than one node pool in the cluster. Please use "az aks nodepool" command to update per node pool auto scaler settings',
    );
  }
  if (wish.kind === "done") return warned(context, wish.warning);
  const profile = profileOf(cluster, args.words("cluster-autoscaler-profile"));
  const tags = keyValues(args.words("tags"));
  const channels = channelsOf(args, cluster.properties["autoUpgradeProfile"] as object | null | undefined);
  const isAsked = [profile, tags, channels, scheduler].some((each) => each !== undefined);
  if (wish.kind === "none" && !isAsked) throw nothingAsked(CLUSTER_HINTS);
  const members = wish.kind === "change" ? wish.members : {};
  const properties = {
    ...cluster.properties,
    agentPoolProfiles: pools.map((pool, index) => (index === 0 ? optional({ ...pool, ...members }) : pool)),
    ...optional({ autoScalerProfile: profile, autoUpgradeProfile: channels, schedulerProfile: scheduler?.schedulerProfile }),
  };
  const body = { ...cluster, ...optional({ tags }), properties };
  return await putAndShow(context, args, { path: clusterPath(args), body, apiVersion });
}

/** Settings that are named replace those of before; an empty word resets them all. Source: azure-cli acs, the same file. */
function profileOf(cluster: Cluster, pairs: readonly string[] | undefined): object | undefined {
  if (pairs === undefined) return undefined;
  const named = keyValues(pairs) ?? {};
  const before = cluster.properties["autoScalerProfile"] as object | null | undefined;
  return Object.keys(named).length === 0 ? {} : { ...before, ...named };
}

function warned({ terminal }: AzContext, warning: string): undefined {
  terminal.say(`WARNING: ${warning}`);
  return undefined;
}

const NODE_POOL_HINTS = [
  "--enable-cluster-autoscaler",
  "--disable-cluster-autoscaler",
  "--update-cluster-autoscaler",
  "--tags",
  "--mode",
  "--max-surge",
  "--scale-down-mode",
  "--labels",
  "--node-taints",
];
const CLUSTER_HINTS = [
  "--enable-cluster-autoscaler",
  "--disable-cluster-autoscaler",
  "--update-cluster-autoscaler",
  "--cluster-autoscaler-profile",
  "--tags",
];

function nothingAsked(options: readonly string[]): AzError {
  return new AzError(`Please specify one or more of ${options.map((option) => `"${option}"`).join(" or ")}.`);
}
