import type { GenericResource } from "#arm";
import { networkId, type StoredNetwork, type StoredSubnet, subnetId } from "./network.ts";
import type { Users } from "./users.ts";

/**
 * A virtual network as Microsoft.Network shows it.
 * Source: Azure/azure-cli:src/azure-cli/azure/cli/command_modules/network/tests/latest/recordings/test_network_vnet.yaml.
 */
export function networkView(network: StoredNetwork, users: Users): Record<string, unknown> {
  const { name, etag, location, tags, addressPrefixes, subnets, guid, kept } = network;
  const { enableDdosProtection = false, ...others } = kept;
  return {
    name,
    id: networkId(network),
    etag,
    type: "Microsoft.Network/virtualNetworks",
    location,
    ...(tags !== undefined && { tags }),
    properties: {
      provisioningState: network.work?.kind ?? "Succeeded",
      resourceGuid: guid,
      addressSpace: { addressPrefixes },
      ...others,
      subnets: subnets.map((subnet) => subnetView(network, subnet, users)),
      virtualNetworkPeerings: [],
      enableDdosProtection,
    },
  };
}

/** A subnet, by itself and in its network. Source: as {@link networkView}. */
export function subnetView(network: StoredNetwork, subnet: StoredSubnet, users: Users): Record<string, unknown> {
  const id = subnetId(network, subnet.name);
  const { networkSecurityGroup, routeTable, natGateway, ...policies } = subnet.kept;
  const using = users(id);
  return {
    name: subnet.name,
    id,
    etag: subnet.etag,
    properties: {
      provisioningState: stateOf(network, subnet),
      ...(subnet.isList ? { addressPrefixes: subnet.prefixes } : { addressPrefix: subnet.prefixes[0] }),
      ...(networkSecurityGroup !== undefined && { networkSecurityGroup }),
      ...(routeTable !== undefined && { routeTable }),
      ...(natGateway !== undefined && { natGateway }),
      ...(using.length > 0 && { ipConfigurations: using.map((user) => ({ id: user })) }),
      ...(subnet.serviceEndpoints.length > 0 && { serviceEndpoints: subnet.serviceEndpoints.map(endpointView) }),
      delegations: subnet.delegations.map((delegation) => delegationView(id, subnet.etag, delegation)),
      privateEndpointNetworkPolicies: "Disabled",
      privateLinkServiceNetworkPolicies: "Enabled",
      ...policies,
    },
    type: "Microsoft.Network/virtualNetworks/subnets",
  };
}

function stateOf({ work }: StoredNetwork, { isDeleting }: StoredSubnet): string {
  if (isDeleting === true) return "Deleting";
  return work?.kind ?? "Succeeded";
}

function endpointView({ service, locations = ["*"] }: StoredSubnet["serviceEndpoints"][number]): Record<string, unknown> {
  return { provisioningState: "Succeeded", service, locations };
}

/** Unverified: the actions where none were sent; Azure fills in those of the service. */
function delegationView(
  id: string,
  etag: string,
  { name, serviceName, actions = ["Microsoft.Network/virtualNetworks/subnets/join/action"] }: StoredSubnet["delegations"][number],
): Record<string, unknown> {
  return {
    name,
    id: `${id}/delegations/${name}`,
    etag,
    properties: { provisioningState: "Succeeded", serviceName, actions },
    type: "Microsoft.Network/virtualNetworks/subnets/delegations",
  };
}

/** A network in ARM's own lists. */
export function genericNetwork(network: StoredNetwork): GenericResource {
  const { name, location, tags, createdMs } = network;
  return {
    id: networkId(network),
    name,
    type: "Microsoft.Network/virtualNetworks",
    location,
    provisioningState: network.work?.kind ?? "Succeeded",
    createdMs,
    ...(tags !== undefined && { tags }),
  };
}
