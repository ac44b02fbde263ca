import type { StoredSubnet } from "./network.ts";
import { refusals } from "./refusals.ts";

type Json = Readonly<Record<string, unknown>>;

/** A subnet as it was sent. */
export type SentSubnet = Omit<StoredSubnet, "etag">;

/** A virtual network as it was sent. */
export interface SentNetwork {
  readonly tags: Readonly<Record<string, string>> | undefined;
  readonly addressPrefixes: readonly string[];
  /** Undefined when the body does not speak of subnets: those that are there stay. */
  readonly subnets: readonly SentSubnet[] | undefined;
  readonly kept: Json;
}

/** Members of a network that are kept as they were sent. Source: Azure/azure-rest-api-specs, VirtualNetworkPropertiesFormat. */
const NETWORK_MEMBERS = [
  "dhcpOptions",
  "flowTimeoutInMinutes",
  "encryption",
  "bgpCommunities",
  "ddosProtectionPlan",
  "enableDdosProtection",
  "privateEndpointVNetPolicies",
];
/** The same of a subnet. Source: Azure/azure-rest-api-specs, SubnetPropertiesFormat. */
const SUBNET_MEMBERS = [
  "networkSecurityGroup",
  "routeTable",
  "natGateway",
  "serviceEndpointPolicies",
  "privateEndpointNetworkPolicies",
  "privateLinkServiceNetworkPolicies",
  "defaultOutboundAccess",
  "sharingScope",
];
/** Source: the refusal of another name. */
const NAME = /^[a-zA-Z0-9_](?:[-\w.]{0,78}\w)?$/;

/** @throws {ArmError} 400 InvalidResourceName. */
export function checkName(name: string): void {
  if (!NAME.test(name)) throw refusals.name(name);
}

/** @throws {ArmError} 400 InvalidRequestFormat. */
export function decodeNetwork(body: unknown): SentNetwork {
  const sent = objectOf(body, "The body");
  const properties = objectOf(sent["properties"], "properties");
  const space = objectOf(properties["addressSpace"], "properties.addressSpace");
  const addressPrefixes = textsOf(space["addressPrefixes"], "properties.addressSpace.addressPrefixes");
  if (addressPrefixes.length === 0) throw refusals.format("properties.addressSpace.addressPrefixes is empty.");
  const { subnets } = properties;
  return {
    tags: decodeTags(sent["tags"]),
    addressPrefixes,
    subnets: absent(subnets) ? undefined : listOf(subnets, "properties.subnets").map((subnet) => decodeNamedSubnet(subnet)),
    kept: pick(properties, NETWORK_MEMBERS),
  };
}

function decodeNamedSubnet(body: unknown): SentSubnet {
  const { name } = objectOf(body, "properties.subnets[]");
  if (typeof name !== "string") throw refusals.format("properties.subnets[].name is missing.");
  checkName(name);
  return decodeSubnet(body, name);
}

/** @throws {ArmError} 400 InvalidRequestFormat. */
export function decodeSubnet(body: unknown, name: string): SentSubnet {
  const properties = objectOf(objectOf(body, "The body")["properties"], "properties");
  const { addressPrefix, addressPrefixes, delegations, serviceEndpoints } = properties;
  const isList = !absent(addressPrefixes) && listOf(addressPrefixes, "properties.addressPrefixes").length > 0;
  const prefixes = textsOf(isList ? addressPrefixes : [addressPrefix], isList ? "properties.addressPrefixes" : "properties.addressPrefix");
  return {
    name,
    prefixes,
    isList,
    delegations: listOf(delegations ?? [], "properties.delegations").map(decodeDelegation),
    serviceEndpoints: listOf(serviceEndpoints ?? [], "properties.serviceEndpoints").map(decodeEndpoint),
    kept: pick(properties, SUBNET_MEMBERS),
  };
}

/** Tags as PUT and PATCH send them. @throws {ArmError} 400 InvalidRequestFormat. */
export function decodeTags(tags: unknown): Readonly<Record<string, string>> | undefined {
  if (absent(tags)) return undefined;
  const entries = Object.entries(objectOf(tags, "tags"));
  if (entries.some(([, value]) => typeof value !== "string")) throw refusals.format("tags holds a value that is no text.");
  return Object.fromEntries(entries) as Record<string, string>;
}

function decodeDelegation(sent: unknown): StoredSubnet["delegations"][number] {
  const { name, properties } = objectOf(sent, "properties.delegations[]");
  const { serviceName, actions } = objectOf(properties, "properties.delegations[].properties");
  if (typeof name !== "string" || typeof serviceName !== "string")
    throw refusals.format("properties.delegations[] has no name or service.");
  return { name, serviceName, ...(!absent(actions) && { actions: textsOf(actions, "properties.delegations[].properties.actions") }) };
}

function decodeEndpoint(sent: unknown): StoredSubnet["serviceEndpoints"][number] {
  const { service, locations } = objectOf(sent, "properties.serviceEndpoints[]");
  if (typeof service !== "string") throw refusals.format("properties.serviceEndpoints[].service is missing.");
  return { service, ...(!absent(locations) && { locations: textsOf(locations, "properties.serviceEndpoints[].locations") }) };
}

function absent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

function objectOf(value: unknown, what: string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw refusals.format(`${what} is not an object.`);
  return value as Json;
}

function listOf(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw refusals.format(`${what} is not a list.`);
  return value;
}

function textsOf(value: unknown, what: string): readonly string[] {
  return listOf(value, what).map((item) => {
    if (typeof item !== "string") throw refusals.format(`${what} is missing or no text.`);
    return item;
  });
}

function pick(properties: Json, members: readonly string[]): Json {
  return Object.fromEntries(members.flatMap((member) => (absent(properties[member]) ? [] : [[member, properties[member]]])));
}
