import { isOfTime } from "#api/containerservice/times";
import { hasCapability, vmSize } from "#compute";
import { compareVersions, minorOf } from "../../catalog/index.ts";
import { refusals } from "../../errors.ts";
import type { Candidate, Rule } from "./candidate.ts";
import { profileRefusals } from "./profile-errors.ts";

/** Kubernetes versions that an operating system is for, minor versions both included, and when new pools could no longer have it. */
interface Support {
  readonly since?: string;
  readonly until?: string;
  readonly retired?: string;
}

/**
 * By os sku in lower case. Sources: MicrosoftDocs/azure-aks-docs articles/aks/upgrade-os-version.md; Azure/AKS CHANGELOG of 2026 for
 * Windows Server 2019 (not from 1.33 on), Windows Annual Channel (2026-05-15) and Flatcar (2026-06-08).
 */
const SUPPORT: Readonly<Record<string, Support>> = {
  ubuntu2404: { since: "1.32", until: "1.38" },
  ubuntu2204: { since: "1.25", until: "1.36" },
  azurelinux3: { since: "1.28", until: "1.36" },
  azurelinuxosguard: { since: "1.32" },
  azurecontainerlinux: { since: "1.34" },
  flatcar: { retired: "2026-06-08" },
  windows2019: { until: "1.32" },
  windows2022: { since: "1.23", until: "1.36" },
  windows2025: { since: "1.32" },
  windowsannual: { retired: "2026-05-15" },
};

/** Asked when the pool is made, and when its system or its version changes. Unverified: texts. */
const osSkuVersion: Rule = ({ wanted: { osSKU, orchestratorVersion: version }, stored, apiVersion }) => {
  if (osSKU === undefined || (stored?.osSKU === osSKU && stored.orchestratorVersion === version)) return undefined;
  const { since, until, retired } = SUPPORT[osSKU.toLowerCase()] ?? {};
  const minor = minorOf(version);
  if (since !== undefined && compareVersions(`${minor}.0`, `${since}.0`) < 0) {
    return profileRefusals.osSkuVersion(osSKU, `Kubernetes version ${version} is not supported, the minimum is ${since}`);
  }
  if (until !== undefined && compareVersions(`${minor}.0`, `${until}.0`) > 0) {
    return profileRefusals.osSkuVersion(osSKU, `Kubernetes version ${version} is not supported, the maximum is ${until}`);
  }
  const isRetired = retired !== undefined && stored === undefined && isOfTime(apiVersion, retired);
  return isRetired ? profileRefusals.osSkuVersion(osSKU, `it was retired on ${retired}`) : undefined;
};

/**
 * Windows Server 2025 has FIPS alone, Ubuntu 24.04 has none. Sources: azure-aks-docs articles/aks/enable-fips-nodes.md;
 * Azure/azure-cli-extensions#10255, "the Resource Provider rejects". Unverified: codes and texts.
 */
const fips: Rule = ({ wanted: { osSKU = "", enableFIPS } }) => {
  if (/^Windows2025$/i.test(osSKU) && enableFIPS !== true) return profileRefusals.osSkuVersion(osSKU, "it requires a FIPS-enabled image");
  return /^Ubuntu2404$/i.test(osSKU) && enableFIPS === true
    ? profileRefusals.osSkuVersion(osSKU, "it does not support FIPS-enabled images")
    : undefined;
};

/** Between Linux systems a pool can migrate, on Windows it cannot. Source: upgrade-os-version.md; upgrade-windows-os.md. */
const osSkuChange: Rule = ({ wanted, stored }) => {
  if (stored?.osSKU === undefined || stored.osType !== "Windows" || wanted.osType !== "Windows") return undefined;
  return wanted.osSKU === stored.osSKU ? undefined : refusals.propertyChange("properties.osSKU");
};

/**
 * Sources: azure-aks-docs articles/aks/quotas-skus-regions.md, "Restricted VM sizes in AKS"; Azure/AKS#2413. In 2019 it was the sizes of
 * one core and two gigabytes: Azure/azure-rest-api-specs#7153; recorded clusters of Standard_D1_v2.
 */
const restrictedSize: Rule = ({ name, wanted, stored, generation }) => {
  const size = vmSize(wanted.vmSize);
  if (size === undefined || stored !== undefined) return undefined;
  const { vCPUs, memoryMB } = size;
  if (!generation.modes) return vCPUs < 2 && memoryMB <= 2048 ? profileRefusals.restrictedSizeOf2019(size.name) : undefined;
  // What is too small for a system pool is refused as that.
  return wanted.mode !== "System" && (vCPUs < 2 || memoryMB < 2048) ? profileRefusals.restrictedSize(name) : undefined;
};

/** Source: Azure/azure-rest-api-specs managedClusters.json, WorkloadRuntime. */
const RUNTIMES: ReadonlySet<unknown> = new Set(["OCIContainer", "WasmWasi", "KataVmIsolation", "KataMshvVmIsolation"]);
/** Source: Azure/AKS CHANGELOG: no new WebAssembly pools from then on. */
const WASM_RETIRED = "2025-05-05";

/** Sources: azure-aks-docs articles/aks/use-pod-sandboxing.md: Azure Linux, Kubernetes 1.27; Azure/AKS CHANGELOG of 2026 for FIPS. Unverified: texts. */
const workloadRuntime: Rule = ({ wanted, stored, apiVersion }) => {
  const { workloadRuntime: runtime } = wanted;
  if (runtime === undefined || stored !== undefined) return undefined;
  const refuse = (problem: string): Error => profileRefusals.workloadRuntime(runtime, problem);
  if (!RUNTIMES.has(runtime)) return refuse("it is not known");
  if (runtime === "WasmWasi" && isOfTime(apiVersion, WASM_RETIRED)) return refuse("WebAssembly node pools were retired");
  if (!runtime.startsWith("Kata")) return undefined;
  if (!/^(AzureLinux|CBLMariner|Mariner)/i.test(wanted.osSKU ?? "")) return refuse("it needs the OS SKU AzureLinux");
  return wanted.enableFIPS === true ? refuse("it is not supported with FIPS") : undefined;
};

/** Source: Azure/azure-rest-api-specs managedClusters.json, KubeletDiskType. Unverified: text. */
const kubeletDisk: Rule = ({ wanted, stored }) => {
  const kind = wanted.kubeletDiskType as string | undefined;
  if (stored !== undefined || kind === undefined || kind === "OS") return undefined;
  if (kind !== "Temporary") return refusals.invalidParameter("agentPoolProfile.kubeletDiskType");
  const size = vmSize(wanted.vmSize);
  return size?.resourceDiskMB === 0 ? profileRefusals.kubeletDisk(size.name) : undefined;
};

/** Source: azure-aks-docs articles/aks/enable-host-encryption.md, "Limitations". Differs from AKS: the subscription's feature is not asked for. */
const hostEncryption: Rule = ({ wanted, stored }) => {
  if (stored !== undefined || wanted.enableEncryptionAtHost !== true) return undefined;
  if (wanted.type === "AvailabilitySet") return profileRefusals.hostEncryptionNeedsScaleSets();
  const size = vmSize(wanted.vmSize);
  const fits = size === undefined || hasCapability(size, "EncryptionAtHostSupported");
  return fits ? undefined : profileRefusals.hostEncryptionSize(size.name);
};

const SSH_ACCESS: ReadonlySet<unknown> = new Set(["LocalUser", "Disabled", "EntraId"]);

/** Sources: azure-aks-docs articles/aks/use-trusted-launch.md and manage-ssh-node-access.md, "Limitations". */
const security: Rule = (candidate) => {
  const { enableVTPM, enableSecureBoot, sshAccess } = candidate.wanted.securityProfile ?? {};
  if (sshAccess !== undefined && !SSH_ACCESS.has(sshAccess)) return refusals.invalidParameter("agentPoolProfile.securityProfile.sshAccess");
  const keyless = candidate.wanted.osType === "Windows" || /^AzureContainerLinux$/i.test(candidate.wanted.osSKU ?? "");
  if (sshAccess === "EntraId" && keyless) {
    const problem = `EntraId is not supported on ${candidate.wanted.osSKU ?? "Windows"} nodes`;
    return refusals.invalidParameter("agentPoolProfile.securityProfile.sshAccess", problem);
  }
  const trusted = enableVTPM === true || enableSecureBoot === true;
  return trusted && !mayBeTrusted(candidate, enableSecureBoot === true) ? profileRefusals.trustedLaunch() : undefined;
};

/** With Secure Boot, machines with GPUs have no driver installed. */
function mayBeTrusted({ wanted }: Candidate, isSecureBoot: boolean): boolean {
  const size = vmSize(wanted.vmSize);
  if (wanted.osType === "Windows" || wanted.type === "AvailabilitySet" || size === undefined) return false;
  const isArm = /^Standard_[A-Z]+\d+(?:-\d+)?[a-z]*p/.test(size.name);
  const isOld =
    /^(Ubuntu1804|CBLMariner|Mariner|Flatcar)$/i.test(wanted.osSKU ?? "") || compareVersions(wanted.orchestratorVersion, "1.25.2") < 0;
  const isSandboxed = wanted.workloadRuntime?.startsWith("Kata") === true;
  const hasDriver = isSecureBoot && size.gpus > 0 && wanted.gpuProfile?.driver !== "None";
  return !isArm && !isOld && !isSandboxed && !hasDriver;
}

/** Rules about what a pool's machines run on and boot. */
export const operatingSystemRules: readonly Rule[] = [
  osSkuChange,
  osSkuVersion,
  fips,
  restrictedSize,
  workloadRuntime,
  kubeletDisk,
  hostEncryption,
  security,
];
