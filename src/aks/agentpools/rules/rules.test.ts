import { describe, expect, it } from "vitest";
import { ProviderError } from "#arm";
import type { AgentPoolProperties, ManagedClusterProperties } from "#api/containerservice/model";
import { generations } from "../../generations/index.ts";
import { type Candidate, firstRefusal } from "./candidate.ts";
import { changeRules } from "./change.ts";
import { shapeRules } from "./shape.ts";

const SUBSCRIPTION = "19da35d3-9a1a-4f3b-9b9c-3c56ef409565";
const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/g/providers`;
const SUBNET = `${GROUP}/Microsoft.Network/virtualNetworks/v/subnets/s`;
const PPG = `${GROUP}/Microsoft.Compute/proximityPlacementGroups/p`;
const HOSTS = `${GROUP}/Microsoft.Compute/hostGroups/h`;
const RESERVED = `${GROUP}/Microsoft.Compute/capacityReservationGroups/r`;
const PREFIX = `${GROUP}/Microsoft.Network/publicIPPrefixes/x`;

const base: AgentPoolProperties = {
  count: 2,
  vmSize: "Standard_D4s_v3",
  osDiskSizeGB: 128,
  osDiskType: "Managed",
  maxPods: 110,
  osType: "Linux",
  osSKU: "Ubuntu",
  type: "VirtualMachineScaleSets",
  mode: "User",
  orchestratorVersion: "1.34.2",
  provisioningState: "Creating",
  powerState: { code: "Running" },
};

interface Setting {
  readonly properties?: Readonly<Record<string, unknown>>;
  /** What is stored; a new pool when absent. */
  readonly stored?: Readonly<Record<string, unknown>>;
  readonly network?: Readonly<Record<string, unknown>>;
  readonly others?: readonly Readonly<Record<string, unknown>>[];
  readonly apiVersion?: string;
  readonly origin?: Candidate["origin"];
}

function candidate({
  properties = {},
  stored,
  network = {},
  others = [],
  apiVersion = "2026-04-01",
  origin = "agentPool",
}: Setting): Candidate {
  const clusterProperties = {
    networkProfile: {
      networkPlugin: "azure",
      networkPluginMode: "overlay",
      loadBalancerSku: "standard",
      outboundType: "loadBalancer",
      ...network,
    },
    windowsProfile: {},
  } as unknown as ManagedClusterProperties;
  return {
    name: "two",
    apiVersion,
    origin,
    sent: properties,
    wanted: { ...base, ...stored, ...properties },
    stored: stored === undefined ? undefined : { ...base, ...stored },
    cluster: {
      subscriptionId: SUBSCRIPTION,
      name: "c",
      resourceGroup: "g",
      location: "eastus",
      version: "1.34.2",
      properties: clusterProperties,
      multiplePools: true,
    },
    generation: generations.current,
    others: others.map((pool, index) => ({ name: `pool${index}`, properties: { ...base, ...pool } })),
  };
}

/** `Code target message` of the first refusal; `fits` when there is none. */
function verdict(setting: Setting): { readonly code?: unknown; readonly target?: unknown; readonly message?: unknown } | "fits" {
  const refusal = firstRefusal(candidate(setting), [...shapeRules, ...changeRules]);
  if (refusal === undefined) return "fits";
  if (!(refusal instanceof ProviderError)) throw refusal;
  expect(refusal.response.status).toBe(400);
  return refusal.response.body as { code: unknown };
}

const kubelet = (kubeletConfig: object): Setting => ({ properties: { kubeletConfig } });
const sysctls = (sysctl: object): Setting => ({ properties: { linuxOSConfig: { sysctls: sysctl } } });
const linux = (linuxOSConfig: object, kubeletConfig?: object): Setting => ({
  properties: { linuxOSConfig, ...(kubeletConfig && { kubeletConfig }) },
});
const windows = (properties: object, rest: Setting = {}): Setting => ({
  ...rest,
  properties: { osType: "Windows", osSKU: "Windows2022", ...properties },
});
const dns = (localDNSProfile: object, properties: object = {}): Setting => ({ properties: { localDNSProfile, ...properties } });

describe("a pool's settings", () => {
  const fitting: readonly (Setting & { readonly name: string })[] = [
    { name: "nothing special" },
    {
      name: "a kubelet as in the manual",
      ...kubelet({
        cpuManagerPolicy: "static",
        cpuCfsQuotaPeriod: "200ms",
        imageGcHighThreshold: 90,
        imageGcLowThreshold: 70,
        topologyManagerPolicy: "best-effort",
        allowedUnsafeSysctls: ["kernel.msg*", "net.*"],
        failSwapOn: false,
      }),
    },
    {
      name: "a kernel as in the manual",
      ...linux(
        {
          transparentHugePageEnabled: "madvise",
          transparentHugePageDefrag: "defer+madvise",
          swapFileSizeMB: 1500,
          sysctls: { netCoreSomaxconn: 163849, netIpv4TcpTwReuse: true, netIpv4IpLocalPortRange: "32000 60000" },
        },
        { failSwapOn: false },
      ),
    },
    {
      name: "a kubelet on Windows",
      ...windows({
        kubeletConfig: { imageGcHighThreshold: 90, imageGcLowThreshold: 70, containerLogMaxSizeMB: 20, containerLogMaxFiles: 6 },
      }),
    },
    { name: "GPUs in parts", properties: { vmSize: "Standard_NC24ads_A100_v4", gpuInstanceProfile: "MIG1g" } },
    { name: "a message", properties: { messageOfTheDay: "SGVsbG8=" } },
    { name: "a subnet", properties: { vnetSubnetID: SUBNET, podSubnetID: SUBNET } },
    { name: "a subnet beside one of the same network", properties: { vnetSubnetID: SUBNET }, others: [{ vnetSubnetID: `${SUBNET}2` }] },
    { name: "a proximity placement group in one zone", properties: { proximityPlacementGroupID: PPG, availabilityZones: ["1"] } },
    { name: "a group of hosts", properties: { hostGroupID: HOSTS } },
    {
      name: "reserved capacity of another subscription",
      properties: { capacityReservationGroupID: RESERVED.replace(SUBSCRIPTION, "other") },
    },
    { name: "public addresses of a prefix", properties: { enableNodePublicIP: true, nodePublicIPPrefixID: PREFIX } },
    {
      name: "ports",
      properties: {
        networkProfile: {
          allowedHostPorts: [
            { portStart: 80, portEnd: 80, protocol: "TCP" },
            { portStart: 4000, portEnd: 5000, protocol: "UDP" },
          ],
        },
      },
    },
    {
      name: "tags of public addresses",
      properties: { enableNodePublicIP: true, networkProfile: { nodePublicIPTags: [{ ipTagType: "RoutingPreference", tag: "Internet" }] } },
    },
    {
      name: "no outbound NAT on Windows",
      ...windows({ windowsProfile: { disableOutboundNat: true } }, { network: { outboundType: "managedNATGateway" } }),
    },
    {
      name: "a local DNS",
      ...dns({
        mode: "Required",
        vnetDNSOverrides: { ".": { forwardDestination: "VnetDNS", protocol: "PreferUDP", serveStale: "Verify" } },
        kubeDNSOverrides: { "cluster.local": { forwardDestination: "ClusterCoreDNS" } },
      }),
    },
    { name: "no local DNS on a small size", ...dns({ mode: "Disabled" }, { vmSize: "Standard_DS2_v2" }) },
    { name: "a trusted launch", properties: { securityProfile: { enableVTPM: true, enableSecureBoot: true, sshAccess: "Disabled" } } },
    { name: "a sandbox", properties: { workloadRuntime: "KataVmIsolation", osSKU: "AzureLinux" } },
    { name: "WebAssembly of its time", properties: { workloadRuntime: "WasmWasi" }, apiVersion: "2023-01-02-preview" },
    { name: "the kubelet's data on the temporary disk", properties: { kubeletDiskType: "Temporary" } },
    { name: "encryption at the host", properties: { enableEncryptionAtHost: true } },
    { name: "streamed artifacts", properties: { artifactStreamingProfile: { enabled: true } } },
    { name: "a migration between Linux systems", properties: { osSKU: "AzureLinux" }, stored: {} },
    { name: "initialization taints through the cluster", properties: { nodeInitializationTaints: ["a=b:NoSchedule"] }, origin: "cluster" },
    {
      name: "initialization taints that a read showed",
      properties: { nodeInitializationTaints: ["a=b:NoSchedule"] },
      stored: { nodeInitializationTaints: ["a=b:NoSchedule"] },
    },
    {
      name: "a spot pool's own surge, sent back",
      properties: { upgradeSettings: { maxSurge: "10%" } },
      stored: { scaleSetPriority: "Spot", upgradeSettings: { maxSurge: "10%" } },
    },
    {
      name: "a second pool behind a basic load balancer of 2020-04",
      network: { loadBalancerSku: "Basic" },
      others: [{}],
      apiVersion: "2020-03-01",
    },
    { name: "Windows Annual Channel of its time", ...windows({ osSKU: "WindowsAnnual" }), apiVersion: "2023-10-02-preview" },
  ];

  it.each(fitting)("may be $name", ({ name: _name, ...setting }) => {
    expect(verdict(setting)).toBe("fits");
  });

  interface Row extends Setting {
    readonly name: string;
    readonly code: string;
    readonly target?: string;
    readonly message?: RegExp | string;
  }

  const config: readonly Row[] = [
    {
      name: "on an availability set",
      ...kubelet({ cpuCfsQuota: true }),
      properties: { type: "AvailabilitySet", kubeletConfig: { cpuCfsQuota: true } },
      code: "CustomNodeConfigFeatureNotSupported",
    },
    {
      name: "a manager of CPUs that there is not",
      ...kubelet({ cpuManagerPolicy: "dynamic" }),
      code: "InvalidCustomKubeletConfig",
      message: /^CustomKubeletConfig\.CPUManagerPolicy dynamic /,
    },
    {
      name: "a manager of topology that there is not",
      ...kubelet({ topologyManagerPolicy: "best" }),
      code: "InvalidCustomKubeletConfig",
      message: /TopologyManagerPolicy best /,
    },
    {
      name: "a period that is none",
      ...kubelet({ cpuCfsQuotaPeriod: "soon" }),
      code: "InvalidCustomKubeletConfig",
      message: /CPUCfsQuotaPeriod/,
    },
    {
      name: "a threshold over a hundred",
      ...kubelet({ imageGcHighThreshold: 101 }),
      code: "InvalidCustomKubeletConfig",
      message: "CustomKubeletConfig.ImageGcHighThreshold 101 is not in a valid range. Allowed minimum value is 0, maximum value is 100.",
    },
    {
      name: "a low threshold over the high one",
      ...kubelet({ imageGcHighThreshold: 50, imageGcLowThreshold: 60 }),
      code: "InvalidCustomKubeletConfig",
    },
    { name: "a low threshold over the default", ...kubelet({ imageGcLowThreshold: 90 }), code: "InvalidCustomKubeletConfig" },
    {
      name: "one log file",
      ...kubelet({ containerLogMaxFiles: 1 }),
      code: "InvalidCustomKubeletConfig",
      message: /ContainerLogMaxFiles 1 .* minimum value is 2/,
    },
    { name: "log files of nothing", ...kubelet({ containerLogMaxSizeMB: 0 }), code: "InvalidCustomKubeletConfig" },
    { name: "fewer processes than none", ...kubelet({ podMaxPids: -2 }), code: "InvalidCustomKubeletConfig" },
    {
      name: "a sysctl that may not be allowed",
      ...kubelet({ allowedUnsafeSysctls: ["vm.swappiness"] }),
      code: "InvalidCustomKubeletConfig",
    },
    {
      name: "a manager of CPUs on Windows",
      ...windows({ kubeletConfig: { cpuManagerPolicy: "none" } }),
      code: "InvalidCustomKubeletConfig",
      message: /CPUManagerPolicy is not supported on Windows/,
    },
    {
      name: "a kernel on Windows",
      ...windows({ linuxOSConfig: { swapFileSizeMB: 1 } }),
      code: "InvalidCustomLinuxOSConfig",
      message: /Windows/,
    },
    { name: "huge pages that are no word", ...linux({ transparentHugePageEnabled: "sometimes" }), code: "InvalidCustomLinuxOSConfig" },
    { name: "a defragmentation that is no word", ...linux({ transparentHugePageDefrag: "later" }), code: "InvalidCustomLinuxOSConfig" },
    {
      name: "swap beside a kubelet that minds",
      ...linux({ swapFileSizeMB: 100 }, { failSwapOn: true }),
      code: "InvalidCustomLinuxOSConfig",
      message: "CustomKubeletConfig.FailSwapOn must be set to false to enable swap file on nodes.",
    },
    {
      name: "swap beside a kubelet of its own mind",
      ...linux({ swapFileSizeMB: 100 }),
      code: "InvalidCustomLinuxOSConfig",
      message: /FailSwapOn/,
    },
    {
      name: "swap larger than the temporary disk",
      ...linux({ swapFileSizeMB: 40_000 }, { failSwapOn: false }),
      code: "InvalidCustomLinuxOSConfig",
      message: /SwapFileSizeMB 40000 .* maximum value is 32768/,
    },
    {
      name: "keepalives too soon",
      ...sysctls({ netIpv4TcpkeepaliveIntvl: 5 }),
      code: "InvalidCustomLinuxOSConfig",
      message:
        "CustomLinuxOSConfig.Sysctls.NetIpv4TcpkeepaliveIntvl 5 is not in a valid range. Allowed minimum value is 10, maximum value is 90.",
    },
    { name: "a queue too short", ...sysctls({ netCoreSomaxconn: 100 }), code: "InvalidCustomLinuxOSConfig" },
    { name: "too many watches", ...sysctls({ fsInotifyMaxUserWatches: 2_097_153 }), code: "InvalidCustomLinuxOSConfig" },
    { name: "too few maps", ...sysctls({ vmMaxMapCount: 100 }), code: "InvalidCustomLinuxOSConfig" },
    { name: "a swappiness over a hundred", ...sysctls({ vmSwappiness: 101 }), code: "InvalidCustomLinuxOSConfig" },
    {
      name: "a default over its maximum",
      ...sysctls({ netCoreRmemDefault: 300_000, netCoreRmemMax: 212_992 }),
      code: "InvalidCustomLinuxOSConfig",
    },
    { name: "ports in words", ...sysctls({ netIpv4IpLocalPortRange: "all" }), code: "InvalidCustomLinuxOSConfig" },
    { name: "ports that end too early", ...sysctls({ netIpv4IpLocalPortRange: "1024 2048" }), code: "InvalidCustomLinuxOSConfig" },
    {
      name: "another kubelet later",
      ...kubelet({ podMaxPids: 100 }),
      stored: {},
      code: "CustomKubeletConfigOrCustomLinuxOSConfigCanNotBeChanged",
    },
    {
      name: "another kernel later",
      ...sysctls({ vmSwappiness: 1 }),
      stored: { linuxOSConfig: { sysctls: { vmSwappiness: 2 } } },
      code: "CustomKubeletConfigOrCustomLinuxOSConfigCanNotBeChanged",
    },
  ];

  const places: readonly Row[] = [
    {
      name: "a subnet that is a network",
      properties: { vnetSubnetID: SUBNET.replace("/subnets/s", "") },
      code: "InvalidSubnetSourceID",
      target: "agentPoolProfile.vnetSubnetID",
    },
    {
      name: "a subnet for pods that is a word",
      properties: { podSubnetID: "pods" },
      code: "InvalidSubnetSourceID",
      target: "agentPoolProfile.podSubnetID",
    },
    {
      name: "a subnet of another network",
      properties: { vnetSubnetID: SUBNET },
      others: [{ vnetSubnetID: SUBNET.replace("/v/", "/w/") }],
      code: "InvalidParameter",
      target: "agentPoolProfile.vnetSubnetID",
    },
    {
      name: "a prefix that is an address",
      properties: { enableNodePublicIP: true, nodePublicIPPrefixID: PREFIX.replace("publicIPPrefixes", "publicIPAddresses") },
      code: "InvalidPublicIPPrefixType",
    },
    {
      name: "a prefix of another subscription",
      properties: { enableNodePublicIP: true, nodePublicIPPrefixID: PREFIX.replace(SUBSCRIPTION, "s") },
      code: "InvalidPublicIPPrefixDifferentSub",
    },
    {
      name: "a prefix without public addresses",
      properties: { nodePublicIPPrefixID: PREFIX },
      code: "NodePublicIPCanNotBeFalseWithIPPrefixSet",
    },
    {
      name: "public addresses of an availability set",
      properties: { enableNodePublicIP: true, type: "AvailabilitySet" },
      code: "NodePublicIPRequiresVMSS",
    },
    {
      name: "public addresses with one's own routes",
      properties: { enableNodePublicIP: true },
      network: { outboundType: "userDefinedRouting" },
      code: "UDRWithNodePublicIPNotAllowed",
    },
    { name: "a proximity placement group that is a word", properties: { proximityPlacementGroupID: "near" }, code: "InvalidPPGID" },
    {
      name: "a proximity placement group of another subscription",
      properties: { proximityPlacementGroupID: PPG.replace(SUBSCRIPTION, "s") },
      code: "InvalidPPGSubscription",
    },
    {
      name: "a proximity placement group of an availability set",
      properties: { proximityPlacementGroupID: PPG, type: "AvailabilitySet" },
      code: "PPGSupportsVMSSOnly",
    },
    {
      name: "a proximity placement group behind a basic load balancer",
      properties: { proximityPlacementGroupID: PPG },
      network: { loadBalancerSku: "Basic" },
      code: "PPGSupportsSLBOnly",
    },
    {
      name: "a proximity placement group in two zones",
      properties: { proximityPlacementGroupID: PPG, availabilityZones: ["1", "2"] },
      code: "PPGNotSupportMultipleZones",
    },
    {
      name: "a group of hosts that is a host",
      properties: { hostGroupID: `${HOSTS}/hosts/a` },
      code: "InvalidParameter",
      target: "agentPoolProfile.hostGroupID",
    },
    {
      name: "a group of hosts of another subscription",
      properties: { hostGroupID: HOSTS.replace(SUBSCRIPTION, "s") },
      code: "InvalidParameter",
      target: "agentPoolProfile.hostGroupID",
    },
    {
      name: "reserved capacity by another name",
      properties: { capacityReservationGroupID: HOSTS },
      code: "InvalidParameter",
      target: "agentPoolProfile.capacityReservationGroupID",
    },
    {
      name: "reserved capacity for spot machines",
      properties: { capacityReservationGroupID: RESERVED, scaleSetPriority: "Spot" },
      code: "CRGConflictWithSpotVM",
    },
    {
      name: "reserved capacity with ultra disks",
      properties: { capacityReservationGroupID: RESERVED, enableUltraSSD: true },
      code: "CRGConflictWithUltraSSD",
    },
    {
      name: "reserved capacity near others",
      properties: { capacityReservationGroupID: RESERVED, proximityPlacementGroupID: PPG },
      code: "CRGConflictWithPPG",
    },
    {
      name: "reserved capacity on hosts of one's own",
      properties: { capacityReservationGroupID: RESERVED, hostGroupID: HOSTS },
      code: "CRGConflictWithDedicatedHost",
    },
    {
      name: "reserved capacity for an availability set",
      properties: { capacityReservationGroupID: RESERVED, type: "AvailabilitySet" },
      code: "CRGConflictWithVMAS",
    },
    {
      name: "zones of an availability set",
      properties: { availabilityZones: ["1"], type: "AvailabilitySet" },
      code: "VMSSRequiredForAvailabilityZone",
    },
    {
      name: "zones behind a basic load balancer",
      properties: { availabilityZones: ["1"] },
      network: { loadBalancerSku: "Basic" },
      code: "SLBRequiredForAvailabilityZone",
      target: "networkProfile.loadBalancerSku",
    },
    {
      name: "a second pool behind a basic load balancer",
      network: { loadBalancerSku: "Basic" },
      others: [{}],
      code: "SLBRequiredForMultipleAgentPools",
    },
    {
      name: "port zero",
      properties: { networkProfile: { allowedHostPorts: [{ portStart: 0, portEnd: 1, protocol: "TCP" }] } },
      code: "InvalidParameter",
      target: "agentPoolProfile.networkProfile.allowedHostPorts",
    },
    {
      name: "ports backwards",
      properties: { networkProfile: { allowedHostPorts: [{ portStart: 2, portEnd: 1, protocol: "TCP" }] } },
      code: "InvalidParameter",
    },
    {
      name: "ports of another protocol",
      properties: { networkProfile: { allowedHostPorts: [{ portStart: 1, portEnd: 1, protocol: "SCTP" }] } },
      code: "InvalidParameter",
    },
    {
      name: "a security group of another kind",
      properties: { networkProfile: { applicationSecurityGroups: [PREFIX] } },
      code: "InvalidParameter",
      target: "agentPoolProfile.networkProfile.applicationSecurityGroups[0]",
    },
    {
      name: "tags of addresses that are not there",
      properties: { networkProfile: { nodePublicIPTags: [{ ipTagType: "RoutingPreference", tag: "Internet" }] } },
      code: "InvalidParameter",
      target: "agentPoolProfile.networkProfile.nodePublicIPTags",
    },
  ];

  const machines: readonly Row[] = [
    {
      name: "a size of one core",
      properties: { vmSize: "Standard_DS1_v2" },
      code: "BadRequest",
      message: /`AgentPoolProfile:two` are restricted by AKS/,
    },
    { name: "a size of one core for the system", properties: { vmSize: "Standard_DS1_v2", mode: "System" }, code: "fits" },
    {
      name: "an unknown system",
      properties: { osSKU: "Debian" },
      code: "InvalidOSSKU",
      message: "OSSKU='Debian' is invalid, details: Unrecognized OSSKU",
    },
    { name: "Windows by a Linux pool", properties: { osSKU: "Windows2022" }, code: "InvalidOSSKU" },
    { name: "Windows Server 2019 on 1.34", ...windows({ osSKU: "Windows2019" }), code: "InvalidOSSKU", message: /maximum is 1.32/ },
    {
      name: "Ubuntu 24.04 on 1.31",
      properties: { osSKU: "Ubuntu2404", orchestratorVersion: "1.31.1" },
      code: "InvalidOSSKU",
      message: /minimum is 1.32/,
    },
    {
      name: "a new Flatcar pool today",
      properties: { osSKU: "Flatcar" },
      apiVersion: "2026-07-01",
      code: "InvalidOSSKU",
      message: /retired/,
    },
    {
      name: "another Windows later",
      ...windows({ osSKU: "Windows2025" }, { stored: { osType: "Windows", osSKU: "Windows2022" } }),
      code: "PropertyChangeNotAllowed",
      target: "properties.osSKU",
    },
    { name: "a runtime that there is not", properties: { workloadRuntime: "Gvisor" }, code: "InvalidWorkloadRuntimeSettingError" },
    { name: "WebAssembly today", properties: { workloadRuntime: "WasmWasi" }, code: "InvalidWorkloadRuntimeSettingError" },
    { name: "a sandbox on Ubuntu", properties: { workloadRuntime: "KataVmIsolation" }, code: "InvalidWorkloadRuntimeSettingError" },
    {
      name: "a sandbox with FIPS",
      properties: { workloadRuntime: "KataVmIsolation", osSKU: "AzureLinux", enableFIPS: true },
      code: "InvalidWorkloadRuntimeSettingError",
    },
    {
      name: "the kubelet's data on no disk",
      properties: { kubeletDiskType: "Temporary", vmSize: "Standard_D4s_v5" },
      code: "InvaliKubeletDiskSettingError",
    },
    {
      name: "the kubelet's data elsewhere",
      properties: { kubeletDiskType: "Network" },
      code: "InvalidParameter",
      target: "agentPoolProfile.kubeletDiskType",
    },
    {
      name: "encryption at the host of an availability set",
      properties: { enableEncryptionAtHost: true, type: "AvailabilitySet" },
      code: "EncryptionAtHostNotAllowedOnVMAS",
    },
    {
      name: "encryption at a host that cannot",
      properties: { enableEncryptionAtHost: true, vmSize: "Standard_A2_v2" },
      code: "VMSizeDoesNotSupportEncryptionAtHost",
    },
    {
      name: "a trusted launch of Windows",
      ...windows({ securityProfile: { enableVTPM: true } }),
      code: "TrustedLaunchIncompatibleWithConfig",
    },
    {
      name: "a trusted launch on Arm",
      properties: { vmSize: "Standard_D4pds_v5", securityProfile: { enableSecureBoot: true } },
      code: "TrustedLaunchIncompatibleWithConfig",
    },
    {
      name: "Secure Boot with a driver of GPUs",
      properties: { vmSize: "Standard_NC4as_T4_v3", securityProfile: { enableSecureBoot: true } },
      code: "TrustedLaunchIncompatibleWithConfig",
    },
    {
      name: "an access that there is not",
      properties: { securityProfile: { sshAccess: "Everyone" } },
      code: "InvalidParameter",
      target: "agentPoolProfile.securityProfile.sshAccess",
    },
    { name: "Entra on Windows", ...windows({ securityProfile: { sshAccess: "EntraId" } }), code: "InvalidParameter" },
    {
      name: "GPUs in parts that there are not",
      properties: { vmSize: "Standard_NC24ads_A100_v4", gpuInstanceProfile: "MIG5g" },
      code: "UnsupportedGPUInstanceProfile",
    },
    { name: "no GPUs in parts", properties: { gpuInstanceProfile: "MIG1g" }, code: "VMSizeDoesNotSupportMIG" },
    {
      name: "a driver by another word",
      properties: { gpuProfile: { driver: "Maybe" } },
      code: "InvalidParameter",
      target: "agentPoolProfile.gpuProfile.driver",
    },
    {
      name: "another driver later",
      properties: { gpuProfile: { driver: "None" } },
      stored: { gpuProfile: { driver: "Install" } },
      code: "PropertyChangeNotAllowed",
      target: "properties.gpuProfile",
    },
    {
      name: "a message in the clear",
      properties: { messageOfTheDay: "Hello!" },
      code: "InvalidParameter",
      target: "agentPoolProfile.messageOfTheDay",
    },
    { name: "a message on Windows", ...windows({ messageOfTheDay: "SGVsbG8=" }), code: "InvalidParameter", message: /Windows/ },
    {
      name: "another message later",
      properties: { messageOfTheDay: "SGVsbG8=" },
      stored: {},
      code: "PropertyChangeNotAllowed",
      target: "properties.messageOfTheDay",
    },
    {
      name: "no outbound NAT on Linux",
      properties: { windowsProfile: { disableOutboundNat: true } },
      code: "InvalidParameter",
      target: "agentPoolProfile.windowsProfile.disableOutboundNat",
    },
    {
      name: "no outbound NAT behind a load balancer",
      ...windows({ windowsProfile: { disableOutboundNat: true } }),
      code: "InvalidParameter",
      message: /outbound type loadBalancer/,
    },
    {
      name: "no outbound NAT with public addresses",
      ...windows(
        { windowsProfile: { disableOutboundNat: true }, enableNodePublicIP: true },
        { network: { outboundType: "managedNATGateway" } },
      ),
      code: "InvalidParameter",
    },
    { name: "streamed artifacts on Windows", ...windows({ artifactStreamingProfile: { enabled: true } }), code: "InvalidParameter" },
    {
      name: "initialization taints by itself",
      properties: { nodeInitializationTaints: ["a=b:NoSchedule"] },
      code: "BadRequest",
      target: "agentPoolProfile.nodeInitializationTaints",
    },
    {
      name: "initialization taints of another form",
      properties: { nodeInitializationTaints: ["a=b"] },
      origin: "cluster",
      code: "InvalidParameter",
    },
    {
      name: "surge of a spot pool",
      properties: { scaleSetPriority: "Spot", upgradeSettings: { maxSurge: "1" } },
      code: "InvalidParameter",
      target: "agentPoolProfile.upgrade.maxSurge",
      message:
        "The value of parameter agentPoolProfile.upgrade.maxSurge is invalid. Error details: Spot pools can't set max surge. Please see https://aka.ms/aks-naming-rules for more details.",
    },
    {
      name: "unavailable nodes of a spot pool",
      properties: { scaleSetPriority: "Spot", upgradeSettings: { maxUnavailable: "1" } },
      code: "InvalidParameter",
      target: "agentPoolProfile.upgradeSettings.maxUnavailable",
      message:
        "The value of parameter agentPoolProfile.upgradeSettings.maxUnavailable is invalid. Error details: Spot pools can't set maxUnavailable.",
    },
  ];

  const names: readonly Row[] = [
    {
      name: "a mode that there is not",
      ...dns({ mode: "Invalid" }),
      code: "InvalidParameter",
      target: "localDNSProfile.mode",
      message:
        "The value of parameter localDNSProfile.mode is invalid. Error details: value Invalid is not allowed. Only Preferred, Required and Disabled are allowed.",
    },
    {
      name: "on Kubernetes 1.30",
      ...dns({ mode: "Required" }, { orchestratorVersion: "1.30.9" }),
      code: "InvalidParameter",
      message: /1\.31/,
    },
    { name: "on two cores", ...dns({ mode: "Required" }, { vmSize: "Standard_DS2_v2" }), code: "InvalidParameter", message: /4 vCPUs/ },
    { name: "on Windows", ...windows({ localDNSProfile: { mode: "Preferred" } }), code: "InvalidParameter", message: /Windows/ },
    {
      name: "the root zone at the cluster's own",
      ...dns({ mode: "Preferred", vnetDNSOverrides: { ".": { forwardDestination: "ClusterCoreDNS" } } }),
      code: "InvalidParameter",
      target: "localDNSProfile.vnetDNSOverrides[.].forwardDestination",
    },
    {
      name: "the cluster's zone at the network's",
      ...dns({ mode: "Preferred", kubeDNSOverrides: { "cluster.local": { forwardDestination: "VnetDNS" } } }),
      code: "InvalidParameter",
    },
    {
      name: "verified answers over TCP alone",
      ...dns({ mode: "Preferred", kubeDNSOverrides: { ".": { protocol: "ForceTCP", serveStale: "Verify" } } }),
      code: "InvalidParameter",
      target: "localDNSProfile.kubeDNSOverrides[.].serveStale",
    },
    {
      name: "a protocol that there is not",
      ...dns({ mode: "Preferred", kubeDNSOverrides: { ".": { protocol: "DoH" } } }),
      code: "InvalidParameter",
      message: /value DoH is not allowed/,
    },
    {
      name: "fewer questions than none",
      ...dns({ mode: "Preferred", kubeDNSOverrides: { ".": { maxConcurrent: -1 } } }),
      code: "InvalidParameter",
    },
  ];

  const groups = Object.entries({ config, places, machines, names }).flatMap(([about, rows]) => rows.map((row) => ({ about, ...row })));

  it.each(groups)("of $about may not be $name", ({ about: _about, name: _name, code, target, message, ...setting }) => {
    const found = verdict(setting);
    if (code === "fits") return expect(found).toBe("fits");
    expect(found).toMatchObject({ code, ...(target !== undefined && { target }) });
    if (found !== "fits" && message !== undefined)
      expect(found.message).toMatch(message instanceof RegExp ? message : new RegExp(`^${escaped(message)}$`));
    return undefined;
  });
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
