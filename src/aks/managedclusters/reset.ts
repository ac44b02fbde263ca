import type { ArmRequest, ArmResponse } from "#arm";
import type { AksContext } from "../context.ts";
import type { ClusterName, StoredCluster } from "../documents.ts";
import { refusals } from "../errors.ts";
import { beginClusterWork } from "./begin.ts";

/**
 * POST `resetServicePrincipalProfile` with `{clientId, secret?}`: 202. The cluster acts as that principal from then on; the
 * secret is not kept, since nothing here signs in with it.
 * Sources: Azure/azure-rest-api-specs, ManagedClusters_ResetServicePrincipalProfile; Azure/AKS's own name of the state.
 * @throws 404; 409; 400 without a client id, and for a cluster that has a managed identity.
 */
export function resetServicePrincipalProfile(context: AksContext, request: ArmRequest, route: ClusterName): Promise<ArmResponse> {
  const { clientId } = members(request.body, ["clientId", "secret"]);
  if (clientId === undefined) throw refusals.missing("clientId");
  return beginClusterWork(context, { request, route, action: "resetServicePrincipalProfile" }, (cluster) => {
    if (cluster.properties.servicePrincipalProfile?.clientId === "msi") {
      throw refusals.cannotReset("Resetting the service principal is not allowed for a managed identity cluster.");
    }
    const properties = { ...cluster.properties, servicePrincipalProfile: { clientId } };
    return { kind: "RefreshingServicePrincipalProfile", cluster: { ...cluster, properties }, pools: [] };
  });
}

/**
 * POST `resetAADProfile` with the profile's members: 202. They replace those of the cluster; the server application's secret
 * is not kept. Source: Azure/azure-rest-api-specs, ManagedClusters_ResetAADProfile.
 * @throws 404; 409; 400 for a cluster that has no such profile.
 */
export function resetAADProfile(context: AksContext, request: ArmRequest, route: ClusterName): Promise<ArmResponse> {
  const { serverAppSecret: _secret, ...sent } = members(request.body, ["clientAppID", "serverAppID", "serverAppSecret", "tenantID"]);
  return beginClusterWork(context, { request, route, action: "resetAADProfile" }, (cluster) => {
    const stored = profileOf(cluster);
    if (stored === undefined) throw refusals.cannotReset("Azure Active Directory integration is not enabled for the managed cluster.");
    const properties = { ...cluster.properties, aadProfile: { ...stored, ...sent } };
    return { kind: "RefreshingAADProfile", cluster: { ...cluster, properties }, pools: [] };
  });
}

function profileOf({ properties }: StoredCluster): Readonly<Record<string, unknown>> | undefined {
  const profile: unknown = properties["aadProfile"];
  return typeof profile === "object" && profile !== null ? (profile as Readonly<Record<string, unknown>>) : undefined;
}

/** Members of a body that are texts. @throws {ProviderError} 400 for a body or member of another kind. */
function members(body: unknown, names: readonly string[]): Readonly<Record<string, string>> {
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw refusals.invalidParameter("parameters");
  const sent = body as Readonly<Record<string, unknown>>;
  const found: Record<string, string> = {};
  for (const name of names) {
    const value = sent[name];
    if (value === undefined || value === null || value === "") continue;
    if (typeof value !== "string") throw refusals.invalidParameter(name);
    found[name] = value;
  }
  return found;
}
