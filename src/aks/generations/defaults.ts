import type { AgentPoolProperties, ManagedClusterProperties, UpgradeSettings } from "#api/containerservice/model";
import { isObject, type JsonObject } from "#api/containerservice/decode";
import { isOfTime } from "#api/containerservice/times";
import { isAtLeast, isPreviewVersion } from "#api/containerservice/versions";
import { compareVersions } from "../catalog/version.ts";
import { type GenerationName, generations } from "./generation.ts";

/** A pool is made with its cluster, or later by itself: the service fills in different members. */
export type AgentPoolOrigin = "cluster" | "agentPool";

/** A member that the service fills in when the caller leaves it out, from one day up to another. */
interface Default {
  readonly name: string;
  readonly value: unknown;
  /** First day of the service that fills it in; api-versions stand for days. */
  readonly since: string;
  /** First day without it. */
  readonly until?: string;
  readonly origin?: AgentPoolOrigin;
  readonly osType?: "Linux" | "Windows";
  readonly previewOnly?: boolean;
}

/** Day from which on answers are those of today. Source: recorded answers of 2025-08, and of 2026-01 to callers of 2024-09-01. */
const SINCE_2025 = "2024-10-01";

/**
 * Members of pools that are filled in at some api-versions only. What is filled in always, such as `maxPods`, is not here, nor
 * what is never filled in but only echoed: `enableEncryptionAtHost`, `enableUltraSSD`, `workloadRuntime`.
 * Source: recorded requests and answers of 2019 to 2026, by what answers have and requests do not.
 */
const agentPoolTable: readonly Default[] = [
  { name: "storageProfile", value: "ManagedDisks", since: "2017-10-24", until: "2019-05-01", origin: "cluster" },
  { name: "osSKU", value: "Ubuntu", since: "2021-03-01", osType: "Linux" },
  { name: "osSKU", value: "Windows2022", since: "2022-07-01", osType: "Windows" },
  { name: "enableFIPS", value: false, since: "2021-03-01" },
  { name: "enableNodePublicIP", value: false, since: "2019-06-01", until: "2020-01-01", origin: "agentPool" },
  // Unverified: since when; recorded answers of 2023-01 lack them, one of 2026-01 has them, and others sent them.
  { name: "enableNodePublicIP", value: false, since: "2023-07-01" },
  { name: "enableAutoScaling", value: false, since: "2023-07-01", origin: "agentPool" },
  { name: "scaleDownMode", value: "Delete", since: "2023-07-01", origin: "agentPool" },
  { name: "scaleDownMode", value: "Delete", since: SINCE_2025, origin: "cluster" },
  { name: "nodeLabels", value: {}, since: "2020-03-01", until: "2021-09-01", origin: "cluster" },
  { name: "nodeLabels", value: {}, since: SINCE_2025, origin: "cluster" },
  { name: "securityProfile", value: { sshAccess: "LocalUser", enableVTPM: false, enableSecureBoot: false }, since: SINCE_2025 },
];

/** Members of clusters, as for pools. */
const managedClusterTable: readonly Default[] = [
  { name: "addonProfiles", value: { KubeDashboard: { enabled: true } }, since: "2020-06-01", until: "2020-11-01" },
  // The day that 2023-06-01 stands for. Source: MicrosoftDocs/azure-aks-docs articles/aks/auto-upgrade-node-image.md.
  { name: "autoUpgradeProfile", value: { nodeOSUpgradeChannel: "NodeImage" }, since: "2023-07-01" },
  { name: "publicNetworkAccess", value: "Enabled", since: "2021-10-01", until: "2022-01-01" },
  { name: "securityProfile", value: {}, since: "2021-10-01" },
  {
    name: "storageProfile",
    value: { diskCSIDriver: { enabled: true, version: "v1" }, fileCSIDriver: { enabled: true }, snapshotController: { enabled: true } },
    since: "2022-06-01",
  },
  { name: "oidcIssuerProfile", value: { enabled: false }, since: "2022-01-02-preview" },
  { name: "workloadAutoScalerProfile", value: {}, since: "2022-05-02-preview", until: "2022-11-02-preview", previewOnly: true },
  { name: "workloadAutoScalerProfile", value: {}, since: "2022-11-02-preview" },
  { name: "supportPlan", value: "KubernetesOfficial", since: "2023-02-01" },
  { name: "metricsProfile", value: { costAnalysis: { enabled: false } }, since: SINCE_2025 },
  { name: "nodeProvisioningProfile", value: { mode: "Manual", defaultNodePools: "Auto" }, since: SINCE_2025 },
  { name: "bootstrapProfile", value: { artifactSource: "Direct" }, since: SINCE_2025 },
  {
    name: "controlPlanePluginProfiles",
    value: Object.fromEntries(
      [
        "azure-monitor-metrics-ccp",
        "gpu-provisioner",
        "karpenter",
        "kubelet-serving-csr-approver",
        "live-patching-controller",
        "static-egress-controller",
      ].map((plugin) => [plugin, { enableV2: true }]),
    ),
    since: SINCE_2025,
    previewOnly: true,
  },
];

/** Of clusters with Windows. Source: recorded answers of 2021-07. */
const windowsDefaults = { windowsProfile: { enableCSIProxy: true } } as const;

/** Source: recorded answers of 2023-06. */
const autoScalerDefaults = {
  "balance-similar-node-groups": "false",
  expander: "random",
  "max-empty-bulk-delete": "10",
  "max-graceful-termination-sec": "600",
  "max-node-provision-time": "15m",
  "max-total-unready-percentage": "45",
  "new-pod-scale-up-delay": "0s",
  "ok-total-unready-count": "3",
  "scale-down-delay-after-add": "10m",
  "scale-down-delay-after-delete": "10s",
  "scale-down-delay-after-failure": "3m",
  "scale-down-unneeded-time": "10m",
  "scale-down-unready-time": "20m",
  "scale-down-utilization-threshold": "0.5",
  "scan-interval": "10s",
  "skip-nodes-with-local-storage": "false",
  "skip-nodes-with-system-pods": "true",
} as const;

/** What a cluster says about its pools at api-versions of a time. Source: recorded answers of 2019-10, 2020-03 and 2020-09. */
const maxAgentPoolsTable: readonly { readonly since: string; readonly count: number }[] = [
  { since: "2020-11-01", count: 100 },
  { since: "2020-06-01", count: 10 },
  { since: "2020-01-01", count: 100 },
  { since: "2017-08-31", count: 8 },
];

/**
 * What a caller sent for a new pool, and what the service fills in at that api-version. Later answers at another api-version
 * show it as it was filled in then, as far as that version knows the members.
 */
export function withAgentPoolDefaults(
  sent: Partial<AgentPoolProperties>,
  request: {
    readonly apiVersion: string;
    readonly generation: GenerationName;
    readonly origin: AgentPoolOrigin;
    /** Full version that the pool is to run. */
    readonly version: string;
  },
): Partial<AgentPoolProperties> {
  const sentOsType = sent.osType ?? "Linux";
  const rows = agentPoolTable.filter(
    ({ origin = request.origin, osType = sentOsType }) => origin === request.origin && osType === sentOsType,
  );
  const upgradeSettings = upgradeSettingsOf(sent.upgradeSettings, request);
  return { ...merged(filledIn(rows, request.apiVersion), sent), ...(upgradeSettings !== undefined && { upgradeSettings }) };
}

/** What a caller sent for a new cluster, and what the service fills in at that api-version; members of objects one by one. */
export function withManagedClusterDefaults(sent: Partial<ManagedClusterProperties>, apiVersion: string): Partial<ManagedClusterProperties> {
  const defaults = filledIn(managedClusterTable, apiVersion);
  const hasWindows = sent.windowsProfile !== undefined;
  const { autoScalerProfile, ...others } = merged({ ...defaults, ...(hasWindows && windowsDefaults) }, sent);
  const profile = withAutoScalerDefaults(autoScalerProfile);
  return profile === undefined ? others : { ...others, autoScalerProfile: profile };
}

/**
 * The cluster autoscaler's settings: every one is there when one was sent, none when an empty object was.
 * Source: recorded requests and answers of 2023-06.
 */
export function withAutoScalerDefaults(sent: unknown): Readonly<Record<string, unknown>> | undefined {
  return isObject(sent) && Object.keys(sent).length > 0 ? { ...autoScalerDefaults, ...sent } : undefined;
}

/** The settings of a cluster that has come to rest: those that were asked for by an empty object. Source: recorded answers of 2023-06. */
export function settledAutoScaler(stored: unknown): Readonly<Record<string, unknown>> | undefined {
  return isObject(stored) && Object.keys(stored).length === 0 ? autoScalerDefaults : undefined;
}

/** How many pools a new cluster may have: the generation's number, or fewer at api-versions of a time with fewer. */
export function maxAgentPools(generation: GenerationName, apiVersion: string): number {
  const atTheTime = maxAgentPoolsTable.find(({ since }) => isAtLeast(apiVersion, since))?.count ?? generations[generation].maxAgentPools;
  return Math.min(atTheTime, generations[generation].maxAgentPools);
}

/** Whether a new cluster gets a `resourceUID`. Source: recorded answers of 2024-02 on. */
export function hasResourceUid(apiVersion: string): boolean {
  return isOfTime(apiVersion, "2024-02-01");
}

/** Pools of this version and later show the surge that they get when they ask for none. Source: Azure/AKS CHANGELOG 2025-03-16. */
const SURGE_SHOWN_SINCE = "1.32.0";

/** What was sent, `{}` included; the surge is filled in by Kubernetes version. Source: recorded answers of 2020-04 to 2026-01. */
function upgradeSettingsOf(
  sent: UpgradeSettings | undefined,
  { apiVersion, generation, version }: { readonly apiVersion: string; readonly generation: GenerationName; readonly version: string },
): UpgradeSettings | undefined {
  const isFilledIn = compareVersions(version, SURGE_SHOWN_SINCE) >= 0 || (sent === undefined && isAtLeast(apiVersion, "2024-09-01"));
  if (!isFilledIn || generation === "2019-preview") return sent;
  return { maxSurge: generations[generation].defaultMaxSurge, maxUnavailable: "0", ...sent };
}

/** What was sent over the defaults; of members that are objects on both sides, each member. */
function merged(defaults: JsonObject, sent: JsonObject): JsonObject {
  const both = { ...defaults, ...sent };
  for (const [name, value] of Object.entries(sent)) {
    const byDefault = defaults[name];
    if (isObject(value) && isObject(byDefault)) both[name] = { ...byDefault, ...value };
  }
  return both;
}

function filledIn(rows: readonly Default[], apiVersion: string): Record<string, unknown> {
  const present = rows.filter(
    ({ since, until, previewOnly = false }) =>
      isOfTime(apiVersion, since) &&
      (until === undefined || !isOfTime(apiVersion, until)) &&
      (!previewOnly || isPreviewVersion(apiVersion)),
  );
  return Object.fromEntries(present.map(({ name, value }) => [name, value]));
}
