import type { ArmRequest, ArmResponse } from "#arm";
import * as reads from "#api/containerservice/reads";
import type { AksContext } from "../context.ts";
import { clusterId, type ClusterName, type StoredCluster } from "../documents.ts";
import { refusals } from "../errors.ts";
import { requireCluster } from "../lookup.ts";

/** Roles that credentials are given for, as they are called in answers. */
export type CredentialRole = "clusterAdmin" | "clusterUser" | "clusterMonitoringUser";

/** The role that a path names, whatever its letter case; undefined for any other word. */
export function roleNamed(text: string): CredentialRole | undefined {
  return (["clusterAdmin", "clusterUser", "clusterMonitoringUser"] as const).find((role) => role.toLowerCase() === text.toLowerCase());
}

type Route = ClusterName & { readonly role: CredentialRole };

/** `listClusterAdminCredential`, `listClusterUserCredential` and `listClusterMonitoringUserCredential`. @throws 404, and 409 before the cluster has been created. */
export async function listCredential(context: AksContext, request: ArmRequest, route: Route): Promise<ArmResponse> {
  const text = await kubeconfig(context, request, { cluster: requireCluster(context, route).value, role: route.role });
  return { status: 200, layout: "provider", body: reads.credentials(route.role, text) };
}

/** The access profile of a role, the older form of the same. @throws as {@link listCredential}. */
export async function accessProfile(context: AksContext, request: ArmRequest, route: Route): Promise<ArmResponse> {
  const cluster = requireCluster(context, route).value;
  const text = await kubeconfig(context, request, { cluster, role: route.role });
  const { location } = cluster;
  return { status: 200, layout: "provider", body: reads.accessProfile({ id: clusterId(cluster), location }, route.role, text) };
}

/**
 * The kubeconfig's text. Names in it: source: recorded answers of both calls.
 * Differs from AKS: users get the cluster's administrator too, as there is no directory to sign in to.
 */
async function kubeconfig(
  context: AksContext,
  { baseUrl }: ArmRequest,
  { cluster, role }: { readonly cluster: StoredCluster; readonly role: CredentialRole },
): Promise<string> {
  if (cluster.controlPlane === undefined) throw refusals.notCreated(cluster.name);
  const { name, resourceGroup } = cluster;
  const user = `${role}_${resourceGroup}_${name}`;
  return context.controlPlanes.kubeconfig(cluster.uid, {
    cluster: name,
    user,
    context: role === "clusterAdmin" ? `${name}-admin` : name,
    baseUrl,
    fqdn: cluster.properties.fqdn,
  });
}
