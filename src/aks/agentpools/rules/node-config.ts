import type { KubeletConfig, LinuxOSConfig } from "#api/containerservice/profile-model";
import { vmSize } from "#compute";
import type { Candidate, Rule } from "./candidate.ts";
import { outOfRange, type Range, RANGES } from "./node-config-ranges.ts";
import { profileRefusals } from "./profile-errors.ts";

type Config = KubeletConfig | LinuxOSConfig;
type Sysctls = NonNullable<LinuxOSConfig["sysctls"]>;

/** Words that members take. Source: MicrosoftDocs/azure-aks-docs articles/aks/custom-node-configuration-reference.md. */
const KUBELET_WORDS: Readonly<Record<string, readonly string[]>> = {
  cpuManagerPolicy: ["none", "static"],
  topologyManagerPolicy: ["none", "best-effort", "restricted", "single-numa-node"],
  seccompDefault: ["Unconfined", "RuntimeDefault"],
};
const LINUX_WORDS: Readonly<Record<string, readonly string[]>> = {
  transparentHugePageEnabled: ["always", "madvise", "never"],
  transparentHugePageDefrag: ["always", "defer", "defer+madvise", "madvise", "never"],
};
/** Source: as above, "Windows kubelet custom configuration". */
const ON_WINDOWS: ReadonlySet<string> = new Set([
  "imageGcHighThreshold",
  "imageGcLowThreshold",
  "containerLogMaxSizeMB",
  "containerLogMaxFiles",
]);
/** Groups of sysctls that may be allowed. Source: as above, `allowedUnsafeSysctls`. */
const UNSAFE_SYSCTL = /^(kernel\.(shm|msg)|kernel\.sem$|fs\.mqueue\.|net\.)/;
/** A duration as Go writes it. Source: Azure/azure-rest-api-specs managedClusters.json, cpuCfsQuotaPeriod. */
const DURATION = /^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/;

/** The pool's own settings of kubelet and kernel, which are for machines of scale sets. */
const supported: Rule = ({ wanted }) => {
  if (isEmpty(wanted.kubeletConfig) && isEmpty(wanted.linuxOSConfig)) return undefined;
  return wanted.type === "AvailabilitySet" ? profileRefusals.nodeConfigNeedsScaleSets(wanted.type) : undefined;
};

/** They stay as they were made. Source: Azure/AKS#2591. */
const unchanged: Rule = ({ wanted, stored }) => {
  if (stored === undefined) return undefined;
  const isSame =
    textOf(wanted.kubeletConfig) === textOf(stored.kubeletConfig) && textOf(wanted.linuxOSConfig) === textOf(stored.linuxOSConfig);
  return isSame ? undefined : profileRefusals.nodeConfigChange();
};

/** Unverified: texts, but for the form of a value out of its range. */
const kubelet: Rule = ({ wanted }) => {
  const { kubeletConfig: config = {} } = wanted;
  const foreign = wanted.osType === "Windows" ? Object.keys(config).find((name) => !ON_WINDOWS.has(name)) : undefined;
  if (foreign !== undefined)
    return profileRefusals.kubeletConfig(`CustomKubeletConfig.${goName(foreign)} is not supported on Windows nodes.`);
  const problem =
    wordProblem(config, KUBELET_WORDS, "CustomKubeletConfig") ??
    rangeProblem(config, RANGES.kubelet, "CustomKubeletConfig") ??
    thresholdProblem(config) ??
    sysctlsProblem(config.allowedUnsafeSysctls) ??
    periodProblem(config.cpuCfsQuotaPeriod);
  return problem === undefined ? undefined : profileRefusals.kubeletConfig(problem);
};

/** Source: custom-node-configuration.md, "CustomLinuxOsConfig isn't supported for the Windows OS type". Unverified: texts. */
const linux: Rule = ({ wanted }) => {
  const { linuxOSConfig: config = {} } = wanted;
  if (isEmpty(config)) return undefined;
  if (wanted.osType === "Windows") return profileRefusals.linuxConfig("CustomLinuxOSConfig is not supported for the Windows OS type.");
  const { sysctls = {} } = config;
  const problem =
    wordProblem(config, LINUX_WORDS, "CustomLinuxOSConfig") ??
    rangeProblem(sysctls, RANGES.sysctls, "CustomLinuxOSConfig.Sysctls") ??
    orderProblem(sysctls) ??
    portsProblem(sysctls["netIpv4IpLocalPortRange"]);
  return problem === undefined ? swap(wanted, config.swapFileSizeMB) : profileRefusals.linuxConfig(problem);
};

/** A swap file lies on the temporary disk, and only a kubelet that does not mind starts beside it. */
function swap(wanted: Candidate["wanted"], sizeMB: number | undefined): Error | undefined {
  if (sizeMB === undefined) return undefined;
  if (wanted.kubeletConfig?.failSwapOn !== false) return profileRefusals.swapNeedsKubelet();
  const { resourceDiskMB = 0 } = vmSize(wanted.vmSize) ?? {};
  const bounds = { min: 1, max: resourceDiskMB === 0 ? Number.MAX_SAFE_INTEGER : resourceDiskMB };
  const problem = outOfRange("CustomLinuxOSConfig.SwapFileSizeMB", sizeMB, bounds);
  return problem === undefined ? undefined : profileRefusals.linuxConfig(problem);
}

function wordProblem(config: object, words: Readonly<Record<string, readonly string[]>>, path: string): string | undefined {
  for (const [name, value] of Object.entries(config) as [string, unknown][]) {
    const allowed = words[name];
    if (allowed === undefined || typeof value !== "string" || allowed.includes(value)) continue;
    return `${path}.${goName(name)} ${value} is not valid. Allowed values are ${allowed.join(", ")}.`;
  }
  return undefined;
}

function rangeProblem(config: object, ranges: Readonly<Record<string, Range>>, path: string): string | undefined {
  for (const [name, value] of Object.entries(config) as [string, unknown][]) {
    const range = ranges[name];
    const problem = range === undefined || typeof value !== "number" ? undefined : outOfRange(`${path}.${goName(name)}`, value, range);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** The higher one is 85 by default. Source: custom-node-configuration-reference.md: low "no higher than imageGcHighThreshold". */
function thresholdProblem({ imageGcHighThreshold: high = 85, imageGcLowThreshold: low = 0 }: KubeletConfig): string | undefined {
  return low > high ? `CustomKubeletConfig.ImageGcLowThreshold ${low} can not be higher than ImageGcHighThreshold ${high}.` : undefined;
}

function sysctlsProblem(names: readonly string[] = []): string | undefined {
  const wrong = names.find((name) => !UNSAFE_SYSCTL.test(name));
  return wrong === undefined ? undefined : `CustomKubeletConfig.AllowedUnsafeSysctls ${wrong} is not valid.`;
}

function periodProblem(period: string | undefined): string | undefined {
  return period === undefined || DURATION.test(period) ? undefined : `CustomKubeletConfig.CPUCfsQuotaPeriod ${period} is not valid.`;
}

/** Values that may not be above others. Source: Azure/karpenter-provider-azure:pkg/apis/v1beta1/aksnodeclass.go, checked against AKS. */
const ORDERED = [
  ["netCoreRmemDefault", "netCoreRmemMax"],
  ["netCoreWmemDefault", "netCoreWmemMax"],
  ["netIpv4NeighDefaultGcThresh1", "netIpv4NeighDefaultGcThresh2"],
  ["netIpv4NeighDefaultGcThresh2", "netIpv4NeighDefaultGcThresh3"],
] as const;

function orderProblem(sysctls: Sysctls): string | undefined {
  const wrong = ORDERED.find(([low, high]) => Number(sysctls[low]) > Number(sysctls[high]));
  if (wrong === undefined) return undefined;
  const [low, high] = wrong;
  return `CustomLinuxOSConfig.Sysctls.${goName(low)} can not be higher than ${goName(high)}.`;
}

/** `32000 60000`: first 1024 to 60999, last 32768 to 65535. Source: custom-node-configuration-reference.md. */
function portsProblem(ports: Sysctls[string] | undefined): string | undefined {
  if (ports === undefined) return undefined;
  const [, first = "", last = ""] = /^(\d{1,5}) (\d{1,5})$/.exec(String(ports)) ?? [];
  const fits = Number(first) >= 1024 && Number(first) <= 60_999 && Number(last) >= 32_768 && Number(last) <= 65_535;
  return fits && Number(first) <= Number(last)
    ? undefined
    : `CustomLinuxOSConfig.Sysctls.NetIpv4IpLocalPortRange ${String(ports)} is not valid.`;
}

/** As the service's errors spell members. Source: Azure/AgentBaker:pkg/agent/datamodel/types.go, CustomKubeletConfig. */
function goName(member: string): string {
  return member.startsWith("cpu") ? `CPU${member.slice("cpu".length)}` : `${member.charAt(0).toUpperCase()}${member.slice(1)}`;
}

function isEmpty(config: Config | undefined): boolean {
  return Object.keys(config ?? {}).length === 0;
}

function textOf(config: Config | undefined): string {
  return isEmpty(config) ? "" : JSON.stringify(config);
}

/** Rules about the pool's own settings of kubelet and kernel. */
export const nodeConfigRules: readonly Rule[] = [unchanged, supported, kubelet, linux];
