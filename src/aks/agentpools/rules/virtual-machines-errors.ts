import type { ProviderError } from "#arm";
import { invalidParameter } from "../../errors.ts";

const PATH = "agentPoolProfile.virtualMachinesProfile.scale.manual";
const AUTOSCALE = "agentPoolProfile.virtualMachinesProfile.scale.autoscale";

/**
 * Refusals of pools of type VirtualMachines. Rules: MicrosoftDocs/azure-aks-docs articles/aks/virtual-machines-node-pools.md, which
 * names the code InvalidParameter for clusters with an identity of the system.
 * Unverified: all texts of refusals of these pools, and the code of the others.
 */
export const virtualMachinesRefusals = {
  path: PATH,
  autoscalePath: AUTOSCALE,

  /** Source: the same page, "GPU Nodes are not currently supported". */
  autoscaledGpu: (target: string): ProviderError =>
    invalidParameter(target, "GPU sizes are not supported in autoscale profiles of VirtualMachines node pools"),

  version: (since: string): ProviderError =>
    invalidParameter("agentPoolProfile.type", `VirtualMachines node pools need Kubernetes ${since} or later`),

  notSupported: (member: string, reason: string): ProviderError =>
    invalidParameter(`agentPoolProfile.${member}`, `in VirtualMachines node pools ${reason}`),

  noProfile: (): ProviderError => invalidParameter(PATH, "a VirtualMachines node pool needs at least one scale profile"),

  tooManyProfiles: (most: number, sent: number): ProviderError =>
    invalidParameter(PATH, `a VirtualMachines node pool has at most ${most} scale profiles, not ${sent}`),

  twice: (size: string): ProviderError => invalidParameter(PATH, `${size} is in more than one scale profile`),

  unlike: (first: string, second: string, what: string): ProviderError =>
    invalidParameter(PATH, `all sizes of a VirtualMachines node pool are of the same ${what}, and ${first} and ${second} are not`),

  systemIdentity: (): ProviderError =>
    invalidParameter(
      "agentPoolProfile.vnetSubnetID",
      "VirtualMachines node pools in a custom virtual network need a cluster with a user-assigned managed identity",
    ),

  profileWithoutMachines: (): ProviderError =>
    invalidParameter("agentPoolProfile.virtualMachinesProfile", "it is for agent pools of type VirtualMachines only"),

  /** Of a snapshot that is to be taken of such a pool. */
  snapshot: (target: string): ProviderError =>
    invalidParameter(target, "node pool snapshots of VirtualMachines node pools are not supported"),
} as const;
