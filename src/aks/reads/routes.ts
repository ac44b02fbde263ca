import type { ArmRequest, ArmResponse } from "#arm";
import { vmSize } from "#compute";
import type { AksContext } from "../context.ts";
import { poolDocuments, requireCluster } from "../lookup.ts";
import { resourceRefusals } from "../resource-errors.ts";
import { clusterOf, type Names, ok, type Route } from "../route.ts";
import { networkDependencies } from "./network-dependencies.ts";
import { nodeImageVersions } from "./node-image-versions.ts";
import { operationRows } from "./provider-operations.data.ts";

/** What the service tells of itself, and of clusters, beside their resources. */
export const readRoutes: readonly Route[] = [
  { pattern: "operations", methods: { GET: operations } },
  { pattern: "locations/{location}/osoptions/default", methods: { GET: osOptions } },
  { pattern: "locations/{location}/nodeimageversions", methods: { GET: nodeImageVersions } },
  { pattern: "managedclusters/{cluster}/outboundnetworkdependenciesendpoints", methods: { GET: outboundDependencies } },
  { pattern: "managedclusters/{cluster}/privatelinkresources", methods: { GET: nothingPrivate } },
  { pattern: "managedclusters/{cluster}/privateendpointconnections", methods: { GET: nothingPrivate } },
  {
    pattern: "managedclusters/{cluster}/privateendpointconnections/{connection}",
    methods: { GET: notPrivate, PUT: notPrivate, DELETE: notPrivate },
  },
];

function operations(): ArmResponse {
  const value = operationRows.map(([name, operation, resource, description]) => ({
    display: { description, operation, provider: "Microsoft Container Service", resource },
    name: `Microsoft.ContainerService/${name}`,
    origin: "user,system",
  }));
  return ok({ value });
}

/** Source: Azure/azure-rest-api-specs managedClusters.json 2021-03-01, OSOptionProfile. Unverified: FIPS for Windows. */
function osOptions(_context: AksContext, { path }: ArmRequest): ArmResponse {
  const location = path.segments[1] ?? "";
  return ok({
    id: `/subscriptions/${path.subscriptionId}/providers/Microsoft.ContainerService/locations/${location}/osOptions/default`,
    name: "default",
    type: "Microsoft.ContainerService/locations/osOptions",
    properties: {
      osOptionPropertyList: [
        { "os-type": "Linux", "enable-fips-image": true },
        { "os-type": "Windows", "enable-fips-image": true },
      ],
    },
  });
}

function outboundDependencies(context: AksContext, request: ArmRequest, names: Names): ArmResponse {
  const cluster = requireCluster(context, clusterOf(request, names)).value;
  const pools = poolDocuments(context, cluster).map(({ value }) => value.properties);
  const has = {
    windows: pools.some(({ osType }) => osType === "Windows"),
    gpus: pools.some((pool) => (vmSize(pool.vmSize)?.gpus ?? 0) > 0),
  };
  return ok({ value: networkDependencies(cluster, has) });
}

/** Differs from AKS: a cluster that is made as a private one is served like any other, and has no private endpoint. */
function nothingPrivate(context: AksContext, request: ArmRequest, names: Names): ArmResponse {
  requireCluster(context, clusterOf(request, names));
  return ok({ value: [] });
}

function notPrivate(context: AksContext, request: ArmRequest, names: Names): never {
  const { name } = requireCluster(context, clusterOf(request, names)).value;
  throw resourceRefusals.notPrivate(name);
}
