import type { LocalDNSOverride } from "#api/containerservice/profile-model";
import { vmSize } from "#compute";
import { compareVersions } from "../../catalog/index.ts";
import { refusals } from "../../errors.ts";
import { parseTaint } from "../../nodes/index.ts";
import type { Rule } from "./candidate.ts";
import { profileRefusals } from "./profile-errors.ts";

/** Parts of one GPU, by profile. Source: MicrosoftDocs/azure-aks-docs articles/aks/gpu-multi-instance.md, "GPU instance profiles". */
const MIG_PROFILES: ReadonlySet<unknown> = new Set(["MIG1g", "MIG2g", "MIG3g", "MIG4g", "MIG7g"]);
/** Source: as above: "A100, H100, and H200 series GPU VM sizes". */
const MIG_SIZES = /_A100_v4$|_H100_v5$|_H200_v5$|^Standard_ND96a(m)?sr_v4$/i;

/** Unverified: texts. */
const multiInstanceGpu: Rule = ({ wanted, stored }) => {
  const { gpuInstanceProfile: profile } = wanted;
  if (profile === undefined || stored !== undefined) return undefined;
  if (!MIG_PROFILES.has(profile)) return profileRefusals.migProfile(profile);
  return MIG_SIZES.test(wanted.vmSize) ? undefined : profileRefusals.migSize(wanted.vmSize);
};

/** Source: Azure/azure-rest-api-specs managedClusters.json, GPUDriver. */
const gpuDriver: Rule = ({ wanted }) => {
  const driver = wanted.gpuProfile?.driver;
  const fits = driver === undefined || driver === "Install" || driver === "None";
  return fits ? undefined : refusals.invalidParameter("agentPoolProfile.gpuProfile.driver");
};

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Source: Azure/azure-rest-api-specs managedClusters.json, messageOfTheDay. Unverified: texts. */
const messageOfTheDay: Rule = ({ wanted }) => {
  const { messageOfTheDay: message } = wanted;
  if (message === undefined) return undefined;
  const target = "agentPoolProfile.messageOfTheDay";
  if (wanted.osType === "Windows") return refusals.invalidParameter(target, "it is not supported on Windows nodes");
  return BASE64.test(message) ? undefined : refusals.invalidParameter(target, "it is not base64-encoded");
};

/** Outbound types whose address translation is not the node's. Source: azure-aks-docs articles/aks/nat-gateway.md, "Disable OutboundNAT for Windows". */
const NO_NODE_NAT: ReadonlySet<unknown> = new Set([
  "managedNATGateway",
  "managedNATGatewayV2",
  "userAssignedNATGateway",
  "userDefinedRouting",
]);

/** Sources: as above; Azure/azure-rest-api-specs managedClusters.json, disableOutboundNat, for public IPs. Unverified: texts. */
const outboundNat: Rule = ({ wanted, cluster }) => {
  if (wanted.windowsProfile?.disableOutboundNat !== true) return undefined;
  const refuse = (problem: string): Error => refusals.invalidParameter("agentPoolProfile.windowsProfile.disableOutboundNat", problem);
  if (wanted.osType !== "Windows") return refuse("it is for Windows agent pools only");
  const { outboundType } = cluster.properties.networkProfile;
  if (!NO_NODE_NAT.has(outboundType)) return refuse(`it is not supported with the outbound type ${String(outboundType)}`);
  return wanted.enableNodePublicIP === true ? refuse("it is not supported with node public IPs") : undefined;
};

/** Differs from AKS: networks that are asked for as Kubernetes' dynamic resources are refused, as clusters have no such resources. */
const dynamicNetworks: Rule = ({ wanted }) =>
  wanted.networkProfile?.dranet?.mode === "Managed" ? refusals.notEmulated("A managed DRANET of an agent pool") : undefined;

/** Source: azure-aks-docs articles/aks/artifact-streaming.md, "Limitations": Linux on x64. Unverified: text. */
const artifactStreaming: Rule = ({ wanted }) => {
  return wanted.artifactStreamingProfile?.enabled === true && wanted.osType === "Windows"
    ? refusals.invalidParameter("agentPoolProfile.artifactStreamingProfile.enabled", "it is not supported on Windows nodes")
    : undefined;
};

/** Source: azure-aks-docs articles/aks/use-node-taints.md, "Prerequisites and limitations". What a read showed may come back. */
const initializationTaints: Rule = ({ sent, stored, origin }) => {
  const { nodeInitializationTaints: taints } = sent;
  const isKnown = JSON.stringify(taints) === JSON.stringify(stored?.nodeInitializationTaints ?? []);
  if (taints === undefined || isKnown) return undefined;
  if (origin === "agentPool") return profileRefusals.initializationTaints();
  return taints.every((taint) => parseTaint(taint) !== undefined)
    ? undefined
    : refusals.invalidParameter("agentPoolProfile.nodeInitializationTaints");
};

/** Sources: answers quoted in XenitAB/terraform-modules#755 and hashicorp/terraform-provider-azurerm#31129. */
const spotUpgrades: Rule = ({ sent: { upgradeSettings: settings }, wanted, stored }) => {
  if (wanted.scaleSetPriority !== "Spot" || settings === undefined) return undefined;
  const { maxSurge, maxUnavailable } = settings;
  // What the service itself shows comes back with a PUT.
  if (maxSurge !== undefined && maxSurge !== stored?.upgradeSettings?.maxSurge) return profileRefusals.spotSurge();
  if (maxUnavailable === undefined || maxUnavailable === stored?.upgradeSettings?.maxUnavailable) return undefined;
  return profileRefusals.spotUnavailable();
};

const LOCAL_DNS_MODES: ReadonlySet<unknown> = new Set(["Preferred", "Required", "Disabled"]);
const LOCAL_DNS_WORDS = {
  queryLogging: ["Error", "Log"],
  protocol: ["PreferUDP", "ForceTCP"],
  forwardDestination: ["ClusterCoreDNS", "VnetDNS"],
  forwardPolicy: ["Sequential", "RoundRobin", "Random"],
  serveStale: ["Verify", "Immediate", "Disable"],
} as const;
const LOCAL_DNS_NUMBERS = ["maxConcurrent", "cacheDurationInSeconds", "serveStaleDurationInSeconds"] as const;
const LOCAL_DNS_SINCE = "1.31.0";
const LOCAL_DNS_CORES = 4;

/** Source: azure-aks-docs articles/aks/localdns-custom.md, "Prerequisites" and "Configuration validation rules". Unverified: texts but that of a wrong mode. */
const localDns: Rule = ({ wanted, stored }) => {
  const { localDNSProfile: profile } = wanted;
  if (profile === undefined || JSON.stringify(profile) === JSON.stringify(stored?.localDNSProfile)) return undefined;
  const { mode, vnetDNSOverrides = {}, kubeDNSOverrides = {} } = profile;
  if (mode !== undefined && !LOCAL_DNS_MODES.has(mode)) return profileRefusals.localDnsMode(mode);
  const problem = overridesProblem("vnetDNSOverrides", vnetDNSOverrides) ?? overridesProblem("kubeDNSOverrides", kubeDNSOverrides);
  if (problem !== undefined) return problem;
  if (mode === "Disabled") return undefined;
  if (wanted.osType === "Windows") return profileRefusals.localDns("mode", "LocalDNS is not supported on Windows nodes");
  if (compareVersions(wanted.orchestratorVersion, LOCAL_DNS_SINCE) < 0) {
    return profileRefusals.localDns("mode", "LocalDNS needs Kubernetes 1.31 or later");
  }
  const { vCPUs = LOCAL_DNS_CORES } = vmSize(wanted.vmSize) ?? {};
  return vCPUs < LOCAL_DNS_CORES
    ? profileRefusals.localDns("mode", `LocalDNS needs a VM size of at least ${LOCAL_DNS_CORES} vCPUs`)
    : undefined;
};

function overridesProblem(
  member: "vnetDNSOverrides" | "kubeDNSOverrides",
  overrides: Readonly<Record<string, LocalDNSOverride>>,
): Error | undefined {
  for (const [zone, override] of Object.entries(overrides)) {
    const problem = overrideProblem(member, zone, override);
    if (problem !== undefined) return profileRefusals.localDns(`${member}[${zone}].${problem[0]}`, problem[1]);
  }
  return undefined;
}

function overrideProblem(member: string, zone: string, override: LocalDNSOverride): readonly [string, string] | undefined {
  for (const [name, words] of Object.entries(LOCAL_DNS_WORDS)) {
    const value = override[name as keyof typeof LOCAL_DNS_WORDS];
    if (value !== undefined && !(words as readonly string[]).includes(value))
      return [name, `value ${value} is not allowed. Only ${words.join(", ")} are allowed`];
  }
  const negative = LOCAL_DNS_NUMBERS.find((name) => (override[name] ?? 0) < 0);
  if (negative !== undefined) return [negative, `value ${override[negative]} is not allowed`];
  const { forwardDestination: destination, protocol, serveStale } = override;
  if (member === "vnetDNSOverrides" && zone === "." && destination === "ClusterCoreDNS") {
    return ["forwardDestination", "ClusterCoreDNS is not allowed for the root zone"];
  }
  if (/(^|\.)cluster\.local$/.test(zone) && destination === "VnetDNS") return ["forwardDestination", `VnetDNS is not allowed for ${zone}`];
  return protocol === "ForceTCP" && serveStale === "Verify"
    ? ["serveStale", "Verify is not allowed with the protocol ForceTCP"]
    : undefined;
}

/** Rules about features of single pools. */
export const featureRules: readonly Rule[] = [
  multiInstanceGpu,
  gpuDriver,
  messageOfTheDay,
  outboundNat,
  artifactStreaming,
  dynamicNetworks,
  initializationTaints,
  spotUpgrades,
  localDns,
];
