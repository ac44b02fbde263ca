import { sizeOf } from "#api/addresses";
import type { Compute, Instance, ScaleSet } from "#compute";

/** Ids of what uses each subnet, by the subnet's id in lower case: the addresses of the machines in it. */
export type Users = (subnetId: string) => readonly string[];

/** Ids of what is promised addresses of a subnet, whether it has some or not: pools that name it. */
export type Claims = (subnetId: string) => readonly string[];

/** What keeps the subnets of a subscription: what has addresses of them, then what is promised some. */
export function holdersOf({ compute, claims }: { readonly compute: Compute; readonly claims: Claims }, subscriptionId: string): Users {
  const users = usersOf(compute, subscriptionId);
  return (id) => [...users(id), ...claims(id)];
}

/**
 * What uses the subnets of a subscription. Machines that are going still use theirs.
 * Source: ids of `ipConfigurations` in hashicorp/terraform-provider-azurerm, virtual machine scale sets.
 */
export function usersOf(compute: Compute, subscriptionId: string): Users {
  const bySubnet = new Map<string, string[]>();
  for (const set of compute.scaleSets({ subscriptionId })) {
    const key = set.subnetId?.toLowerCase();
    if (key === undefined) continue;
    const ids = bySubnet.get(key) ?? [];
    bySubnet.set(key, ids);
    for (const instance of compute.instances(set)) ids.push(...configurationIds(set, instance));
  }
  return (id) => bySubnet.get(id.toLowerCase()) ?? [];
}

/** One for each address that the machine has of its network: its own, and those for its pods. */
function configurationIds(set: ScaleSet, instance: Instance): readonly string[] {
  const { networkId, ranges } = instance.podAddresses ?? { networkId: "", ranges: [] };
  const more = networkId === set.network.id ? sizeOf(ranges) : 0;
  const interfaceId = interfaceIdOf(set, instance);
  return Array.from({ length: more + 1 }, (_, index) => `${interfaceId}/ipConfigurations/ipconfig${index + 1}`);
}

function interfaceIdOf(set: ScaleSet, instance: Instance): string {
  const group = `/subscriptions/${set.subscriptionId}/resourceGroups/${set.resourceGroup}/providers`;
  if (set.standalone === true) return `${group}/Microsoft.Network/networkInterfaces/${instance.computerName}-nic`;
  const machine = `${group}/Microsoft.Compute/virtualMachineScaleSets/${set.name}/virtualMachines/${instance.id}`;
  return `${machine}/networkInterfaces/${set.name}`;
}
