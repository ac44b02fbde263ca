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

  /** Source: answers quoted in Azure/AKS#1795 and #3653; Azure/AKS-Construction#701 (2024) for the second sentence and a target. */
  insufficientSubnet: (needed: number, { available, cidr, name, target, isOfNow }: Shortage): ProviderError =>
    refusal(
      400,
      "InsufficientSubnetSize",
      `Pre-allocated IPs ${needed} exceeds IPs available ${available} in Subnet Cidr ${cidr}, Subnet Name ${name}. ` +
        `${isOfNow ? COUNTED : ""}http://aka.ms/aks/insufficientsubnetsize`,
      { target },
    ),

  /** Sources: answers quoted in sassoftware/viya4-iac-azure#163 and Azure/AKS-Construction#584. Unverified: no target. */
  subnetNotFound: ({ name, network, resourceGroup, subscriptionId }: MissingSubnet): ProviderError =>
    refusal(
      400,
      "SubnetNotFound",
      `Could not find subnet ${name} in vnet ${network} from resource group ${resourceGroup} of subscription ${subscriptionId}.`,
    ),

  /** Source: answer quoted, in part, in rancher/rancher#33517, for the code and how it begins. Unverified: the rest, and no target. */
  otherRegion: (pool: string, network: { readonly name: string; readonly location: string }, location: string): ProviderError =>
    refusal(
      400,
      "InvalidParameter",
      `The Agentpool ${pool}'s vnet ${network.name} is in location ${network.location}, which is not the location of the cluster, ${location}.`,
    ),
} as const;

/** A subnet by the names in its id. */
interface MissingSubnet {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly network: string;
  readonly name: string;
}

const COUNTED =
  "If Autoscaler is enabled, the max-count from each nodepool is counted towards this total (which means that pre-allocated IPs count " +
  "represents a theoretical max value, not the actual number of IPs requested). ";

/** A range that is too small. */
interface Shortage {
  readonly available: number;
  readonly cidr: string;
  readonly name: string;
  readonly target: string;
  /** Whether the refusal explains itself as it does today. */
  readonly isOfNow: boolean;
}

function quoted(zones: readonly string[]): string {
  return zones.map((zone) => `'${zone}'`).join(", ");
}
