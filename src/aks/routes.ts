import { type ArmRequest, type ArmResponse, matchPath, ProviderError } from "#arm";
import { actionRoutes } from "./actions.ts";
import { answerPool, inListOrder, isNextPage, nextPage } from "./agentpools/answer.ts";
import { deleteAgentPool } from "./agentpools/delete.ts";
import { putAgentPool } from "./agentpools/put.ts";
import { commandRoutes } from "./commands/routes.ts";
import type { AksContext } from "./context.ts";
import { asOfTime } from "./envelope.ts";
import { refusals } from "./errors.ts";
import { poolsInOrder, requireCluster, requirePool } from "./lookup.ts";
import { answerCluster } from "./managedclusters/answer.ts";
import { machineRoutes } from "./machines/routes.ts";
import { maintenanceRoutes } from "./maintenanceconfigurations/routes.ts";
import { accessProfile, type CredentialRole, listCredential, roleNamed } from "./managedclusters/credentials.ts";
import { deleteManagedCluster } from "./managedclusters/delete.ts";
import { patchManagedCluster } from "./managedclusters/patch.ts";
import { putManagedCluster } from "./managedclusters/put.ts";
import { meshRoutes } from "./mesh/routes.ts";
import { readRoutes } from "./reads/routes.ts";
import { clusterOf, type Handler, type Names, ok, poolOf, type Route } from "./route.ts";
import { snapshotRoutes } from "./snapshots/routes.ts";
import { trustedAccessRoutes } from "./trustedaccess/routes.ts";
import { availableAgentPoolVersions, clusterUpgradeProfile, kubernetesVersions, orchestrators, poolUpgradeProfile } from "./versions.ts";

/** Everything that the namespace answers. Source: Azure/azure-rest-api-specs managedClusters.json, 2019-02-01 and later. */
const routes: readonly Route[] = [
  { pattern: "managedclusters", methods: { GET: listClusters } },
  {
    pattern: "managedclusters/{cluster}",
    methods: {
      GET: getCluster,
      PUT: (context, request, names) => putManagedCluster(context, request, clusterOf(request, names)),
      PATCH: (context, request, names) => patchManagedCluster(context, request, clusterOf(request, names)),
      DELETE: (context, request, names) => deleteManagedCluster(context, request, clusterOf(request, names)),
    },
  },
  { pattern: "managedclusters/{cluster}/agentpools", methods: { GET: listPools } },
  {
    pattern: "managedclusters/{cluster}/agentpools/{pool}",
    methods: {
      GET: getPool,
      PUT: (context, request, names) => putAgentPool(context, request, poolOf(request, names)),
      DELETE: (context, request, names) => deleteAgentPool(context, request, poolOf(request, names)),
    },
  },
  {
    pattern: "managedclusters/{cluster}/agentpools/{pool}/upgradeprofiles/default",
    methods: { GET: (context, request, names) => poolUpgradeProfile(context, request, poolOf(request, names)) },
  },
  {
    pattern: "managedclusters/{cluster}/availableagentpoolversions",
    methods: { GET: (context, request, names) => availableAgentPoolVersions(context, request, clusterOf(request, names)) },
  },
  {
    pattern: "managedclusters/{cluster}/upgradeprofiles/default",
    methods: { GET: (context, request, names) => clusterUpgradeProfile(context, request, clusterOf(request, names)) },
  },
  { pattern: "managedclusters/{cluster}/listclusteradmincredential", methods: { POST: credential("clusterAdmin") } },
  { pattern: "managedclusters/{cluster}/listclusterusercredential", methods: { POST: credential("clusterUser") } },
  { pattern: "managedclusters/{cluster}/listclustermonitoringusercredential", methods: { POST: credential("clusterMonitoringUser") } },
  { pattern: "managedclusters/{cluster}/accessprofiles/{role}", methods: { GET: profile } },
  { pattern: "managedclusters/{cluster}/accessprofiles/{role}/listcredential", methods: { POST: profile } },
  ...actionRoutes,
  { pattern: "locations/{location}/orchestrators", methods: { GET: orchestrators } },
  { pattern: "locations/{location}/kubernetesversions", methods: { GET: kubernetesVersions } },
  ...commandRoutes,
  ...machineRoutes,
  ...readRoutes,
  ...maintenanceRoutes,
  ...meshRoutes,
  ...snapshotRoutes,
  ...trustedAccessRoutes,
];

/** Every method and path that the namespace answers: `PUT managedclusters/{cluster}`. */
export const operations: readonly string[] = routes.flatMap(({ pattern, methods }) =>
  Object.keys(methods).map((method) => `${method} ${pattern}`),
);

const patterns = routes.map(({ pattern, methods }) => ({ words: pattern.split("/"), methods }));

/** Answers a request of the namespace. @throws {ArmError} 404 InvalidResourceType for an unknown path, 405 for another method. */
export async function route(context: AksContext, request: ArmRequest): Promise<ArmResponse> {
  for (const { words, methods } of patterns) {
    const names = matchPath(words, request.path.segments);
    if (names === undefined) continue;
    const handler = methods[request.method === "HEAD" ? "GET" : request.method];
    if (handler === undefined) throw refusals.methodNotAllowed(request.method);
    return await answered(() => handler(context, request, names), request);
  }
  throw refusals.noSuchType(request.apiVersion);
}

/** @throws what the handler throws, in the envelope of the caller's time. */
async function answered(handle: () => ArmResponse | Promise<ArmResponse>, request: ArmRequest): Promise<ArmResponse> {
  try {
    return await handle();
  } catch (error) {
    throw error instanceof ProviderError ? asOfTime(error, request) : error;
  }
}

function listClusters(context: AksContext, { path, apiVersion }: ArmRequest): ArmResponse {
  const { subscriptionId, resourceGroup } = path;
  const prefix = resourceGroup === undefined ? `${subscriptionId}/` : `${subscriptionId}/${resourceGroup}/`;
  const clusters = context.clusters.list(prefix.toLowerCase()).map(({ value }) => value);
  return ok({ value: clusters.map((cluster) => answerCluster(context, cluster, poolsInOrder(context, cluster), apiVersion)) });
}

function getCluster(context: AksContext, request: ArmRequest, names: Names): ArmResponse {
  const cluster = requireCluster(context, clusterOf(request, names)).value;
  return ok(answerCluster(context, cluster, poolsInOrder(context, cluster), request.apiVersion));
}

function listPools(context: AksContext, request: ArmRequest, names: Names): ArmResponse {
  const cluster = requireCluster(context, clusterOf(request, names)).value;
  const pools = isNextPage(request) ? [] : inListOrder(poolsInOrder(context, cluster), request.apiVersion);
  return ok({ value: pools.map((pool) => answerPool(context, cluster, pool, request.apiVersion)), ...nextPage(request, cluster, pools) });
}

function getPool(context: AksContext, request: ArmRequest, names: Names): ArmResponse {
  const { pool: name, ...clusterName } = poolOf(request, names);
  const cluster = requireCluster(context, clusterName).value;
  return ok(answerPool(context, cluster, requirePool(context, cluster, name).value, request.apiVersion));
}

function credential(role: CredentialRole): Handler {
  return (context, request, names) => listCredential(context, request, { ...clusterOf(request, names), role });
}

/** @throws {ProviderError} 400 for a role that there is not. */
function profile(context: AksContext, request: ArmRequest, names: Names): Promise<ArmResponse> {
  const role = roleNamed(names["role"] ?? "");
  if (role === undefined) throw refusals.invalidParameter("roleName");
  return accessProfile(context, request, { ...clusterOf(request, names), role });
}
