import { baseImageName, imageFamily, patchedImageName } from "../catalog/index.ts";
import type { AksContext } from "../context.ts";
import { clusterKey, type StoredCluster, type StoredPool } from "../documents.ts";
import { latestNodeImage } from "../agentpools/upgrade/node-image.ts";
import { holdsMachines } from "../machines/documents.ts";
import { isPlanned, type Opening, openingAt } from "../maintenanceconfigurations/opening.ts";
import { momentOfUpkeep, today } from "../moment.ts";
import { channelsOf, type NodeOsChannel, upgradesVersion } from "./channels.ts";
import type { UpkeepState } from "./plan.ts";
import { versionGoal } from "./version-goal.ts";

/**
 * What the channels of a cluster want; undefined where none is on.
 * @param pools in the order in which they were made.
 */
export function observeUpkeep(context: AksContext, cluster: StoredCluster, pools: readonly StoredPool[]): UpkeepState | undefined {
  const { upgrade, nodeOs } = channelsOf(cluster);
  const [withVersion, withImages] = [upgradesVersion(upgrade), nodeOs === "NodeImage" || nodeOs === "SecurityPatch"];
  if (!withVersion && !withImages) return undefined;
  const openingBy = (names: readonly string[]): Opening => openingOf(context, cluster, names);
  return {
    nowMs: context.clock.now(),
    ...(withVersion && { version: { opening: openingBy([VERSIONS, ANY]), ...dueVersion(context, cluster, pools) } }),
    ...(withImages && {
      images: {
        opening: openingBy(upgrade === "node-image" ? [IMAGES, VERSIONS, ANY] : [IMAGES, ANY]),
        due: pools.filter(keepsImages).flatMap((pool) => dueImage(context, pool, nodeOs)),
      },
    }),
  };
}

const VERSIONS = "aksManagedAutoUpgradeSchedule";
const IMAGES = "aksManagedNodeOSUpgradeSchedule";
/**
 * Source: Azure docs planned-maintenance of 2021, "will detect if you are using Cluster Auto-Upgrade and schedule your upgrades during
 * your maintenance window". Unverified: that it still gates upgrades where the configuration for them is absent; today's docs call it
 * that of AKS's weekly releases.
 */
const ANY = "default";

/** By the first of the configurations that is there and says when. */
function openingOf({ maintenance, clock }: AksContext, cluster: StoredCluster, names: readonly string[]): Opening {
  const stored = maintenance.list(`${clusterKey(cluster)}/`).map(({ value }) => value);
  const planned = names
    .map((name) => stored.find((each) => each.name.toLowerCase() === name.toLowerCase())?.properties)
    .find((properties) => properties !== undefined && isPlanned(properties));
  return openingAt(planned, { nowMs: clock.now(), bornMs: cluster.createdMs });
}

function dueVersion(
  context: AksContext,
  cluster: StoredCluster,
  pools: readonly StoredPool[],
): Pick<NonNullable<UpkeepState["version"]>, "due"> {
  const goal = versionGoal(
    {
      channel: channelsOf(cluster).upgrade,
      version: cluster.version,
      pools: pools.filter((pool) => !holdsMachines(pool)).map(({ properties }) => properties.orchestratorVersion),
      longTerm: cluster.properties["supportPlan"] === "AKSLongTermSupport",
    },
    momentOfUpkeep(context, cluster),
  );
  return goal === undefined ? {} : { due: { goal, attempt: cluster.upkeep } };
}

/** Availability sets have no images that can be replaced, a pool of mode Machines has none at all, and a stopped pool has no nodes. */
function keepsImages({ properties, parked }: StoredPool): boolean {
  return properties.type !== "AvailabilitySet" && properties.mode !== "Machines" && parked === undefined;
}

/**
 * Source: Azure docs auto-upgrade-node-os-image: security patches are for Linux alone. Unverified: that they are always a reimage, where
 * AKS patches nodes that need none as they run.
 */
function dueImage(
  context: AksContext,
  { name, properties, upkeep }: StoredPool,
  channel: NodeOsChannel,
): NonNullable<UpkeepState["images"]>["due"] {
  const { nodeImageVersion: present = "", osType } = properties;
  const day = today(context);
  if (channel === "SecurityPatch" && (osType === "Windows" || present === "")) return [];
  const newest = latestNodeImage(properties, day);
  const goal = channel === "SecurityPatch" ? patchedImageName(present, day) : newest;
  const isThere = channel === "SecurityPatch" ? !isNewer(goal, present) : !isNewer(goal, baseImageName(present));
  return isThere ? [] : [{ pool: name, goal, attempt: upkeep }];
}

/** An image of another family is: only of the same one is it known which came first. */
function isNewer(image: string, present: string): boolean {
  return imageFamily(image) !== imageFamily(present) || image > present;
}
