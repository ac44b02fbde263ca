import type { ArmRequest, ArmResponse } from "#arm";
import { isAtLeast } from "#api/containerservice/versions";
import {
  agentPoolUpgrades,
  compareVersions,
  type KubernetesRelease,
  type KubernetesReleaseWithUpgrades,
  minorOf,
  supportOf,
  upgradesOf,
  versionsFor,
} from "./catalog/index.ts";
import type { AksContext } from "./context.ts";
import { clusterId, type ClusterName, poolId, type StoredCluster } from "./documents.ts";
import { type GenerationName, generationOf, generations, versionSkew } from "./generations/index.ts";
import { poolDocuments, requireCluster, requirePool } from "./lookup.ts";

type Body = Readonly<Record<string, unknown>>;

/** `kubernetesVersion` entries of upgrade profiles; an absent list means that nothing is offered. Source: recorded answers. */
function upgradesBody(upgrades: readonly KubernetesRelease[]): Body {
  if (upgrades.length === 0) return {};
  return { upgrades: upgrades.map(({ version, isPreview }) => ({ ...(isPreview && { isPreview }), kubernetesVersion: version })) };
}

/** `upgradeProfiles/default` of a cluster: where its control plane may go. Until 2019 each pool was listed as well. */
export function clusterUpgradeProfile(context: AksContext, request: ArmRequest, route: ClusterName): ArmResponse {
  const cluster = requireCluster(context, route).value;
  const { version, generation } = cluster;
  const profile = (kubernetesVersion: string, osType: string): Body => ({
    kubernetesVersion,
    osType,
    ...upgradesBody(upgradesOf(kubernetesVersion, generation)),
  });
  const pools = poolDocuments(context, cluster).map(({ value: { name, properties } }) => ({
    name,
    ...profile(properties.orchestratorVersion, properties.osType),
  }));
  return ok({
    id: `${clusterId(cluster)}/upgradeprofiles/default`,
    name: "default",
    type: "Microsoft.ContainerService/managedClusters/upgradeprofiles",
    properties: {
      controlPlaneProfile: profile(version, "Linux"),
      agentPoolProfiles: isAtLeast(request.apiVersion, "2020-01-01") ? null : pools,
    },
  });
}

/** `upgradeProfiles/default` of a pool: where it may go under its control plane. Source: recorded answers of 2022 and 2023. */
export function poolUpgradeProfile(context: AksContext, _request: ArmRequest, route: ClusterName & { readonly pool: string }): ArmResponse {
  const cluster = requireCluster(context, route).value;
  const { name, properties } = requirePool(context, cluster, route.pool).value;
  const { orchestratorVersion, osType, nodeImageVersion } = properties;
  const upgrades = agentPoolUpgrades({ pool: orchestratorVersion, controlPlane: cluster.version }, cluster.generation);
  return ok({
    id: `${poolId(cluster, name)}/upgradeProfiles/default`,
    name: "default",
    type: "Microsoft.ContainerService/managedClusters/agentPools/upgradeProfiles",
    properties: {
      kubernetesVersion: orchestratorVersion,
      osType,
      ...upgradesBody(upgrades),
      ...(nodeImageVersion !== undefined && { latestNodeImageVersion: nodeImageVersion }),
    },
  });
}

/** `availableAgentPoolVersions`: what a new pool of the cluster may run. Source: the api's own example. */
export function availableAgentPoolVersions(context: AksContext, _request: ArmRequest, route: ClusterName): ArmResponse {
  const cluster = requireCluster(context, route).value;
  const available = poolVersions(cluster).map(({ version, isPreview, isDefault }) => ({
    ...(isDefault && { default: true }),
    ...(isPreview && { isPreview }),
    kubernetesVersion: version,
  }));
  return ok({
    id: `${clusterId(cluster)}/availableagentpoolversions`,
    name: "default",
    type: "Microsoft.ContainerService/managedClusters/availableAgentpoolVersions",
    properties: { agentPoolVersions: available },
  });
}

/** Versions that fit the control plane: its own, and those on offer of its minor and the ones before. */
function poolVersions(cluster: StoredCluster): readonly KubernetesRelease[] {
  const { version: controlPlane, generation } = cluster;
  const own = { version: controlPlane, isPreview: false, isDefault: true };
  const minors = versionsFor(generation).filter(({ version }) => fits(version, cluster));
  const offered = [...minors, ...upgradesOf(controlPlane, generation).filter(({ version }) => fits(version, cluster))];
  const others = offered.filter(
    ({ version }, index) => version !== controlPlane && offered.findIndex((each) => each.version === version) === index,
  );
  return [...others.map((release) => ({ ...release, isDefault: false })), own].sort((a, b) => compareVersions(a.version, b.version));
}

function fits(pool: string, { version: controlPlane, generation }: StoredCluster): boolean {
  return versionSkew({ pool, controlPlane }, generations[generation]) === undefined;
}

/** `locations/{l}/orchestrators`: `az aks get-versions` until 2023. */
export function orchestrators(context: AksContext, { path, apiVersion }: ArmRequest): ArmResponse {
  const location = path.segments[1] ?? "";
  const releases = versionsFor(offered(context, apiVersion)).map(({ version, isDefault, isPreview, upgrades }) => ({
    ...orchestrator(version),
    ...(isDefault && { default: true }),
    ...(isPreview && { isPreview }),
    ...(upgrades.length > 0 && { upgrades: upgrades.map(preview) }),
  }));
  return ok({
    id: `/subscriptions/${path.subscriptionId}/providers/Microsoft.ContainerService/locations/${location}/orchestrators`,
    name: "default",
    type: "Microsoft.ContainerService/locations/orchestrators",
    properties: { orchestrators: releases },
  });
}

function orchestrator(version: string): Body {
  return { orchestratorType: "Kubernetes", orchestratorVersion: version };
}

function preview({ version, isPreview }: KubernetesRelease): Body {
  return { ...orchestrator(version), ...(isPreview && { isPreview }) };
}

/** `locations/{l}/kubernetesVersions`: minors with their patches. Source: recorded answers since 2023. */
export function kubernetesVersions(context: AksContext, { apiVersion }: ArmRequest): ArmResponse {
  const byMinor = new Map<string, KubernetesReleaseWithUpgrades[]>();
  for (const release of versionsFor(offered(context, apiVersion))) {
    const minor = minorOf(release.version);
    byMinor.set(minor, [...(byMinor.get(minor) ?? []), release]);
  }
  const values = [...byMinor].map(([version, releases]) => ({
    version,
    ...(releases.some(({ isDefault }) => isDefault) && { isDefault: true }),
    ...(releases.every(({ isPreview }) => isPreview) && { isPreview: true }),
    capabilities: { supportPlan: supportPlans(version) },
    patchVersions: Object.fromEntries(
      releases.map((release) => [release.version, { upgrades: release.upgrades.map((each) => each.version) }]),
    ),
  }));
  return ok({ values });
}

/** Source: azure-docs articles/aks/long-term-support.md. */
function supportPlans(minor: string): readonly string[] {
  return supportOf(minor) === "long-term" ? ["AKSLongTermSupport"] : ["KubernetesOfficial", "AKSLongTermSupport"];
}

/**
 * The generation whose versions are listed: that of a cluster made through the api-version.
 * Differs from AKS: the `orchestrators` route of 2019 lists the versions of 2019, whenever it is asked.
 */
function offered({ generation }: AksContext, apiVersion: string): GenerationName {
  return generationOf({ apiVersion, ...(generation !== "auto" && { override: generation }) });
}

function ok(body: Body): ArmResponse {
  return { status: 200, layout: "provider", body };
}
