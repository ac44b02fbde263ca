import {
  agentPoolNetworkProfile,
  artifactStreamingProfile,
  gpuProfile,
  kubeletConfig,
  linuxOSConfig,
  localDNSProfile,
  windowsProfile,
} from "./agent-pool-profiles.ts";
import { bool, type EchoContext, type Field, float, int, object, statusField, string, stringMap, strings, words } from "./field.ts";
import { isObject } from "./decode.ts";
import { isAtLeast, ROLLBACK_SINCE } from "./versions.ts";

const isNotEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length > 0;
const isSpot = (_value: unknown, context: EchoContext): boolean =>
  context.siblings["scaleSetPriority"] === "Spot" || context.siblings["scaleSetPriority"] === "Low";

/** Since 2022 an empty map is shown while a pool is made with its cluster only. Source: recorded answers of 2020-03 to 2026-01. */
const isFilled = (value: unknown, { apiVersion, creating, inCluster = false }: EchoContext): boolean =>
  !isObject(value) || Object.keys(value).length > 0 || (creating && inCluster) || !isAtLeast(apiVersion, "2022-01-01");

/**
 * Pools of virtual machines tell of sizes and numbers in their profile alone.
 * Source: recorded answers of 2025-09, test_aks_create_autoscaler_then_update_vms_pool.yaml of Azure/azure-cli-extensions.
 */
const isOfOneSize = (_value: unknown, { siblings }: EchoContext): boolean => siblings["type"] !== "VirtualMachines";

/** In 2019 the answer to the PUT left it out and later reads showed it. Source: recorded answers of 2019-10. */
const isPublicIpShown = (_value: unknown, context: EchoContext): boolean =>
  !context.creating || isAtLeast(context.apiVersion, "2020-01-01");

/** A pool that was asked for by its minor version alone shows that. Source: recorded answers of 2025-08 and 2026-01. */
const asAskedFor = (value: unknown, { siblings }: EchoContext): unknown => siblings["versionAlias"] ?? value;

const powerState = object("PowerState", [{ name: "code", type: words("Running", "Stopped"), since: "2020-09-01" }]);

const upgradeSettings = object("AgentPoolUpgradeSettings", [
  { name: "maxSurge", type: string, since: "2020-04-01" },
  { name: "maxUnavailable", type: string, since: "2025-01-01", preview: "2024-09-02-preview" },
  { name: "maxBlockedNodes", type: string, since: "2025-01-01", previewOnly: true },
  { name: "drainTimeoutInMinutes", type: int, since: "2023-07-01" },
  { name: "nodeSoakDurationInMinutes", type: int, since: "2023-11-01" },
  { name: "undrainableNodeBehavior", type: words("Cordon", "Schedule"), since: "2025-01-01", preview: "2024-06-02-preview" },
]);

const upgradeSettingsBlueGreen = object("AgentPoolBlueGreenUpgradeSettings", [
  { name: "drainBatchSize", type: string, since: "2025-07-02-preview" },
  { name: "drainTimeoutInMinutes", type: int, since: "2025-07-02-preview" },
  { name: "batchSoakDurationInMinutes", type: int, since: "2025-07-02-preview" },
  { name: "finalSoakDurationInMinutes", type: int, since: "2025-07-02-preview" },
]);

const securityProfile = object("AgentPoolSecurityProfile", [
  {
    name: "sshAccess",
    type: words("LocalUser", "Disabled", "EntraId"),
    since: "2025-06-01",
    preview: "2024-01-02-preview",
  },
  { name: "enableVTPM", type: bool, since: "2024-07-01" },
  { name: "enableSecureBoot", type: bool, since: "2024-07-01" },
]);

const gatewayProfile = object("AgentPoolGatewayProfile", [{ name: "publicIPPrefixSize", type: int, since: "2024-06-02-preview" }]);

const autoscaleProfile = object("AutoScaleProfile", [
  { name: "size", type: string, since: "2024-01-02-preview" },
  { name: "minCount", type: int, since: "2024-01-02-preview" },
  { name: "maxCount", type: int, since: "2024-01-02-preview" },
]);

/**
 * Sources: hashicorp/pandora ContainerService/2026-04-01, which knows `manual` alone; azure-mgmt-containerservice for 2026-06-01, with a
 * list of `autoscale`; recorded requests of 2025-09, previews, with one. Unverified: since which preview `autoscale` is a list.
 */
const scaleProfile = object("ScaleProfile", [
  {
    name: "manual",
    type: {
      kind: "list",
      of: object("ManualScaleProfile", [
        { name: "size", type: string, since: "2023-11-02-preview" },
        { name: "count", type: int, since: "2023-11-02-preview" },
      ]),
    },
    since: "2023-11-02-preview",
  },
  {
    name: "autoscale",
    type: autoscaleProfile,
    since: "2024-01-02-preview",
    previewOnly: true,
    until: "2026-02-02-preview",
    shape: (value) => (Array.isArray(value) ? (value as readonly unknown[])[0] : value),
  },
  { name: "autoscale", type: { kind: "list", of: autoscaleProfile }, since: "2026-06-01", preview: "2026-02-02-preview" },
]);

const virtualMachinesProfile = object("VirtualMachinesProfile", [{ name: "scale", type: scaleProfile, since: "2023-11-02-preview" }]);

/**
 * Members of an agent pool's properties in the order of the service's answers.
 * Sources: Azure/azure-rest-api-specs …/aks/stable/{version}/managedClusters.json, ManagedClusterAgentPoolProfileProperties,
 * for types and first versions; recorded answers of 2017 to 2026 for order and presence.
 */
export const agentPoolFields: readonly Field[] = [
  { name: "count", type: int, since: "2017-08-31", echo: isOfOneSize },
  { name: "vmSize", type: string, since: "2017-08-31", echo: isOfOneSize },
  { name: "osDiskSizeGB", type: int, since: "2018-03-31" },
  { name: "osDiskType", type: words("Managed", "Ephemeral"), since: "2020-09-01" },
  { name: "kubeletDiskType", type: words("OS", "Temporary"), since: "2020-12-01" },
  { name: "workloadRuntime", type: words("OCIContainer", "WasmWasi", "KataVmIsolation", "KataMshvVmIsolation"), since: "2021-08-01" },
  { name: "messageOfTheDay", type: string, since: "2025-01-01", preview: "2022-06-02-preview" },
  { name: "storageProfile", type: string, since: "2017-08-31", until: "2019-02-01" },
  { name: "vnetSubnetID", type: string, since: "2017-08-31" },
  { name: "podSubnetID", type: string, since: "2020-11-01" },
  { name: "podIPAllocationMode", type: words("DynamicIndividual", "StaticBlock"), since: "2025-02-01", preview: "2023-11-02-preview" },
  { name: "maxPods", type: int, since: "2018-03-31" },
  {
    name: "type",
    type: words("VirtualMachineScaleSets", "AvailabilitySet", "VirtualMachines"),
    since: "2019-02-01",
  },
  { name: "availabilityZones", type: strings, since: "2019-02-01", echo: isNotEmptyList },
  { name: "maxCount", type: int, since: "2019-02-01" },
  { name: "minCount", type: int, since: "2019-02-01" },
  { name: "enableAutoScaling", type: bool, since: "2019-02-01" },
  { name: "scaleDownMode", type: words("Delete", "Deallocate"), since: "2021-07-01" },
  { name: "provisioningState", type: string, since: "2019-02-01", readOnly: true },
  { name: "powerState", type: powerState, since: "2020-11-01", readOnly: "2021-09-01" },
  { name: "orchestratorVersion", type: string, since: "2019-02-01", shape: asAskedFor },
  { name: "currentOrchestratorVersion", type: string, since: "2022-09-01", readOnly: true },
  { name: "enableNodePublicIP", type: bool, since: "2019-06-01", echo: isPublicIpShown },
  { name: "nodePublicIPPrefixID", type: string, since: "2021-02-01" },
  { name: "enableCustomCATrust", type: bool, since: "2022-01-02-preview", previewOnly: true },
  { name: "scaleSetPriority", type: words("Regular", "Spot", "Low"), since: "2019-06-01", echo: isSpot },
  { name: "scaleSetEvictionPolicy", type: words("Delete", "Deallocate"), since: "2019-06-01", echo: isSpot },
  { name: "spotMaxPrice", type: float, since: "2020-02-01", echo: isSpot },
  { name: "tags", type: stringMap, since: "2019-11-01", echo: isFilled },
  { name: "nodeLabels", type: stringMap, since: "2019-11-01", echo: isFilled },
  { name: "nodeTaints", type: strings, since: "2019-06-01", echo: isNotEmptyList },
  { name: "nodeInitializationTaints", type: strings, since: "2023-11-02-preview", previewOnly: true, echo: isNotEmptyList },
  { name: "mode", type: string, since: "2020-03-01" },
  { name: "proximityPlacementGroupID", type: string, since: "2020-06-01" },
  { name: "kubeletConfig", type: kubeletConfig, since: "2020-11-01" },
  { name: "linuxOSConfig", type: linuxOSConfig, since: "2020-11-01" },
  { name: "enableEncryptionAtHost", type: bool, since: "2020-12-01" },
  { name: "enableUltraSSD", type: bool, since: "2021-05-01" },
  { name: "osType", type: words("Linux", "Windows"), since: "2017-08-31" },
  { name: "osSKU", type: string, since: "2021-03-01" },
  { name: "nodeImageVersion", type: string, since: "2020-04-01", readOnly: ROLLBACK_SINCE },
  { name: "upgradeStrategy", type: words("Rolling", "BlueGreen"), since: "2025-07-02-preview", previewOnly: true },
  { name: "upgradeSettings", type: upgradeSettings, since: "2020-04-01" },
  { name: "upgradeSettingsBlueGreen", type: upgradeSettingsBlueGreen, since: "2025-07-02-preview", previewOnly: true },
  { name: "enableFIPS", type: bool, since: "2021-03-01" },
  { name: "gpuInstanceProfile", type: words("MIG1g", "MIG2g", "MIG3g", "MIG4g", "MIG7g"), since: "2021-03-01" },
  {
    name: "creationData",
    type: object("CreationData", [{ name: "sourceResourceId", type: string, since: "2021-08-01" }]),
    since: "2021-08-01",
  },
  { name: "capacityReservationGroupID", type: string, since: "2023-10-01" },
  { name: "hostGroupID", type: string, since: "2022-06-01" },
  { name: "networkProfile", type: agentPoolNetworkProfile, since: "2023-10-01", preview: "2022-07-02-preview" },
  { name: "windowsProfile", type: windowsProfile, since: "2024-02-01" },
  { name: "securityProfile", type: securityProfile, since: "2024-07-01", preview: "2023-11-02-preview" },
  { name: "gpuProfile", type: gpuProfile, since: "2025-04-01", preview: "2023-11-02-preview" },
  { name: "gatewayProfile", type: gatewayProfile, since: "2025-05-01", preview: "2024-06-02-preview" },
  { name: "artifactStreamingProfile", type: artifactStreamingProfile, since: "2026-01-01", preview: "2023-09-02-preview" },
  { name: "virtualMachinesProfile", type: virtualMachinesProfile, since: "2025-04-01", preview: "2023-11-02-preview" },
  {
    name: "virtualMachineNodesStatus",
    type: { kind: "list", of: object("VirtualMachineNodes") },
    since: "2025-04-01",
    preview: "2023-11-02-preview",
    readOnly: true,
    echo: isNotEmptyList,
  },
  statusField("AgentPoolStatus", "2025-06-01", "2025-02-02-preview"),
  { name: "localDNSProfile", type: localDNSProfile, since: "2025-08-01", preview: "2025-04-02-preview" },
  // 2024-09-01 defines the member, and real answers at that version do not have it.
  { name: "eTag", type: string, since: "2024-10-01", preview: "2024-05-02-preview", readOnly: true },
];
