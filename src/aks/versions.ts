import { type ArmRequest, type ArmResponse, timestamp } from "#arm";
import * as reads from "#api/containerservice/reads";
import { returnable } from "./agentpools/rollback/recent.ts";
import { latestNodeImage } from "./agentpools/upgrade/node-image.ts";
import { agentPoolUpgrades, compareVersions, type KubernetesRelease, type Moment, upgradesOf, versionsFor } from "./catalog/index.ts";
import type { AksContext } from "./context.ts";
import { clusterId, type ClusterName, poolId, type StoredCluster, type StoredPool } from "./documents.ts";
import { generationOf, generations, versionSkew } from "./generations/index.ts";
import { poolDocuments, requireCluster, requirePool } from "./lookup.ts";
import { isOffered, momentFor, momentOf, today } from "./moment.ts";

/** `upgradeProfiles/default` of a cluster: where its control plane may go, and until 2019 its pools. */
export function clusterUpgradeProfile(context: AksContext, request: ArmRequest, route: ClusterName): ArmResponse {
  const cluster = requireCluster(context, route).value;
  const { version } = cluster;
  const moment = momentFor(context, cluster, request.apiVersion);
  const pools = poolDocuments(context, cluster).map(({ value: { name, properties } }) => ({
    name,
    kubernetesVersion: properties.orchestratorVersion,
    osType: properties.osType,
    upgrades: upgradesOf(properties.orchestratorVersion, moment),
  }));
  const controlPlane = { id: clusterId(cluster), kubernetesVersion: version, upgrades: upgradesOf(version, moment) };
  return ok(reads.clusterUpgradeProfile(controlPlane, pools, request.apiVersion));
}

/** `upgradeProfiles/default` of a pool: where it may go under its control plane. */
export function poolUpgradeProfile(context: AksContext, request: ArmRequest, route: ClusterName & { readonly pool: string }): ArmResponse {
  const cluster = requireCluster(context, route).value;
  const { name, properties, recent } = requirePool(context, cluster, route.pool).value;
  const { orchestratorVersion: kubernetesVersion, osType } = properties;
  const moment = momentFor(context, cluster, request.apiVersion);
  const upgrades = agentPoolUpgrades({ pool: kubernetesVersion, controlPlane: cluster.version }, moment);
  const pool = {
    id: poolId(cluster, name),
    kubernetesVersion,
    osType,
    recentlyUsedVersions: recentVersions(context, cluster, recent),
    latestNodeImageVersion: latestNodeImage(properties, today(context)),
  };
  return ok(reads.agentPoolUpgradeProfile(pool, upgrades, request.apiVersion));
}

/** What a pool can be rolled back to now: one version at most, that is still offered. */
function recentVersions(
  context: AksContext,
  { properties }: StoredCluster,
  recent: StoredPool["recent"],
): NonNullable<reads.ProfiledAgentPool["recentlyUsedVersions"]> {
  const found = returnable(recent, context.clock.now());
  if (found === undefined || !isOffered(context, found.orchestratorVersion, properties["supportPlan"])) return [];
  const { orchestratorVersion, nodeImageVersion, atMs } = found;
  return [{ orchestratorVersion, nodeImageVersion, timestamp: timestamp(atMs) }];
}

/** `availableAgentPoolVersions`: what a new pool of the cluster may run. */
export function availableAgentPoolVersions(context: AksContext, request: ArmRequest, route: ClusterName): ArmResponse {
  const cluster = requireCluster(context, route).value;
  return ok(reads.availableAgentPoolVersions(clusterId(cluster), poolVersions(cluster, momentFor(context, cluster, request.apiVersion))));
}

/** Versions that fit the control plane: its own, which is the default, and those on offer around it. Oldest first. */
function poolVersions(cluster: StoredCluster, moment: Moment): readonly KubernetesRelease[] {
  const { version: controlPlane, generation } = cluster;
  const fits = (pool: string): boolean => versionSkew({ pool, controlPlane }, generations[generation]) === undefined;
  const byVersion = new Map<string, KubernetesRelease>();
  for (const release of [...versionsFor(moment), ...upgradesOf(controlPlane, moment)]) {
    if (fits(release.version)) byVersion.set(release.version, { ...release, isDefault: false });
  }
  byVersion.set(controlPlane, { version: controlPlane, isPreview: false, isDefault: true });
  return [...byVersion.values()].sort((a, b) => compareVersions(a.version, b.version));
}

/** What the last clients of the `orchestrators` route make clusters through. Source: Azure/azure-cli 2.45.0, acs, of February 2023. */
const LAST_OF_ORCHESTRATORS = "2022-11-01";

/**
 * `locations/{l}/orchestrators`: `az aks get-versions` until 2023. Clients of four years asked at 2019-04-01, so that the
 * api-version does not tell their time: the last of them is answered, but where the rules of 2019 are fixed.
 * Source: recorded answers at 2019-04-01 of 2021-07 and 2022-03.
 */
export function orchestrators(context: AksContext, { path }: ArmRequest): ArmResponse {
  const scope = { subscriptionId: path.subscriptionId, location: path.segments[1] ?? "" };
  return ok(reads.orchestrators(scope, offered(context, LAST_OF_ORCHESTRATORS)));
}

/** `locations/{l}/kubernetesVersions`: minor versions with their patches. */
export function kubernetesVersions(context: AksContext, { apiVersion }: ArmRequest): ArmResponse {
  return ok(reads.kubernetesVersions(offered(context, apiVersion)));
}

/** The versions that a cluster made through the api-version could have. */
function offered(context: AksContext, apiVersion: string): readonly reads.OfferedRelease[] {
  const override = context.generation === "auto" ? undefined : context.generation;
  return versionsFor(momentOf(context, generationOf({ apiVersion, override }), apiVersion));
}

function ok(body: Record<string, unknown>): ArmResponse {
  return { status: 200, layout: "provider", body };
}
