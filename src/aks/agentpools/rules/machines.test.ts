import { describe, expect, it } from "vitest";
import { expectRefusal, type Row, type Setting, verdict, windows } from "../../testing/candidate.ts";

const fitting: readonly (Setting & { readonly name: string })[] = [
  { name: "nothing special" },
  { name: "GPUs in parts", properties: { vmSize: "Standard_NC24ads_A100_v4", gpuInstanceProfile: "MIG1g" } },
  { name: "a message", properties: { messageOfTheDay: "SGVsbG8=" } },
  {
    name: "no outbound NAT on Windows",
    ...windows({ windowsProfile: { disableOutboundNat: true } }, { network: { outboundType: "managedNATGateway" } }),
  },
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
  { name: "Windows Annual Channel of its time", ...windows({ osSKU: "WindowsAnnual" }), apiVersion: "2023-10-02-preview" },
  { name: "a small size for what is no user pool", properties: { vmSize: "Standard_DS1_v2", mode: "System" } },
];

const refused: readonly Row[] = [
  {
    name: "a size of one core",
    properties: { vmSize: "Standard_DS1_v2" },
    code: "BadRequest",
    message: /`AgentPoolProfile:two` are restricted by AKS/,
  },
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

describe("what a pool's machines are like", () => {
  it.each(fitting)("may be $name", ({ name: _name, ...setting }) => {
    expect(verdict(setting)).toBe("fits");
  });

  it.each(refused)("may not be $name", expectRefusal);
});
