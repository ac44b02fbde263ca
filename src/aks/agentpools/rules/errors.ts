import type { ProviderError } from "#arm";
import { type StoredCluster } from "../../documents.ts";
import { refusal } from "../../errors.ts";

/** Refusals of a pool's place: its zones and its subnet. Texts are AKS's own unless marked. */
export const placementRefusals = {
  /** Source: Azure support docs, AvailabilityZoneNotSupported. */
  zonesNotSupported: (
    { name, resourceGroup, location }: Pick<StoredCluster, "name" | "resourceGroup" | "location">,
    zones: readonly string[],
    supported: readonly string[],
  ): ProviderError =>
    refusal(
      400,
      "AvailabilityZoneNotSupported",
      `Preflight validation check for resource(s) for container service ${name} in resource group ${resourceGroup} failed. ` +
        `Message: The zone(s) ${quoted(zones)} for resource 'agentpoolName' is not supported.` +
        `The supported zones for location '${location}' are ${quoted(supported)}`,
    ),

  /** Source: answers quoted in Azure/AKS#1795 and #3653; hashicorp/terraform-provider-azurerm#5735 for the target. */
  insufficientSubnet: (
    needed: number,
    { available, cidr, name }: { readonly available: number; readonly cidr: string; readonly name: string },
  ): ProviderError =>
    refusal(
      400,
      "InsufficientSubnetSize",
      `Pre-allocated IPs ${needed} exceeds IPs available ${available} in Subnet Cidr ${cidr}, Subnet Name ${name}. ` +
        "http://aka.ms/aks/insufficientsubnetsize",
      { target: "agentPoolProfile.count" },
    ),
} as const;

function quoted(zones: readonly string[]): string {
  return zones.map((zone) => `'${zone}'`).join(", ");
}
