import type { ProviderError } from "#arm";
import { refusal } from "../../errors.ts";

/**
 * Refusals of what a pool's machines are to be like. Codes are the service's own where its list has one
 * (Azure/aks-deployer:pkg/apierror/types.go). Texts are AKS's where a source is named; the others are Unverified.
 */
export const profileRefusals = {
  /** Source: answer quoted in Azure/AKS#3160, of a pool whose type was left out. */
  nodeConfigNeedsScaleSets: (type: string) =>
    refusal(
      400,
      "CustomNodeConfigFeatureNotSupported",
      `CustomKubeletConfig or CustomLinuxOSConfig is not supported for availability profile: ${type}.`,
    ),
  /** Source: answers quoted in Azure/AKS#2591 and #2300. */
  nodeConfigChange: () =>
    refusal(
      400,
      "CustomKubeletConfigOrCustomLinuxOSConfigCanNotBeChanged",
      "CustomKubeletConfig or CustomLinuxOSConfig can not be changed for this operation.",
    ),
  kubeletConfig: (problem: string) => refusal(400, "InvalidCustomKubeletConfig", problem),
  linuxConfig: (problem: string) => refusal(400, "InvalidCustomLinuxOSConfig", problem),
  /** Source: answer quoted in hashicorp/terraform-provider-azurerm#17676. */
  swapNeedsKubelet: () =>
    refusal(400, "InvalidCustomLinuxOSConfig", "CustomKubeletConfig.FailSwapOn must be set to false to enable swap file on nodes."),

  /** Source of the first code: tests of rancher/hosted-providers-e2e, of nodes of 9 pods. */
  podsPerNode: (pods: number, { min, max }: { readonly min: number; readonly max: number }) =>
    pods < min
      ? tooManyOrFew("InsufficientMaxPods", `a node has to hold at least ${min} pods, not ${pods}`)
      : tooManyOrFew("MaxPodsLimitExceeded", `a node can hold at most ${max} pods, not ${pods}`),
  podsPerPool: ({ count, maxPods }: { readonly count: number; readonly maxPods: number }, least: number) =>
    tooManyOrFew("InsufficientAgentPoolMaxPodsPerAgentPool", `${count} nodes of ${maxPods} pods hold fewer than ${least} pods`),

  migSize: (size: string) =>
    refusal(400, "VMSizeDoesNotSupportMIG", `VM size ${size} does not support multi-instance GPU.`, {
      target: "agentPoolProfile.gpuInstanceProfile",
    }),
  migProfile: (profile: string) =>
    refusal(400, "UnsupportedGPUInstanceProfile", `GPU instance profile ${profile} is not supported.`, {
      target: "agentPoolProfile.gpuInstanceProfile",
    }),

  /** Source: answer quoted in Azure/AKS#4181. */
  trustedLaunch: () =>
    refusal(
      400,
      "TrustedLaunchIncompatibleWithConfig",
      "Trusted Launch enabled clusters using vTPM and/or Secure Boot are not supported for this agentpool. Secure Boot and/or vTPM " +
        "requires the VM Image to be Trusted Launch Compatible. Ubuntu 1804, FIPS, Arm64, CBLMariner, GPU nodepools dont have Trusted Launch support.",
    ),
  hostEncryptionNeedsScaleSets: () =>
    refusal(400, "EncryptionAtHostNotAllowedOnVMAS", "Encryption at host is not allowed on agent pools of type AvailabilitySet."),
  hostEncryptionSize: (size: string) =>
    refusal(400, "VMSizeDoesNotSupportEncryptionAtHost", `VM size ${size} does not support encryption at host.`, {
      target: "agentPoolProfile.enableEncryptionAtHost",
    }),

  /** Source: answer quoted in Azure/azure-cli#24966 for the form. */
  osSkuVersion: (sku: string, problem: string) => refusal(400, "InvalidOSSKU", `OSSKU='${sku}' is invalid, details: ${problem}`),
  workloadRuntime: (runtime: string, problem: string) =>
    refusal(400, "InvalidWorkloadRuntimeSettingError", `Workload runtime ${runtime} is invalid: ${problem}.`, {
      target: "agentPoolProfile.workloadRuntime",
    }),
  kubeletDisk: (size: string) =>
    refusal(400, "InvaliKubeletDiskSettingError", `VM size ${size} has no temporary disk for the kubelet.`, {
      target: "agentPoolProfile.kubeletDiskType",
    }),

  /** Source: answer of 2025 to a mode `Invalid`, recorded in Azure/azure-cli-extensions:src/aks-preview. */
  localDnsMode: (value: string) => localDns("mode", `value ${value} is not allowed. Only Preferred, Required and Disabled are allowed`),
  localDns,

  /** Source of the rules: azure-aks-docs articles/aks/use-system-pools.md. */
  systemPoolSystem: () => refusal(400, "SystemPoolMustBeLinux", "System node pools must run Linux.", { target: "agentPoolProfile.osType" }),
  systemPoolPriority: () =>
    refusal(400, "SystemPoolMustBeRegular", "Spot node pools can not be system node pools.", {
      target: "agentPoolProfile.scaleSetPriority",
    }),
  /** Source: answer quoted in MicrosoftDocs/azure-dev-docs#216. */
  systemPoolSize: (pool: string) =>
    refusal(400, "SystemPoolSkuTooLow", `System node pool must use VM sku with more than 2 cores and 4GB memory. Nodepool name: ${pool}.`),
  /** Source: answer quoted in Azure/AKS#2413. Unverified: that it is said of every size that AKS does not take. */
  restrictedSize: (pool: string) =>
    refusal(
      400,
      "BadRequest",
      `The VM SKUs chosen for agentpool(s) \`AgentPoolProfile:${pool}\` are restricted by AKS. This is typically due to small CPU/Memory. ` +
        "Please see https://aka.ms/aks/restricted-skus for more details",
    ),
  /** Source: answer quoted in Azure/azure-rest-api-specs#7153, of 2019. */
  restrictedSizeOf2019: (size: string) =>
    refusal(
      400,
      "BadRequest",
      `The VM SKU chosen for this cluster \`${size}\` does not have enough CPU/memory to run as an AKS node. ` +
        "Please see https://aka.ms/aks/restricted-skus for more details.",
    ),
  /** The rule is that of azure-aks-docs articles/aks/use-node-taints.md: "Agentpool level operations are blocked". */
  initializationTaints: () =>
    refusal(400, "BadRequest", "Node initialization taints can only be set through the managed cluster.", {
      target: "agentPoolProfile.nodeInitializationTaints",
    }),
  /** Source: answers quoted in XenitAB/terraform-modules#755 (2022) and jenkins-infra/azure#730 (2024). */
  spotSurge: () => spotUpgrade("agentPoolProfile.upgrade.maxSurge", "max surge", true),
  /** Source: answer quoted in hashicorp/terraform-provider-azurerm#31129 (2025). */
  spotUnavailable: () => spotUpgrade("agentPoolProfile.upgradeSettings.maxUnavailable", "maxUnavailable", false),
} as const;

function tooManyOrFew(code: string, problem: string): ProviderError {
  const target = "agentPoolProfile.maxPods";
  return refusal(400, code, `The value of parameter ${target} is invalid. Error details: ${problem}.`, { target });
}

function localDns(member: string, problem: string): ProviderError {
  const target = `localDNSProfile.${member}`;
  return refusal(400, "InvalidParameter", `The value of parameter ${target} is invalid. Error details: ${problem}.`, { target });
}

function spotUpgrade(target: string, what: string, isLinked: boolean): ProviderError {
  const link = isLinked ? " Please see https://aka.ms/aks-naming-rules for more details." : "";
  const message = `The value of parameter ${target} is invalid. Error details: Spot pools can't set ${what}.${link}`;
  return refusal(400, "InvalidParameter", message, { target });
}
