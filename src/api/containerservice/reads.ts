import { isAtLeast, ROLLBACK_SINCE } from "./versions.ts";
import { lowerCaseGroups } from "./managed-cluster.ts";

/** A version as the service offers it. */
export interface OfferedVersion {
  readonly version: string;
  readonly isPreview: boolean;
}

/** A version and where it leads. */
export interface OfferedRelease extends OfferedVersion {
  readonly isDefault: boolean;
  readonly upgrades: readonly OfferedVersion[];
  /** `KubernetesOfficial`, `AKSLongTermSupport`. */
  readonly supportPlan: readonly string[];
}

const RESOURCE_TYPES = "Microsoft.ContainerService/managedClusters";

/** Until then a cluster's upgrade profile listed its pools. Source: swagger 2019-04-01; recorded answers of 2020 on have a null. */
const POOLS_LISTED_UNTIL = "2020-01-01";

/** A pool as its profile shows it. */
export interface ProfiledAgentPool {
  readonly id: string;
  readonly kubernetesVersion: string;
  readonly osType: string;
  readonly latestNodeImageVersion?: string;
  /** What it can be rolled back to. */
  readonly recentlyUsedVersions?: readonly {
    readonly orchestratorVersion: string;
    readonly nodeImageVersion: string;
    readonly timestamp: string;
  }[];
}

/**
 * `…/agentPools/{p}/upgradeProfiles/default`. `upgrades` and versions for a rollback are left out when there are none. Sources:
 * recorded answers of 2022-10; swagger 2026-04-01, AgentPoolUpgradeProfileProperties.
 */
export function agentPoolUpgradeProfile(
  pool: ProfiledAgentPool,
  upgrades: readonly OfferedVersion[],
  apiVersion: string,
): Record<string, unknown> {
  const { id, kubernetesVersion, osType, latestNodeImageVersion, recentlyUsedVersions = [] } = pool;
  const shown = recentlyUsedVersions.length > 0 && isAtLeast(apiVersion, ROLLBACK_SINCE);
  return {
    id: `${lowerCaseGroups(id)}/upgradeProfiles/default`,
    name: "default",
    type: `${RESOURCE_TYPES}/agentPools/upgradeProfiles`,
    properties: {
      kubernetesVersion,
      osType,
      ...upgradesMember(upgrades),
      ...(latestNodeImageVersion === undefined ? {} : { latestNodeImageVersion }),
      ...(shown && { recentlyUsedVersions }),
    },
  };
}

export interface ProfiledPool {
  readonly name: string;
  readonly kubernetesVersion: string;
  readonly osType: string;
  readonly upgrades: readonly OfferedVersion[];
}

/** `…/managedClusters/{c}/upgradeProfiles/default`. Sources: swagger 2019-04-01, its example; recorded answers of 2020 on. */
export function clusterUpgradeProfile(
  cluster: { readonly id: string; readonly kubernetesVersion: string; readonly upgrades: readonly OfferedVersion[] },
  pools: readonly ProfiledPool[],
  apiVersion: string,
): Record<string, unknown> {
  const listed = isAtLeast(apiVersion, POOLS_LISTED_UNTIL) ? null : pools.map(profileOf);
  const { id, kubernetesVersion, upgrades } = cluster;
  return {
    id: `${lowerCaseGroups(id)}/upgradeprofiles/default`,
    name: "default",
    type: `${RESOURCE_TYPES}/upgradeprofiles`,
    properties: {
      controlPlaneProfile: {
        ...(listed === null ? {} : { name: "master" }),
        kubernetesVersion,
        osType: "Linux",
        ...upgradesMember(upgrades),
      },
      agentPoolProfiles: listed,
    },
  };
}

function profileOf({ name, kubernetesVersion, osType, upgrades }: ProfiledPool): Record<string, unknown> {
  return { name, kubernetesVersion, osType, ...upgradesMember(upgrades) };
}

/** `…/managedClusters/{c}/availableAgentPoolVersions`. Source: azure-rest-api-specs 2024-09-01, AgentPoolsGetAgentPoolAvailableVersions. */
export function availableAgentPoolVersions(
  clusterId: string,
  versions: readonly (OfferedVersion & { readonly isDefault: boolean })[],
): Record<string, unknown> {
  return {
    id: `${lowerCaseGroups(clusterId)}/availableagentpoolversions`,
    name: "default",
    type: `${RESOURCE_TYPES}/availableAgentpoolVersions`,
    properties: {
      agentPoolVersions: versions.map(({ version, isPreview, isDefault }) => ({
        ...(isDefault ? { default: true } : {}),
        kubernetesVersion: version,
        ...previewMember(isPreview),
      })),
    },
  };
}

/** `…/locations/{l}/orchestrators`: `az aks get-versions` until 2023. Source: recorded answers of 2021-07 and 2022-03. */
export function orchestrators(
  scope: { readonly subscriptionId: string; readonly location: string },
  releases: readonly OfferedRelease[],
): Record<string, unknown> {
  const describe = ({ version, isPreview }: OfferedVersion): Record<string, unknown> => ({
    orchestratorType: "Kubernetes",
    orchestratorVersion: version,
    ...previewMember(isPreview),
  });
  return {
    id: `/subscriptions/${scope.subscriptionId}/providers/Microsoft.ContainerService/locations/${scope.location}/orchestrators`,
    name: "default",
    type: "Microsoft.ContainerService/locations/orchestrators",
    properties: {
      orchestrators: releases.map((release) => ({
        orchestratorType: "Kubernetes",
        orchestratorVersion: release.version,
        ...(release.isDefault ? { default: true } : {}),
        ...(release.upgrades.length === 0 ? {} : { upgrades: release.upgrades.map(describe) }),
        ...previewMember(release.isPreview),
      })),
    },
  };
}

/** `…/locations/{l}/kubernetesVersions`: minor versions with their patches. Source: azure-rest-api-specs 2024-09-01, KubernetesVersions_List. */
export function kubernetesVersions(releases: readonly OfferedRelease[]): Record<string, unknown> {
  const minors = new Map<string, OfferedRelease[]>();
  for (const release of releases) {
    const minor = release.version.split(".").slice(0, 2).join(".");
    minors.set(minor, [...(minors.get(minor) ?? []), release]);
  }
  return { values: [...minors].map(([minor, patches]) => minorVersion(minor, patches)) };
}

function minorVersion(minor: string, patches: readonly OfferedRelease[]): Record<string, unknown> {
  return {
    version: minor,
    ...(patches.some(({ isDefault }) => isDefault) ? { isDefault: true } : {}),
    ...(patches.every(({ isPreview }) => isPreview) ? { isPreview: true } : {}),
    capabilities: { supportPlan: patches[0]?.supportPlan ?? [] },
    patchVersions: Object.fromEntries(
      patches.map(({ version, upgrades }) => [version, { upgrades: upgrades.map((upgrade) => upgrade.version) }]),
    ),
  };
}

/** The answer of the calls for credentials. @param kubeconfig YAML. Source: swagger 2019-04-01, CredentialResults. */
export function credentials(name: "clusterUser" | "clusterAdmin" | "clusterMonitoringUser", kubeconfig: string): Record<string, unknown> {
  return { kubeconfigs: [{ name, value: Buffer.from(kubeconfig, "utf8").toString("base64") }] };
}

/** The answer of the older calls for credentials, by role. Source: swagger 2019-04-01, ManagedClusterAccessProfile. */
export function accessProfile(
  cluster: { readonly id: string; readonly location: string },
  role: string,
  kubeconfig: string,
): Record<string, unknown> {
  return {
    id: `${lowerCaseGroups(cluster.id)}/accessProfiles/${role}`,
    location: cluster.location,
    name: role,
    type: "Microsoft.ContainerService/ManagedClusters/AccessProfiles",
    properties: { kubeConfig: Buffer.from(kubeconfig, "utf8").toString("base64") },
  };
}

function upgradesMember(upgrades: readonly OfferedVersion[]): Record<string, unknown> {
  if (upgrades.length === 0) return {};
  return { upgrades: upgrades.map(({ version, isPreview }) => ({ kubernetesVersion: version, ...previewMember(isPreview) })) };
}

function previewMember(isPreview: boolean): Record<string, unknown> {
  return isPreview ? { isPreview: true } : {};
}
