import { type ArmRequest, type ArmResponse, matchPath, type PathNames } from "#arm";
import { deleteNetwork, deleteSubnet, patchNetwork, putNetwork, putSubnet, required, type SubnetName, subnetOf } from "./changes.ts";
import { networkKey, type NetworkName, type StoredNetwork } from "./network.ts";
import type { NetworkParts } from "./open-networks.ts";
import { refusals } from "./refusals.ts";
import { usersOf } from "./users.ts";
import { networkView, subnetView } from "./views.ts";

type Handler = (parts: NetworkParts, request: ArmRequest, names: PathNames) => ArmResponse | Promise<ArmResponse>;

const NETWORK = "virtualnetworks/{network}";

/** Every path and method that is answered. Source: Azure/azure-rest-api-specs, virtualNetwork.json. */
const routes: Readonly<Record<string, Readonly<Partial<Record<ArmRequest["method"], Handler>>>>> = {
  virtualnetworks: {
    GET: (parts, { path }) => {
      const users = usersOf(parts.compute, path.subscriptionId);
      return ok({ value: networksIn(parts, path).map((network) => networkView(network, users)) });
    },
  },
  [NETWORK]: {
    GET: (parts, request, names) => {
      const network = networkOf(parts, request, names);
      return ok(networkView(network, usersOf(parts.compute, network.subscriptionId)), network.etag);
    },
    PUT: (parts, request, names) => putNetwork(parts, request, nameOf(request, names)),
    PATCH: (parts, request, names) => patchNetwork(parts, request, nameOf(request, names)),
    DELETE: (parts, request, names) => deleteNetwork(parts, request, nameOf(request, names)),
  },
  [`${NETWORK}/subnets`]: {
    GET: (parts, request, names) => {
      const network = networkOf(parts, request, names);
      const users = usersOf(parts.compute, network.subscriptionId);
      return ok({ value: network.subnets.map((subnet) => subnetView(network, subnet, users)) });
    },
  },
  [`${NETWORK}/subnets/{subnet}`]: {
    GET: (parts, request, names) => {
      const network = networkOf(parts, request, names);
      const subnet = subnetOf(network, names["subnet"] ?? "");
      return ok(subnetView(network, subnet, usersOf(parts.compute, network.subscriptionId)), subnet.etag);
    },
    PUT: (parts, request, names) => putSubnet(parts, request, subnetNameOf(request, names)),
    DELETE: (parts, request, names) => deleteSubnet(parts, request, subnetNameOf(request, names)),
  },
};

const patterns = Object.entries(routes).map(([pattern, methods]) => ({ words: pattern.split("/"), methods }));

/** Every method and path that the namespace answers: `PUT virtualnetworks/{network}`. */
export const networkOperations: readonly string[] = Object.entries(routes).flatMap(([pattern, methods]) =>
  Object.keys(methods).map((method) => `${method} ${pattern}`),
);

/** Answers a request of the namespace. @throws {ArmError} for what is not there, and for what breaks a rule. */
export async function routeNetwork(parts: NetworkParts, request: ArmRequest): Promise<ArmResponse> {
  for (const { words, methods } of patterns) {
    const names = matchPath(words, request.path.segments);
    if (names === undefined) continue;
    const handler = methods[request.method];
    if (handler === undefined) throw refusals.methodNotAllowed(request.method);
    return await handler(parts, request, names);
  }
  throw refusals.noSuchType(request.apiVersion);
}

/** The networks of a group or a subscription. */
export function networksIn(
  { documents }: NetworkParts,
  { subscriptionId, resourceGroup }: { readonly subscriptionId: string; readonly resourceGroup?: string },
): readonly StoredNetwork[] {
  const prefix = resourceGroup === undefined ? `${subscriptionId}/` : `${subscriptionId}/${resourceGroup}/`;
  return documents.list(prefix.toLowerCase()).map(({ value }) => value);
}

function ok(body: unknown, etag?: string): ArmResponse {
  return { status: 200, layout: "dotnet", body, ...(etag !== undefined && { headers: { ETag: etag } }) };
}

/** @throws {ArmError} 404 when the path has no group. */
function nameOf({ path, apiVersion }: ArmRequest, { network = "" }: PathNames): NetworkName {
  if (path.resourceGroup === undefined) throw refusals.noSuchType(apiVersion);
  return { subscriptionId: path.subscriptionId, resourceGroup: path.resourceGroup, name: network };
}

function subnetNameOf(request: ArmRequest, names: PathNames): SubnetName {
  return { network: nameOf(request, names), subnet: names["subnet"] ?? "" };
}

/** @throws {ArmError} 404. */
function networkOf({ documents }: NetworkParts, request: ArmRequest, names: PathNames): StoredNetwork {
  const name = nameOf(request, names);
  return required(documents.get(networkKey(name))?.value, name);
}
