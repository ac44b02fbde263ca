import type { AgentPoolProperties } from "#api/containerservice/model";
import type { PortRange } from "#api/containerservice/profile-model";
import { isOfTime } from "#api/containerservice/times";
import type { Candidate, Rule } from "./candidate.ts";
import { referenceRefusals as refusals } from "./reference-errors.ts";

/** Something outside that a pool names by its resource id. */
interface Reference {
  readonly member: keyof AgentPoolProperties & string;
  /** Namespace and types of what it may be, in lower case: `microsoft.compute/hostgroups`. */
  readonly type: string;
  /** Code for an id of another form. */
  readonly malformed: string;
  /** Code where it must be in the cluster's subscription. */
  readonly otherSubscription?: string;
}

/** Sources: Azure/azure-rest-api-specs managedClusters.json for what the ids are of; Azure/aks-deployer:pkg/apierror/types.go for codes. */
const REFERENCES: readonly Reference[] = [
  { member: "vnetSubnetID", type: "microsoft.network/virtualnetworks/subnets", malformed: "InvalidSubnetSourceID" },
  { member: "podSubnetID", type: "microsoft.network/virtualnetworks/subnets", malformed: "InvalidSubnetSourceID" },
  {
    member: "nodePublicIPPrefixID",
    type: "microsoft.network/publicipprefixes",
    malformed: "InvalidPublicIPPrefixType",
    otherSubscription: "InvalidPublicIPPrefixDifferentSub",
  },
  {
    member: "proximityPlacementGroupID",
    type: "microsoft.compute/proximityplacementgroups",
    malformed: "InvalidPPGID",
    otherSubscription: "InvalidPPGSubscription",
  },
  { member: "hostGroupID", type: "microsoft.compute/hostgroups", malformed: "InvalidParameter", otherSubscription: "InvalidParameter" },
  { member: "capacityReservationGroupID", type: "microsoft.compute/capacityreservationgroups", malformed: "InvalidParameter" },
];

/** `/subscriptions/S/resourceGroups/G/providers/N/T/name[/T/name]` taken apart. */
function partsOf(id: string): { readonly subscriptionId: string; readonly type: string; readonly names: readonly string[] } | undefined {
  const [, subscriptionId = "", namespace = "", path = ""] =
    /^\/subscriptions\/([^/]+)\/resourcegroups\/[^/]+\/providers\/([^/]+)\/(.+)$/i.exec(id) ?? [];
  const words = path.split("/");
  if (subscriptionId === "" || words.length % 2 !== 0 || words.includes("")) return undefined;
  const types = words.filter((_word, index) => index % 2 === 0);
  return {
    subscriptionId: subscriptionId.toLowerCase(),
    type: [namespace, ...types].join("/").toLowerCase(),
    names: words.filter((_word, index) => index % 2 === 1),
  };
}

/**
 * What a pool names has the form of what it is to be.
 * Differs from AKS: what is named need not be there: prefixes, groups of hosts and reservations of capacity are not emulated.
 */
const references: Rule = ({ wanted, stored, cluster }) => {
  for (const { member, type, malformed, otherSubscription } of REFERENCES) {
    const id = wanted[member];
    if (typeof id !== "string" || id === stored?.[member]) continue;
    const parts = partsOf(id);
    if (parts?.type !== type) return refusals.malformed(malformed, member, id);
    const isForeign = cluster.subscriptionId.toLowerCase() !== parts.subscriptionId;
    if (otherSubscription !== undefined && isForeign) return refusals.otherSubscription(otherSubscription, member, id);
  }
  return undefined;
};

/** Source: MicrosoftDocs/azure-aks-docs articles/aks/node-pool-unique-subnet.md, "Limitations". */
const oneNetwork: Rule = ({ wanted, stored, others }) => {
  const network = networkOf(wanted);
  if (stored !== undefined || network === undefined) return undefined;
  const networks = others.map(({ properties }) => networkOf(properties));
  return networks.every((other) => other === undefined || other === network) ? undefined : refusals.otherVirtualNetwork();
};

function networkOf({ vnetSubnetID }: AgentPoolProperties): string | undefined {
  return vnetSubnetID?.toLowerCase().split("/subnets/", 1)[0];
}

/** Source: azure-aks-docs articles/aks/reduce-latency-ppg.md, "Limitations". */
const proximity: Rule = ({ wanted, stored, cluster }) => {
  if (stored !== undefined || wanted.proximityPlacementGroupID === undefined) return undefined;
  const member = "proximityPlacementGroupID";
  if (wanted.type === "AvailabilitySet") {
    return refusals.conflict("PPGSupportsVMSSOnly", "Proximity placement group supports virtual machine scale sets only.", member);
  }
  if (isBasic(cluster))
    return refusals.conflict("PPGSupportsSLBOnly", "Proximity placement group supports standard load balancer only.", member);
  return (wanted.availabilityZones ?? []).length > 1
    ? refusals.conflict("PPGNotSupportMultipleZones", "Proximity placement group does not support multiple availability zones.", member)
    : undefined;
};

/** What reserved capacity does not go with, by code. Source: Azure/aks-deployer:pkg/apierror/types.go. */
const CONFLICTS_OF_RESERVATIONS: readonly { readonly code: string; readonly what: string; holds(pool: AgentPoolProperties): boolean }[] = [
  { code: "CRGConflictWithVMAS", what: "availability sets", holds: ({ type }) => type === "AvailabilitySet" },
  { code: "CRGConflictWithUltraSSD", what: "ultra SSD", holds: ({ enableUltraSSD }) => enableUltraSSD === true },
  { code: "CRGConflictWithPPG", what: "proximity placement groups", holds: (pool) => pool.proximityPlacementGroupID !== undefined },
  { code: "CRGConflictWithSpotVM", what: "spot virtual machines", holds: ({ scaleSetPriority }) => scaleSetPriority === "Spot" },
  { code: "CRGConflictWithDedicatedHost", what: "dedicated hosts", holds: (pool) => pool.hostGroupID !== undefined },
];

const reservation: Rule = ({ wanted, stored }) => {
  if (stored !== undefined || wanted.capacityReservationGroupID === undefined) return undefined;
  const conflict = CONFLICTS_OF_RESERVATIONS.find(({ holds }) => holds(wanted));
  if (conflict === undefined) return undefined;
  const text = `Capacity reservation groups are not supported with ${conflict.what}.`;
  return refusals.conflict(conflict.code, text, "capacityReservationGroupID");
};

/** Source: azure-aks-docs articles/aks/use-node-public-ips.md; Azure/aks-deployer:pkg/apierror/types.go for codes. */
const publicIps: Rule = ({ wanted, stored, cluster }) => {
  const { enableNodePublicIP: enabled = false } = wanted;
  if (stored !== undefined) return undefined;
  if (!enabled) return wanted.nodePublicIPPrefixID === undefined ? undefined : refusals.prefixWithoutPublicIps();
  if (wanted.type === "AvailabilitySet") return refusals.publicIpsNeedScaleSets();
  return cluster.properties.networkProfile["outboundType"] === "userDefinedRouting" ? refusals.publicIpsWithRouting() : undefined;
};

/** Sources: hashicorp/terraform-provider-azurerm#5157; Azure/azure-rest-api-specs, availabilityZones: "only … VirtualMachineScaleSets". */
const zones: Rule = ({ wanted, stored, cluster }) => {
  if (stored !== undefined || (wanted.availabilityZones ?? []).length === 0) return undefined;
  if (wanted.type === "AvailabilitySet") return refusals.zonesNeedScaleSets();
  return isBasic(cluster) ? refusals.zonesNeedStandardLoadBalancer() : undefined;
};

/** Source: Azure/AKS CHANGELOG, release of 2020-07-27. */
const STANDARD_ONLY_SINCE = "2020-07-27";

/** What was made in the preview may have had one. */
const loadBalancer: Rule = ({ stored, others, cluster, generation, apiVersion }) =>
  generation.modes && stored === undefined && others.length > 0 && isBasic(cluster) && isOfTime(apiVersion, STANDARD_ONLY_SINCE)
    ? refusals.poolsNeedStandardLoadBalancer()
    : undefined;

function isBasic({ properties }: Candidate["cluster"]): boolean {
  return String(properties.networkProfile["loadBalancerSku"]).toLowerCase() === "basic";
}

const MAX_PORT = 65_535;

/** Source: Azure/azure-rest-api-specs managedClusters.json, PortRange and AgentPoolNetworkProfile; use-node-public-ips.md. Unverified: texts. */
const networkProfile: Rule = ({ wanted }) => {
  const { allowedHostPorts = [], applicationSecurityGroups = [], nodePublicIPTags = [] } = wanted.networkProfile ?? {};
  const range = allowedHostPorts.find((ports) => !isPortRange(ports));
  if (range !== undefined) {
    const { portStart = 0, portEnd = 0, protocol = "" } = range;
    return refusals.networkProfile(
      "allowedHostPorts",
      `${portStart}-${portEnd}/${protocol} is not a range of ports from 1 to ${MAX_PORT} of TCP or UDP`,
    );
  }
  const index = applicationSecurityGroups.findIndex((id) => partsOf(id)?.type !== "microsoft.network/applicationsecuritygroups");
  if (index !== -1)
    return refusals.networkProfile(`applicationSecurityGroups[${index}]`, "it is not the ID of an application security group");
  return nodePublicIPTags.length > 0 && wanted.enableNodePublicIP !== true
    ? refusals.networkProfile("nodePublicIPTags", "public IP tags need node public IPs")
    : undefined;
};

function isPortRange({ portStart = 0, portEnd = portStart, protocol = "TCP" }: PortRange): boolean {
  return portStart >= 1 && portStart <= portEnd && portEnd <= MAX_PORT && (protocol === "TCP" || protocol === "UDP");
}

/** Rules about what a pool points at and shares with its neighbours. */
export const referenceRules: readonly Rule[] = [
  references,
  loadBalancer,
  oneNetwork,
  zones,
  proximity,
  reservation,
  publicIps,
  networkProfile,
];
