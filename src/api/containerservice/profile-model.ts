/** What a kubelet of the pool is told. */
export interface KubeletConfig {
  readonly cpuManagerPolicy?: string;
  readonly cpuCfsQuota?: boolean;
  readonly cpuCfsQuotaPeriod?: string;
  readonly imageGcHighThreshold?: number;
  readonly imageGcLowThreshold?: number;
  readonly topologyManagerPolicy?: string;
  readonly allowedUnsafeSysctls?: readonly string[];
  readonly failSwapOn?: boolean;
  readonly containerLogMaxSizeMB?: number;
  readonly containerLogMaxFiles?: number;
  readonly podMaxPids?: number;
  readonly seccompDefault?: string;
}

export interface LinuxOSConfig {
  /** By the names of the API: `vmSwappiness`. */
  readonly sysctls?: Readonly<Record<string, number | boolean | string>>;
  readonly transparentHugePageEnabled?: string;
  readonly transparentHugePageDefrag?: string;
  readonly swapFileSizeMB?: number;
}

export interface PortRange {
  readonly portStart?: number;
  readonly portEnd?: number;
  readonly protocol?: string;
}

export interface AgentPoolNetworkProfile {
  readonly nodePublicIPTags?: readonly { readonly ipTagType?: string; readonly tag?: string }[];
  readonly allowedHostPorts?: readonly PortRange[];
  readonly applicationSecurityGroups?: readonly string[];
  readonly dranet?: { readonly mode?: "Unmanaged" | "Managed" };
}

export interface SecurityProfile {
  readonly sshAccess?: string;
  readonly enableVTPM?: boolean;
  readonly enableSecureBoot?: boolean;
}

export interface LocalDNSOverride {
  readonly queryLogging?: string;
  readonly protocol?: string;
  readonly forwardDestination?: string;
  readonly forwardPolicy?: string;
  readonly maxConcurrent?: number;
  readonly cacheDurationInSeconds?: number;
  readonly serveStaleDurationInSeconds?: number;
  readonly serveStale?: string;
}

export interface LocalDNSProfile {
  readonly mode?: string;
  readonly state?: "Enabled" | "Disabled";
  /** By zone: `.`, `cluster.local`. */
  readonly vnetDNSOverrides?: Readonly<Record<string, LocalDNSOverride>>;
  readonly kubeDNSOverrides?: Readonly<Record<string, LocalDNSOverride>>;
}
