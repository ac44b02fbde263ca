import type { ArmRequest, ArmResponse } from "#arm";
import * as reads from "#api/containerservice/reads";
import { latestNodeImage } from "./agentpools/upgrade/node-image.ts";
import { agentPoolUpgrades, compareVersions, type KubernetesRelease, supportOf, upgradesOf, versionsFor } from "./catalog/index.ts";
import type { AksContext } from "./context.ts";
import { clusterId, type ClusterName, poolId, type StoredCluster } from "./documents.ts";
import { type GenerationName, generationOf, generations, versionSkew } from "./generations/index.ts";
import { poolDocuments, requireCluster, requirePool } from "./lookup.ts";

/** `upgradeProfiles/default` of a cluster: where its control plane may go, and until 2019 its pools. */
export function clusterUpgradeProfile(context: AksContext, request: ArmRequest, route: ClusterName): ArmResponse {
  const cluster = requireCluster(context, route).value;
  const { version, generation } = cluster;
  const pools = poolDocuments(context, cluster).map(({ value: { name, properties } }) => ({
    name,
    kubernetesVersion: properties.orchestratorVersion,
    osType: properties.osType,
    upgrades: upgradesOf(properties.orchestratorVersion, generation),
  }));
  const controlPlane = { id: clusterId(cluster), kubernetesVersion: version, upgrades: upgradesOf(version, generation) };
  return ok(reads.clusterUpgradeProfile(controlPlane, pools, request.apiVersion));
}

/** `upgradeProfiles/default` of a pool: where it may go under its control plane. */
export function poolUpgradeProfile(context: AksContext, _request: ArmRequest, route: ClusterName & { readonly pool: string }): ArmResponse {
  const cluster = requireCluster(context, route).value;
  const { name, properties } = requirePool(context, cluster, route.pool).value;
  const { orchestratorVersion: kubernetesVersion, osType } = properties;
  const upgrades = agentPoolUpgrades({ pool: kubernetesVersion, controlPlane: cluster.version }, cluster.generation);
  const pool = {
    id: poolId(cluster, name),
    kubernetesVersion,
    osType,
    latestNodeImageVersion: latestNodeImage(properties),
  };
  return ok(reads.agentPoolUpgradeProfile(pool, upgrades));
}

/** `availableAgentPoolVersions`: what a new pool of the cluster may run. */
export function availableAgentPoolVersions(context: AksContext, _request: ArmRequest, route: ClusterName): ArmResponse {
  const cluster = requireCluster(context, route).value;
  return ok(reads.availableAgentPoolVersions(clusterId(cluster), poolVersions(cluster)));
}

/** Versions that fit the control plane: its own, which is the default, and those on offer around it. Oldest first. */
function poolVersions(cluster: StoredCluster): readonly KubernetesRelease[] {
  const { version: controlPlane, generation } = cluster;
  const fits = (pool: string): boolean => versionSkew({ pool, controlPlane }, generations[generation]) === undefined;
  const byVersion = new Map<string, KubernetesRelease>();
  for (const release of [...versionsFor(generation), ...upgradesOf(controlPlane, generation)]) {
    if (fits(release.version)) byVersion.set(release.version, { ...release, isDefault: false });
  }
  byVersion.set(controlPlane, { version: controlPlane, isPreview: false, isDefault: true });
  return [...byVersion.values()].sort((a, b) => compareVersions(a.version, b.version));
}

/** `locations/{l}/orchestrators`: `az aks get-versions` until 2023. */
export function orchestrators(context: AksContext, { path, apiVersion }: ArmRequest): ArmResponse {
  const scope = { subscriptionId: path.subscriptionId, location: path.segments[1] ?? "" };
  return ok(reads.orchestrators(scope, offered(context, apiVersion)));
}

/** `locations/{l}/kubernetesVersions`: minor versions with their patches. */
export function kubernetesVersions(context: AksContext, { apiVersion }: ArmRequest): ArmResponse {
  return ok(reads.kubernetesVersions(offered(context, apiVersion)));
}

/**
 * The versions of the generation that a cluster made through the api-version would have.
 * Differs from AKS: the `orchestrators` route at an api-version of 2019 lists the versions of 2019, whenever it is asked.
 */
function offered({ generation }: AksContext, apiVersion: string): readonly reads.OfferedRelease[] {
  const name: GenerationName = generationOf({ apiVersion, ...(generation !== "auto" && { override: generation }) });
  return versionsFor(name).map((release) => ({ ...release, supportPlan: supportPlans(release.version) }));
}

/** Source: azure-docs articles/aks/long-term-support.md: every minor since 1.27 can have it. */
function supportPlans(version: string): readonly string[] {
  const longTerm = compareVersions(version, "1.27.0") >= 0 ? ["AKSLongTermSupport"] : [];
  return supportOf(version) === "long-term" ? longTerm : ["KubernetesOfficial", ...longTerm];
}

function ok(body: Record<string, unknown>): ArmResponse {
  return { status: 200, layout: "provider", body };
}
