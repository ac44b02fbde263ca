import { sizesIn, vmSize as findVmSize } from "#compute";
import { refusals } from "../../errors.ts";
import { tooSmallFor } from "../../nodes/index.ts";
import { resourceRefusals } from "../../resource-errors.ts";
import { isAmount } from "../upgrade/batch.ts";
import { blueGreenSettingsRule } from "../upgrade/blue-green/rules.ts";
import type { Rule } from "./candidate.ts";
import { gateway } from "./gateway.ts";
import { featureRules } from "./features.ts";
import { machinesPool } from "./machines.ts";
import { nodeConfigRules } from "./node-config.ts";
import { operatingSystemRules } from "./operating-system.ts";
import { profileRefusals } from "./profile-errors.ts";
import { referenceRules } from "./references.ts";
import { fromSnapshot } from "./snapshot.ts";
import { virtualMachines } from "./virtual-machines.ts";
import { wordRules } from "./words.ts";

const NAME = /^[a-z][a-z0-9]{0,11}$/;
const WINDOWS_NAME_LENGTH = 6;
/** Source: Azure/AKS CHANGELOG, May 2025. */
const RESERVED_NAMES: ReadonlySet<string> = new Set(["aksmanagedap"]);
/** Gigabytes. Source: Azure/azure-rest-api-specs ContainerServiceOSDisk; the image needs 30. */
const OS_DISK = { min: 30, max: { "2019-preview": 1023, current: 2048 } } as const;
const ZONES: ReadonlySet<unknown> = new Set(["1", "2", "3"]);
const TYPES: ReadonlySet<unknown> = new Set(["VirtualMachineScaleSets", "VirtualMachines", "AvailabilitySet"]);
const MODES: ReadonlySet<unknown> = new Set(["System", "User", "Gateway", "Machines"]);
/** Sources: Azure/azure-rest-api-specs managedClusters.json, OSSKU, of all its versions. */
const OS_SKUS = {
  Linux:
    /^(Ubuntu|Ubuntu1804|Ubuntu2204|Ubuntu2404|CBLMariner|Mariner|AzureLinux|AzureLinux3|AzureLinuxOSGuard|AzureLinux3OSGuard|AzureContainerLinux|Flatcar)$/i,
  Windows: /^(Windows2019|Windows2022|Windows2025|WindowsAnnual)$/i,
} as const;
/** Names of sizes that a refusal lists at most. */
const LISTED_SIZES = 200;

function within(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}

/** Source: Azure/azure-rest-api-specs managedClusters.json, agentPoolName; azure-docs articles/aks/create-node-pools.md for Windows. */
const name: Rule = ({ name, wanted }) => {
  if (!NAME.test(name) || RESERVED_NAMES.has(name)) return refusals.invalidParameter("agentPoolProfile.name");
  return wanted.osType === "Windows" && name.length > WINDOWS_NAME_LENGTH ? refusals.windowsNameTooLong() : undefined;
};

const words: Rule = ({ wanted }) => {
  const { osType, mode, type } = wanted as { readonly osType: string; readonly mode: string; readonly type: string };
  if (osType !== "Linux" && osType !== "Windows") return refusals.invalidParameter("agentPoolProfile.osType");
  if (!MODES.has(mode)) return refusals.invalidParameter("agentPoolProfile.mode");
  return TYPES.has(type) ? undefined : refusals.invalidParameter("agentPoolProfile.type");
};

const osSku: Rule = ({ wanted: { osType, osSKU } }) =>
  osSKU === undefined || OS_SKUS[osType].test(osSKU) ? undefined : resourceRefusals.osSku(osSKU);

const vmSize: Rule = ({ wanted, stored, cluster }) => {
  if (stored?.vmSize === wanted.vmSize) return undefined;
  const size = findVmSize(wanted.vmSize);
  const offered = sizesIn(cluster.location).map(({ name }) => name);
  if (size !== undefined && offered.includes(size.name)) return undefined;
  return refusals.sizeNotAllowed(wanted.vmSize, cluster.location, offered.slice(0, LISTED_SIZES));
};

/** The bounds of one pool; a system pool keeps a node. Source: generations. */
const count: Rule = ({ wanted, generation }) => {
  if (wanted.powerState?.code === "Stopped") return undefined;
  const min = generation.minNodes[wanted.mode === "System" ? "System" : "User"];
  return within(wanted.count, min, generation.maxNodesPerAgentPool) ? undefined : refusals.invalidParameter("agentPoolProfile.count");
};

const osDisk: Rule = ({ wanted, generation }) =>
  within(wanted.osDiskSizeGB, OS_DISK.min, OS_DISK.max[generation.name])
    ? undefined
    : refusals.invalidParameter("agentPoolProfile.osDiskSizeGB");

/** Of a new pool: later the disk cannot change. Source: Azure docs concepts-storage. */
const ephemeralDisk: Rule = ({ wanted, stored }) => {
  const size = findVmSize(wanted.vmSize);
  if (stored !== undefined || wanted.osDiskType !== "Ephemeral" || size === undefined) return undefined;
  const disks = tooSmallFor(size, wanted.osDiskSizeGB);
  return disks === undefined ? undefined : refusals.diskDoesNotFit(size.name, disks, wanted.osDiskSizeGB);
};

/**
 * A node holds ten pods at least, a new pool thirty. Sources: Azure/AKS CHANGELOG 2019; Azure/AKS#1422, of pools that are made smaller
 * later; Azure/AKS#931 for the answer of 2019.
 */
const maxPods: Rule = ({ wanted, stored, generation: { name: time, maxPods: bounds, minPodsPerAgentPool: least } }) => {
  if (stored !== undefined) return undefined;
  const fits = within(wanted.maxPods, bounds.min, bounds.max);
  if (!fits && (time === "2019-preview" || !Number.isInteger(wanted.maxPods))) return refusals.invalidParameter("agentPoolProfile.maxPods");
  if (!fits) return profileRefusals.podsPerNode(wanted.maxPods, bounds);
  return wanted.count === 0 || wanted.count * wanted.maxPods >= least ? undefined : profileRefusals.podsPerPool(wanted, least);
};

const zones: Rule = ({ wanted }) =>
  (wanted.availabilityZones ?? []).every((zone) => ZONES.has(zone))
    ? undefined
    : refusals.invalidParameter("agentPoolProfile.availabilityZones");

/**
 * Sources: azure-docs articles/aks/upgrade-aks-node-pools-rolling.md and, for blocked nodes, upgrade-options.md. A drain timeout of zero
 * is none: Terraform sends it with every block of upgrade settings
 * (hashicorp/terraform-provider-azurerm:internal/services/containers/kubernetes_nodepool.go).
 * Unverified: code and target of the rules for maxUnavailable and maxBlockedNodes.
 */
const upgradeSettings: Rule = ({ wanted: { mode, upgradeSettings: settings = {} } }) => {
  const at = (member: string): Error => refusals.invalidParameter(`agentPoolProfile.upgradeSettings.${member}`);
  const { maxSurge, maxUnavailable, maxBlockedNodes, drainTimeoutInMinutes: drain, nodeSoakDurationInMinutes: soak } = settings;
  if (maxSurge !== undefined && !isAmount(maxSurge)) return at("maxSurge");
  if (maxUnavailable !== undefined && !isAmount(maxUnavailable)) return at("maxUnavailable");
  if (Number.parseInt(maxSurge ?? "1", 10) === 0 && Number.parseInt(maxUnavailable ?? "0", 10) === 0) return at("maxSurge");
  if (mode === "System" && Number.parseInt(maxUnavailable ?? "0", 10) > 0) return at("maxUnavailable");
  if (drain !== undefined && !within(drain, 0, 1440)) return at("drainTimeoutInMinutes");
  if (soak !== undefined && !within(soak, 0, 30)) return at("nodeSoakDurationInMinutes");
  if (maxBlockedNodes === undefined) return undefined;
  return isAmount(maxBlockedNodes) && settings.undrainableNodeBehavior !== undefined ? undefined : at("maxBlockedNodes");
};

/** Source: azure-docs articles/aks/cluster-autoscaler.md; the article for the preview. */
const autoscaler: Rule = ({ wanted, generation }) => {
  if (wanted.enableAutoScaling !== true) return undefined;
  if (!generation.clusterAutoscaler) return refusals.autoscalerNotAllowed();
  const { minCount, maxCount } = wanted;
  const least = generation.minNodes[wanted.mode === "System" ? "System" : "User"];
  if (maxCount === undefined || !within(maxCount, 1, generation.maxNodesPerAgentPool)) {
    return refusals.invalidParameter("agentPoolProfile.maxCount");
  }
  return minCount === undefined || !within(minCount, least, maxCount) ? refusals.invalidParameter("agentPoolProfile.minCount") : undefined;
};

/** Words of members that say how a pool is to run. */
const modesOfRunning: Rule = ({ wanted }) => {
  const { powerState, scaleDownMode } = wanted as { readonly powerState?: { readonly code?: string }; readonly scaleDownMode?: string };
  if (powerState?.code !== "Running" && powerState?.code !== "Stopped") return refusals.invalidParameter("agentPoolProfile.powerState");
  const known = scaleDownMode === undefined || scaleDownMode === "Delete" || scaleDownMode === "Deallocate";
  return known ? undefined : refusals.invalidParameter("agentPoolProfile.scaleDownMode");
};

/** Source: azure-docs articles/aks/scale-down-mode.md: disks on the host do not outlive a deallocation. Unverified: text. */
const deallocation: Rule = ({ wanted: { scaleDownMode, osDiskType } }) =>
  scaleDownMode === "Deallocate" && osDiskType === "Ephemeral"
    ? refusals.invalidParameter("agentPoolProfile.scaleDownMode", "Deallocate is not supported with Ephemeral OS disks")
    : undefined;

/** Rules about a pool taken by itself. */
export const shapeRules: readonly Rule[] = [
  name,
  words,
  ...wordRules,
  gateway,
  machinesPool,
  virtualMachines,
  osSku,
  vmSize,
  autoscaler,
  count,
  osDisk,
  ephemeralDisk,
  maxPods,
  zones,
  upgradeSettings,
  blueGreenSettingsRule,
  modesOfRunning,
  deallocation,
  fromSnapshot,
  ...nodeConfigRules,
  ...operatingSystemRules,
  ...featureRules,
  ...referenceRules,
];
