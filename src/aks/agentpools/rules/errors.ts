import type { ProviderError } from "#arm";
import { isOfTime } from "#api/containerservice/times";
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

  /**
   * Sources: answers quoted in rancher/rancher#20784 (2019), Azure/AKS#1795 (2020) and #3653 (2023), and in
   * MicrosoftDocs/SupportArticles-docs for the sentences of the autoscaler and of extra nodes; Azure/AKS CHANGELOG 2023-05-07 for the
   * target. Unverified: since when each is said, and that pools without an autoscaler are refused without its sentence.
   */
  insufficientSubnet: (needed: number, { available, cidr, name, target, isAutoscaled, apiVersion }: Shortage): ProviderError => {
    const since = (day: string): boolean => isOfTime(apiVersion, day);
    const exceeds = `Pre-allocated IPs ${needed} exceeds IPs available`;
    const [of2019, of2020] = [`${exceeds} in Subnet ${available}`, `${exceeds} ${available} in Subnet Cidr ${cidr}`];
    const today =
      `${of2020}, Subnet Name ${name}. ${isAutoscaled && since(AUTOSCALER_SINCE) ? COUNTED : ""}` +
      `http://aka.ms/aks/insufficientsubnetsize${since(SURGE_SINCE) ? SURGE : ""}`;
    const message = since(NAMED_SINCE) ? today : since("2020-06-01") ? of2020 : of2019;
    return refusal(400, "InsufficientSubnetSize", message, { target: since(NAMED_SINCE) ? target : "agentPoolProfile.count" });
  },

  /** Source: answer quoted in Azure/AKS-Construction#701 (2024), of a cluster without an autoscaler too. */
  insufficientOverlay: (
    needed: number,
    { available, cidr, apiVersion }: Pick<Shortage, "available" | "cidr" | "apiVersion">,
  ): ProviderError =>
    refusal(
      400,
      "InsufficientSubnetSize",
      `Pre-allocated IPs ${needed} exceeds IPs available ${available} in Subnet Cidr ${cidr}, Subnet Name networkProfile.podCIDR. ` +
        `${isOfTime(apiVersion, AUTOSCALER_SINCE) ? COUNTED : ""}http://aka.ms/aks/insufficientsubnetsize`,
      { target: "networkProfile.podCIDR" },
    ),

  /** Source: answer quoted in Azure/AKS-Construction#357. */
  insufficientPodCidr: (needed: number, { available, cidr }: Pick<Shortage, "available" | "cidr">): ProviderError =>
    refusal(400, "InsufficientPodCidr", `Pre-allocated IPs ${needed} exceeds IPs available ${available} in Pod Cidr ${cidr}`, {
      target: "agentPoolProfile.count",
    }),

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

/** Not yet in Azure/AKS#3653 and #3686, of 2023-05. */
const AUTOSCALER_SINCE = "2023-09-01";
const NAMED_SINCE = "2023-05-01";
const SURGE_SINCE = "2025-05-01";
const COUNTED =
  "If Autoscaler is enabled, the max-count from each nodepool is counted towards this total (which means that pre-allocated IPs count " +
  "represents a theoretical max value, not the actual number of IPs requested). ";
const SURGE =
  ". Surge nodes would also consume the subnet IP space, please consider use smaller maxSurge or use maxUnavailable, " +
  "details: aka.ms/aks/maxUnavailable.";

/** A range that is too small. */
interface Shortage {
  readonly available: number;
  readonly cidr: string;
  readonly name: string;
  readonly target: string;
  readonly isAutoscaled: boolean;
  /** Through which the caller asks. */
  readonly apiVersion: string;
}

function quoted(zones: readonly string[]): string {
  return zones.map((zone) => `'${zone}'`).join(", ");
}
