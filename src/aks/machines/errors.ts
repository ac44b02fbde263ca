import type { ProviderError } from "#arm";
import type { StoredCluster } from "../documents.ts";
import { invalidParameter, refusal } from "../errors.ts";

/** Why one machine of a batch was not made. */
export interface MachineFailure {
  readonly code: string;
  readonly message: string;
  /** The machine's name. */
  readonly target: string;
}

/** What pools of mode Machines, and their machines, are refused with. */
export const machineRefusals = {
  /** Source: answer quoted in Azure/azure-cli#33693. Unverified: that a change of version and of power are refused with the same words. */
  lifeCycle: (what: string): ProviderError =>
    refusal(
      400,
      "OperationNotAllowed",
      `${what} on machines agent pool is not allowed, please use machine API to handle machine life cycle`,
    ),

  /** Unverified: text. */
  notForPool: (member: string, reason: string): ProviderError =>
    invalidParameter(`agentPoolProfile.${member}`, `in an agent pool of mode Machines ${reason}`),

  /** Unverified: code and text. */
  notMachines: (pool: string): ProviderError =>
    refusal(400, "OperationNotAllowed", `Machines can only be created or updated in an agent pool of mode Machines, which ${pool} is not.`),

  /** Unverified: text; lengths as Azure/karpenter-provider-azure pkg/providers/instance/aksmachineinstanceutils.go knows them. */
  name: (most: number): ProviderError =>
    invalidParameter("machineName", `it has ${most} letters, digits and hyphens at most, and begins and ends with a letter or digit`),

  /**
   * Source: Azure/karpenter-provider-azure pkg/fake/aksmachinesapi.go, AKSMachineAPIErrorVMSizeNotSupported.
   */
  size: (size: string, { subscriptionId, location }: Pick<StoredCluster, "subscriptionId" | "location">): ProviderError =>
    refusal(
      400,
      "VMSizeNotSupported",
      `Virtual Machine size: '${size}' is not supported for subscription ${subscriptionId} in location '${location}'. ` +
        `Please refer to aka.ms/aks/vm-size-selector to find supported VM sizes in location '${location}'.`,
    ),

  /** Source of code and members: Azure/karpenter-provider-azure pkg/fake/aksmachinesapi.go, doImmutablePropertiesChanged. Unverified: text. */
  immutable: (member: string): ProviderError =>
    refusal(400, "OperationNotAllowed", `Changing property '${member}' of a machine is not allowed.`, { target: member }),

  /** Source: the code of an operation that cannot be done beside another on a pool. Unverified: that machines are refused so. */
  busy: (machine: string, state: string): ProviderError =>
    refusal(
      409,
      "OperationNotAllowed",
      `Operation is not allowed: Another machine operation (${machine} - ${state}) is in progress, please wait for it to finish before starting a new operation.`,
    ),

  /** Unverified: text. */
  batchHeader: (reason: string): ProviderError => invalidParameter("BatchPutMachine", reason),

  /**
   * Source: Azure/karpenter-provider-azure designs/0010-aks-machines-batch-creation.md, "operations on existing machines will be considered
   * an error". Unverified: code and text.
   */
  exists: (machine: string): ProviderError =>
    refusal(400, "OperationNotAllowed", `Machine ${machine} already exists, and a batch of machines cannot change it.`),

  /** Source: the same, "Synchronous phase/batch API call error". Unverified: the comma between names. */
  batch: (failures: readonly MachineFailure[]): ProviderError => {
    const names = failures.map(({ target }) => target).join(", ");
    return refusal(400, "BatchMachineClientError", `the following machines failed with ClientError: ${names}`, { details: failures });
  },

  /** Unverified: code and text. */
  tooMany: (most: number): ProviderError =>
    refusal(400, "InvalidParameter", `An agent pool has ${most} machines at most.`, { target: "machineName" }),
} as const;
