/** A subnet as others see it. */
export interface SubnetFacts {
  /** Full id of the subnet, in the letter case of what is stored. */
  readonly id: string;
  readonly name: string;
  /** Its IPv4 range. */
  readonly cidr: string;
  /** Region of its network. */
  readonly location: string;
}

/** A subnet's id taken apart, and what there is by it. */
export interface SubnetLookup {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly network: string;
  readonly name: string;
  /** Undefined when the network has none of that name, or it is going. */
  readonly subnet: SubnetFacts | undefined;
}

/** What others ask about networks. */
export interface Networks {
  /** @returns undefined for a text that is no subnet's id, and for the subnet of a network that is not there. */
  find(subnetId: string): SubnetLookup | undefined;
}

/** A subnet as it is stored, below its network. */
export interface StoredSubnet {
  readonly name: string;
  /** At least one. */
  readonly prefixes: readonly string[];
  /** Whether the caller wrote `addressPrefixes`: answers do then. */
  readonly isList: boolean;
  readonly etag: string;
  readonly delegations: readonly { readonly name: string; readonly serviceName: string; readonly actions?: readonly string[] }[];
  readonly serviceEndpoints: readonly { readonly service: string; readonly locations?: readonly string[] }[];
  /** Members that are kept as they were sent: what it is associated with, and its policies. */
  readonly kept: Readonly<Record<string, unknown>>;
  /** It goes when the network's work is done. */
  readonly isDeleting?: true;
}

/** Something that takes its time. */
export interface Work {
  readonly kind: "Updating" | "Deleting";
  /** Absent for a deletion with the group. */
  readonly operationId?: string;
  /** When it can be done, milliseconds since the epoch. */
  readonly dueMs: number;
}

/** A virtual network with its subnets: one document, so that ranges never overlap. */
export interface StoredNetwork {
  readonly subscriptionId: string;
  /** In the letter case of the group itself. */
  readonly resourceGroup: string;
  readonly name: string;
  readonly location: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** GUID that it keeps for its life. */
  readonly guid: string;
  readonly etag: string;
  readonly addressPrefixes: readonly string[];
  readonly subnets: readonly StoredSubnet[];
  readonly kept: Readonly<Record<string, unknown>>;
  readonly createdMs: number;
  readonly work?: Work;
}

export interface NetworkName {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly name: string;
}

export function networkKey({ subscriptionId, resourceGroup, name }: NetworkName): string {
  return `${subscriptionId}/${resourceGroup}/${name}`.toLowerCase();
}

export function networkId({ subscriptionId, resourceGroup, name }: NetworkName): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Network/virtualNetworks/${name}`;
}

export function subnetId(network: NetworkName, subnet: string): string {
  return `${networkId(network)}/subnets/${subnet}`;
}

const SUBNET_ID =
  /^\/subscriptions\/([^/]+)\/resourcegroups\/([^/]+)\/providers\/microsoft\.network\/virtualnetworks\/([^/]+)\/subnets\/([^/]+)$/i;

/** The names in a subnet's id; undefined for any other text. */
export function parseSubnetId(id: string): Omit<SubnetLookup, "subnet"> | undefined {
  const [, subscriptionId, resourceGroup, network, name] = SUBNET_ID.exec(id) ?? [];
  if (subscriptionId === undefined || resourceGroup === undefined || network === undefined || name === undefined) return undefined;
  return { subscriptionId, resourceGroup, network, name };
}
