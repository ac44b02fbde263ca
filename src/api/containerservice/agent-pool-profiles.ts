import { bool, type Field, int, object, string, strings, type WireType, words } from "./field.ts";

/** Members of one type that came together. */
function members(type: WireType, since: string, ...names: readonly string[]): readonly Field[] {
  return names.map((name) => ({ name, type, since }));
}

/**
 * Profiles of agent pools whose members are looked at, in the order of the definition.
 * Source: Azure/azure-rest-api-specs …/aks/stable/{version}/managedClusters.json. Unverified: the first preview of each member
 * that only previews have.
 */
export const kubeletConfig = object("KubeletConfig", [
  { name: "cpuManagerPolicy", type: string, since: "2020-11-01" },
  { name: "cpuCfsQuota", type: bool, since: "2020-11-01" },
  { name: "cpuCfsQuotaPeriod", type: string, since: "2020-11-01" },
  { name: "imageGcHighThreshold", type: int, since: "2020-11-01" },
  { name: "imageGcLowThreshold", type: int, since: "2020-11-01" },
  { name: "topologyManagerPolicy", type: string, since: "2020-11-01" },
  { name: "allowedUnsafeSysctls", type: strings, since: "2020-11-01" },
  { name: "failSwapOn", type: bool, since: "2020-11-01" },
  ...members(int, "2020-12-01", "containerLogMaxSizeMB", "containerLogMaxFiles", "podMaxPids"),
  { name: "seccompDefault", type: words("Unconfined", "RuntimeDefault"), since: "2024-02-02-preview", previewOnly: true },
]);

const sysctls = object("SysctlConfig", [
  ...members(int, "2020-11-01", "netCoreSomaxconn", "netCoreNetdevMaxBacklog", "netCoreRmemDefault", "netCoreRmemMax"),
  ...members(int, "2020-11-01", "netCoreWmemDefault", "netCoreWmemMax", "netCoreOptmemMax", "netIpv4TcpMaxSynBacklog"),
  ...members(int, "2020-11-01", "netIpv4TcpMaxTwBuckets", "netIpv4TcpFinTimeout", "netIpv4TcpKeepaliveTime"),
  ...members(int, "2020-11-01", "netIpv4TcpKeepaliveProbes", "netIpv4TcpkeepaliveIntvl"),
  { name: "netIpv4TcpTwReuse", type: bool, since: "2020-11-01" },
  { name: "netIpv4IpLocalPortRange", type: string, since: "2020-11-01" },
  ...members(int, "2020-11-01", "netIpv4NeighDefaultGcThresh1", "netIpv4NeighDefaultGcThresh2", "netIpv4NeighDefaultGcThresh3"),
  ...members(int, "2020-11-01", "netNetfilterNfConntrackMax", "netNetfilterNfConntrackBuckets"),
  ...members(int, "2020-11-01", "fsInotifyMaxUserWatches", "fsFileMax", "fsAioMaxNr", "fsNrOpen", "kernelThreadsMax"),
  ...members(int, "2020-11-01", "vmMaxMapCount", "vmSwappiness", "vmVfsCachePressure"),
]);

export const linuxOSConfig = object("LinuxOSConfig", [
  { name: "sysctls", type: sysctls, since: "2020-11-01" },
  ...members(string, "2020-11-01", "transparentHugePageEnabled", "transparentHugePageDefrag"),
  { name: "swapFileSizeMB", type: int, since: "2020-11-01" },
]);

export const agentPoolNetworkProfile = object("AgentPoolNetworkProfile", [
  {
    name: "nodePublicIPTags",
    type: { kind: "list", of: object("IPTag", members(string, "2022-07-02-preview", "ipTagType", "tag")) },
    since: "2022-07-02-preview",
  },
  {
    name: "allowedHostPorts",
    type: {
      kind: "list",
      of: object("PortRange", [
        ...members(int, "2022-07-02-preview", "portStart", "portEnd"),
        { name: "protocol", type: words("TCP", "UDP"), since: "2022-07-02-preview" },
      ]),
    },
    since: "2022-07-02-preview",
  },
  { name: "applicationSecurityGroups", type: strings, since: "2022-07-02-preview" },
  {
    name: "dranet",
    type: object("DRANETProfile", [{ name: "mode", type: words("Unmanaged", "Managed"), since: "2026-06-01" }]),
    since: "2026-06-01",
  },
]);

export const windowsProfile = object("AgentPoolWindowsProfile", members(bool, "2022-07-02-preview", "disableOutboundNat"));

export const gpuProfile = object("GPUProfile", [
  { name: "installGPUDriver", type: bool, since: "2023-11-02-preview", previewOnly: true, until: "2025-01-01" },
  { name: "driver", type: words("Install", "None"), since: "2025-01-01" },
  { name: "driverType", type: words("GRID", "CUDA"), since: "2024-04-02-preview", previewOnly: true },
]);

export const artifactStreamingProfile = object("AgentPoolArtifactStreamingProfile", members(bool, "2023-09-02-preview", "enabled"));

const localDnsOverrides: WireType = {
  kind: "map",
  of: object("LocalDNSOverride", [
    { name: "queryLogging", type: words("Error", "Log"), since: "2025-04-02-preview" },
    { name: "protocol", type: words("PreferUDP", "ForceTCP"), since: "2025-04-02-preview" },
    { name: "forwardDestination", type: words("ClusterCoreDNS", "VnetDNS"), since: "2025-04-02-preview" },
    { name: "forwardPolicy", type: words("Sequential", "RoundRobin", "Random"), since: "2025-04-02-preview" },
    ...members(int, "2025-04-02-preview", "maxConcurrent", "cacheDurationInSeconds", "serveStaleDurationInSeconds"),
    { name: "serveStale", type: words("Verify", "Immediate", "Disable"), since: "2025-04-02-preview" },
  ]),
};

/** `state` is the service's word on whether it runs. */
export const localDNSProfile = object("LocalDNSProfile", [
  { name: "mode", type: words("Preferred", "Required", "Disabled"), since: "2025-04-02-preview" },
  { name: "state", type: string, since: "2025-04-02-preview", readOnly: true },
  ...members(localDnsOverrides, "2025-04-02-preview", "vnetDNSOverrides", "kubeDNSOverrides"),
]);
