import { autoScalerProfile } from "./auto-scaler-profile.ts";
import { bool, type EchoContext, type Field, int, object, statusField, string, stringMap, strings, words } from "./field.ts";
import { isObject, type JsonObject } from "./decode.ts";
import { isAtLeast } from "./versions.ts";

/** The fqdn of a new cluster was not known yet when the first api-versions answered. Source: recorded answers of 2018-01 and 2019-04. */
const isFqdnKnown = (_value: unknown, context: EchoContext): boolean => !context.creating || isAtLeast(context.apiVersion, "2019-02-01");

const isNotEmptyMap = (value: unknown): boolean => isObject(value) && Object.keys(value).length > 0;

/** Until 2024 the answer to the PUT had the caller's word, later ones `Standard`, `Basic`. Source: recorded answers of 2019-10 to 2026-01. */
const capitalised = (value: unknown, context: EchoContext): unknown =>
  typeof value === "string" && !context.creating && !isAtLeast(context.apiVersion, "2025-01-01")
    ? value.charAt(0).toUpperCase() + value.slice(1)
    : value;

/** An add-on without configuration says so with a null. Source: recorded answers of 2018 to 2024. */
const withNullConfig = (value: unknown): unknown =>
  isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([name, profile]) => [name, isObject(profile) ? nullConfig(profile) : profile]))
    : value;

function nullConfig(profile: JsonObject): JsonObject {
  const { enabled, config, ...others } = profile;
  return { enabled, config: config ?? null, ...others };
}

const loadBalancerProfile = object("ManagedClusterLoadBalancerProfile", [
  { name: "managedOutboundIPs", type: object("ManagedClusterLoadBalancerProfileManagedOutboundIPs"), since: "2019-06-01" },
  { name: "outboundIPPrefixes", type: object("ManagedClusterLoadBalancerProfileOutboundIPPrefixes"), since: "2019-06-01" },
  { name: "outboundIPs", type: object("ManagedClusterLoadBalancerProfileOutboundIPs"), since: "2019-06-01" },
  { name: "effectiveOutboundIPs", type: { kind: "list", of: object("ResourceReference") }, since: "2019-06-01", readOnly: true },
  { name: "allocatedOutboundPorts", type: int, since: "2020-01-01" },
  { name: "idleTimeoutInMinutes", type: int, since: "2020-01-01" },
  { name: "enableMultipleStandardLoadBalancers", type: bool, since: "2021-10-01" },
  { name: "backendPoolType", type: words("nodeIPConfiguration", "nodeIP"), since: "2023-04-01", preview: "2022-08-03-preview" },
]);

const networkProfile = object("NetworkProfile", [
  { name: "networkPlugin", type: string, since: "2017-08-31" },
  { name: "networkPluginMode", type: string, since: "2023-02-01", preview: "2022-07-02-preview" },
  { name: "networkPolicy", type: string, since: "2018-03-31" },
  { name: "networkMode", type: string, since: "2020-06-01" },
  { name: "networkDataplane", type: string, since: "2023-04-01", preview: "2023-01-02-preview" },
  { name: "advancedNetworking", type: object("AdvancedNetworking"), since: "2024-09-01" },
  { name: "loadBalancerSku", type: words("standard", "basic"), since: "2019-02-01", shape: capitalised },
  { name: "loadBalancerProfile", type: loadBalancerProfile, since: "2019-06-01" },
  { name: "natGatewayProfile", type: object("ManagedClusterNATGatewayProfile"), since: "2021-07-01" },
  {
    name: "staticEgressGatewayProfile",
    type: object("ManagedClusterStaticEgressGatewayProfile"),
    since: "2025-03-01",
    preview: "2024-06-02-preview",
  },
  { name: "podCidr", type: string, since: "2018-03-31" },
  { name: "serviceCidr", type: string, since: "2018-03-31" },
  { name: "dnsServiceIP", type: string, since: "2018-03-31" },
  { name: "dockerBridgeCidr", type: string, since: "2018-03-31", until: "2023-02-01" },
  { name: "outboundType", type: string, since: "2019-11-01" },
  { name: "podCidrs", type: strings, since: "2021-10-01" },
  { name: "serviceCidrs", type: strings, since: "2021-10-01" },
  { name: "ipFamilies", type: strings, since: "2021-10-01" },
  { name: "podLinkLocalAccess", type: words("IMDS", "None"), since: "2024-03-02-preview", previewOnly: true },
]);

const storageProfile = object("ManagedClusterStorageProfile", [
  {
    name: "diskCSIDriver",
    type: object("ManagedClusterStorageProfileDiskCSIDriver", [
      { name: "enabled", type: bool, since: "2022-06-01" },
      { name: "version", type: string, since: "2022-06-02-preview", previewOnly: true },
    ]),
    since: "2022-06-01",
  },
  { name: "fileCSIDriver", type: object("ManagedClusterStorageProfileFileCSIDriver"), since: "2022-06-01" },
  { name: "snapshotController", type: object("ManagedClusterStorageProfileSnapshotController"), since: "2022-06-01" },
  { name: "blobCSIDriver", type: object("ManagedClusterStorageProfileBlobCSIDriver"), since: "2022-11-01" },
]);

const addonProfile = object("ManagedClusterAddonProfile", [
  { name: "enabled", type: bool, since: "2018-03-31" },
  { name: "config", type: stringMap, since: "2018-03-31" },
  { name: "identity", type: object("UserAssignedIdentity"), since: "2020-02-01", readOnly: true },
]);

const linuxProfile = object("LinuxProfile", [
  { name: "adminUsername", type: string, since: "2017-08-31" },
  {
    name: "ssh",
    type: object("SSHConfiguration", [
      {
        name: "publicKeys",
        type: { kind: "list", of: object("SSHPublicKey", [{ name: "keyData", type: string, since: "2017-08-31" }]) },
        since: "2017-08-31",
      },
    ]),
    since: "2017-08-31",
  },
]);

/** Passwords and secrets are read and never shown. */
const never = (): boolean => false;

const windowsProfile = object("WindowsProfile", [
  { name: "adminUsername", type: string, since: "2019-02-01" },
  { name: "adminPassword", type: string, since: "2019-02-01", echo: never },
  { name: "licenseType", type: string, since: "2020-06-01" },
  { name: "enableCSIProxy", type: bool, since: "2021-05-01" },
  { name: "gmsaProfile", type: object("WindowsGmsaProfile"), since: "2021-10-01" },
]);

const servicePrincipalProfile = object("ServicePrincipalProfile", [
  { name: "clientId", type: string, since: "2017-08-31" },
  { name: "secret", type: string, since: "2017-08-31", echo: never },
]);

const aadProfile = object("AADProfile", [
  { name: "managed", type: bool, since: "2020-04-01" },
  { name: "enableAzureRBAC", type: bool, since: "2020-07-01" },
  { name: "adminGroupObjectIDs", type: strings, since: "2020-04-01" },
  { name: "clientAppID", type: string, since: "2018-03-31" },
  { name: "serverAppID", type: string, since: "2018-03-31" },
  { name: "serverAppSecret", type: string, since: "2018-03-31", echo: never },
  { name: "tenantID", type: string, since: "2018-03-31" },
]);

/** Where the cluster's pools stand in its properties; `encodeManagedCluster` fills the place. */
export const agentPoolProfilesName = "agentPoolProfiles";

const schedulerInstanceProfile = object("SchedulerInstanceProfile", [
  { name: "schedulerConfigMode", type: words("Default", "ManagedByCRD"), since: "2025-06-02-preview" },
]);

const schedulerProfile = object("SchedulerProfile", [
  {
    name: "schedulerInstanceProfiles",
    type: object("SchedulerProfileSchedulerInstanceProfiles", [
      { name: "upstream", type: schedulerInstanceProfile, since: "2025-06-02-preview" },
    ]),
    since: "2025-06-02-preview",
  },
]);

/**
 * Members of a managed cluster's properties in the order of the service's answers.
 * Sources: Azure/azure-rest-api-specs …/aks/stable/{version}/managedClusters.json, ManagedClusterProperties, for types and
 * first versions; recorded answers of 2017 to 2026 for order and presence.
 */
export const managedClusterFields: readonly Field[] = [
  { name: "provisioningState", type: string, since: "2017-08-31", readOnly: true },
  { name: "powerState", type: object("PowerState"), since: "2020-11-01", readOnly: true },
  { name: "kubernetesVersion", type: string, since: "2017-08-31" },
  { name: "currentKubernetesVersion", type: string, since: "2022-04-01", readOnly: true },
  { name: "dnsPrefix", type: string, since: "2017-08-31" },
  { name: "fqdnSubdomain", type: string, since: "2020-12-01" },
  { name: "fqdn", type: string, since: "2017-08-31", readOnly: true, echo: isFqdnKnown },
  { name: "privateFQDN", type: string, since: "2019-10-01", readOnly: true },
  { name: "azurePortalFQDN", type: string, since: "2021-02-01", readOnly: true },
  { name: agentPoolProfilesName, type: { kind: "list", of: object("AgentPoolProfile") }, since: "2017-08-31" },
  { name: "linuxProfile", type: linuxProfile, since: "2017-08-31" },
  { name: "windowsProfile", type: windowsProfile, since: "2019-02-01" },
  { name: "servicePrincipalProfile", type: servicePrincipalProfile, since: "2017-08-31" },
  { name: "addonProfiles", type: { kind: "map", of: addonProfile }, since: "2018-03-31", echo: isNotEmptyMap, shape: withNullConfig },
  { name: "podIdentityProfile", type: object("PodIdentityProfile"), since: "2020-12-01" },
  { name: "nodeResourceGroup", type: string, since: "2018-03-31" },
  { name: "nodeResourceGroupProfile", type: object("NodeResourceGroupProfile"), since: "2024-01-01", preview: "2022-08-03-preview" },
  { name: "enableRBAC", type: bool, since: "2018-03-31" },
  // Unverified: which version dropped it; 2024-09-01 has it, 2026-04-01 does not.
  { name: "enablePodSecurityPolicy", type: bool, since: "2019-02-01", until: "2026-01-01" },
  { name: "supportPlan", type: words("KubernetesOfficial", "AKSLongTermSupport"), since: "2023-02-01" },
  { name: "networkProfile", type: networkProfile, since: "2018-03-31" },
  { name: "aadProfile", type: aadProfile, since: "2018-03-31" },
  { name: "maxAgentPools", type: int, since: "2019-04-01", readOnly: true },
  { name: "apiServerAuthorizedIPRanges", type: strings, since: "2019-02-01", until: "2020-03-01" },
  { name: "apiServerAccessProfile", type: object("APIServerAccessProfile"), since: "2020-03-01" },
  { name: "diskEncryptionSetID", type: string, since: "2020-02-01" },
  { name: "identityProfile", type: { kind: "map", of: object("UserAssignedIdentity") }, since: "2020-01-01" },
  { name: "privateLinkResources", type: { kind: "list", of: object("PrivateLinkResource") }, since: "2020-09-01" },
  { name: "autoUpgradeProfile", type: object("AutoUpgradeProfile"), since: "2021-05-01", preview: "2021-11-01-preview" },
  { name: "upgradeSettings", type: object("ClusterUpgradeSettings"), since: "2023-09-01" },
  { name: "autoScalerProfile", type: autoScalerProfile, since: "2020-04-01", echo: isNotEmptyMap },
  { name: "disableLocalAccounts", type: bool, since: "2021-05-01" },
  { name: "httpProxyConfig", type: object("HTTPProxyConfig"), since: "2021-07-01" },
  { name: "publicNetworkAccess", type: words("Enabled", "Disabled"), since: "2021-09-01" },
  { name: "securityProfile", type: object("SecurityProfile"), since: "2021-10-01" },
  { name: "storageProfile", type: storageProfile, since: "2022-06-01" },
  { name: "ingressProfile", type: object("IngressProfile"), since: "2024-02-01", preview: "2022-08-03-preview" },
  { name: "oidcIssuerProfile", type: object("OIDCIssuerProfile"), since: "2022-07-01", preview: "2022-01-02-preview" },
  { name: "workloadAutoScalerProfile", type: object("WorkloadAutoScalerProfile"), since: "2022-11-01", preview: "2022-05-02-preview" },
  { name: "azureMonitorProfile", type: object("AzureMonitorProfile"), since: "2023-04-01", preview: "2022-09-02-preview" },
  { name: "serviceMeshProfile", type: object("ServiceMeshProfile"), since: "2023-09-01", preview: "2023-02-02-preview" },
  { name: "metricsProfile", type: object("MetricsProfile"), since: "2024-01-01", preview: "2023-11-02-preview" },
  { name: "resourceUID", type: string, since: "2024-01-01", preview: "2023-11-02-preview", readOnly: true },
  {
    name: "controlPlanePluginProfiles",
    type: object("ControlPlanePluginProfiles"),
    since: "2023-11-02-preview",
    previewOnly: true,
    readOnly: true,
  },
  {
    name: "nodeProvisioningProfile",
    type: object("NodeProvisioningProfile", [
      { name: "mode", type: words("Manual", "Auto"), since: "2025-07-01", preview: "2023-11-02-preview" },
      { name: "defaultNodePools", type: words("None", "Auto"), since: "2025-07-01", preview: "2024-09-02-preview" },
    ]),
    since: "2025-07-01",
    preview: "2023-11-02-preview",
  },
  {
    name: "bootstrapProfile",
    type: object("BootstrapProfile", [
      { name: "artifactSource", type: words("Direct", "Cache"), since: "2025-03-01", preview: "2024-06-02-preview" },
      { name: "containerRegistryId", type: string, since: "2025-03-01", preview: "2024-06-02-preview" },
    ]),
    since: "2025-03-01",
    preview: "2024-06-02-preview",
  },
  // Source: azure-mgmt-containerservice 41.0.0b1; Azure/azure-cli-extensions src/aks-preview/README.rst, by the first client with the flag. Unverified: earlier previews.
  { name: "schedulerProfile", type: schedulerProfile, since: "2025-06-02-preview", previewOnly: true },
  { name: "hostedSystemProfile", type: object("ManagedClusterHostedSystemProfile"), since: "2026-01-01", preview: "2025-08-02-preview" },
  statusField("ManagedClusterStatus", "2025-09-01", "2025-07-02-preview"),
  { name: "aiToolchainOperatorProfile", type: object("AIToolchainOperatorProfile"), since: "2025-03-01", preview: "2024-02-02-preview" },
];
