import { generations, type GenerationName } from "../generations/index.ts";
import { nameSuffix } from "./suffix.ts";

/** Instance ids are written in this base, in six digits. */
const INSTANCE_BASE = 36;
const INSTANCE_DIGITS = 6;

/** What the names of a pool's machines are made of. */
export interface PoolNames {
  readonly pool: string;
  /** Eight digits, from {@link nodeNameSuffix}. */
  readonly suffix: string;
  readonly osType: "Linux" | "Windows";
}

/**
 * The digits in the names of a pool's machines: of the cluster in the preview of 2019, of the pool today.
 * Source: Azure/aks-engine pkg/api/types.go, GetClusterID, for the text that is hashed; docs of 2019 show one for all pools.
 * Unverified: what today's digits come from; here the cluster's prefix and the pool's name.
 */
export function nodeNameSuffix(
  cluster: { readonly generation: GenerationName; readonly properties: { readonly dnsPrefix: string } },
  pool: string,
): string {
  const { dnsPrefix } = cluster.properties;
  return nameSuffix(generations[cluster.generation].nameSuffix === "cluster" ? dnsPrefix : `${dnsPrefix}/${pool}`);
}

/** The scale set of a pool: `aks-nodepool1-28993262-vmss`, `aksnpwin` for Windows. Source: Azure/aks-engine pkg/api/types.go, GetAgentVMPrefix. */
export function vmssName({ pool, suffix, osType }: PoolNames): string {
  return osType === "Windows" ? `aks${pool}` : `aks-${pool}-${suffix}-vmss`;
}

/**
 * What the names of virtual machines that are in no scale set begin with; a number follows: `aks-app1-29449757-vms1`.
 * Source: kubernetes/autoscaler cluster-autoscaler/cloudprovider/azure/azure_vms_pool.go, and listings of nodes of 2025-11.
 */
export function vmsName({ pool, suffix }: Omit<PoolNames, "osType">): string {
  return `aks-${pool}-${suffix}-vms`;
}

/**
 * A virtual machine of a pool of mode Machines, which is also its node: `aks-pool1-machine1-25481572-vm`; `akswpool-m1` for Windows.
 * Source: Azure/karpenter-provider-azure pkg/providers/instance/aksmachineinstanceutils.go, GetAKSMachineNameFromVMName and
 * windowsMachineNameMaxLenCustom; the examples of the definition have another, `-vm0`.
 */
export function machineVmName({ pool, suffix, osType }: PoolNames, machine: string): string {
  return (osType === "Windows" ? `aks${pool}-${machine}` : `aks-${pool}-${machine}-${suffix}-vm`).toLowerCase();
}

/** The node of an instance: `aks-nodepool1-28993262-vmss00000a` for instance 10. */
export function nodeName(vmss: string, instanceId: number): string {
  return `${vmss}${instanceId.toString(INSTANCE_BASE).padStart(INSTANCE_DIGITS, "0")}`;
}

interface Place {
  readonly subscriptionId: string;
  readonly nodeResourceGroup: string;
}

/**
 * How the cloud provider names the node's machine. The group is written in lower case.
 * Source: kubernetes-sigs/cloud-provider-azure pkg/provider/azure_vmss.go, and its convertResourceGroupNameToLower.
 */
export function providerId(machine: Place & { readonly vmss: string; readonly instanceId: number }): string {
  return `${computeOf(machine)}/virtualMachineScaleSets/${machine.vmss}/virtualMachines/${machine.instanceId}`;
}

/** The same for a virtual machine that is in no scale set. Source: kubernetes-sigs/cloud-provider-azure pkg/provider/azure_standard.go. */
export function virtualMachineProviderId(machine: Place & { readonly computerName: string }): string {
  return `${computeOf(machine)}/virtualMachines/${machine.computerName}`;
}

function computeOf({ subscriptionId, nodeResourceGroup }: Place): string {
  return `azure:///subscriptions/${subscriptionId}/resourceGroups/${nodeResourceGroup.toLowerCase()}/providers/Microsoft.Compute`;
}
