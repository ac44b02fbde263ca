import type { ArmRequest, ArmResponse } from "#arm";
import type { AksContext } from "../context.ts";
import { clusterId, type ClusterName, type StoredCluster } from "../documents.ts";
import { refusals } from "../errors.ts";
import { requireCluster } from "../lookup.ts";

/** Roles that credentials are given for, as they are called in answers. */
export type CredentialRole = "clusterAdmin" | "clusterUser";

/** The role that a path names, whatever its letter case; undefined for any other word. */
export function roleNamed(text: string): CredentialRole | undefined {
  return (["clusterAdmin", "clusterUser"] as const).find((role) => role.toLowerCase() === text.toLowerCase());
}

/** `listClusterAdminCredential` and `listClusterUserCredential`. @throws 404, and 409 before the cluster has been created. */
export async function listCredential(
  context: AksContext,
  request: ArmRequest,
  route: ClusterName & { readonly role: CredentialRole },
): Promise<ArmResponse> {
  const value = await kubeconfig(context, request, { cluster: requireCluster(context, route).value, role: route.role });
  return { status: 200, layout: "provider", body: { kubeconfigs: [{ name: route.role, value }] } };
}

/** The access profile of a role, the older form of the same. Source: Azure/azure-rest-api-specs 2017-08-31 and later, AccessProfile. */
export async function accessProfile(
  context: AksContext,
  request: ArmRequest,
  route: ClusterName & { readonly role: CredentialRole },
): Promise<ArmResponse> {
  const cluster = requireCluster(context, route).value;
  const kubeConfig = await kubeconfig(context, request, { cluster, role: route.role });
  return {
    status: 200,
    layout: "provider",
    body: {
      id: `${clusterId(cluster)}/accessProfiles/${route.role}`,
      name: route.role,
      type: "Microsoft.ContainerService/ManagedClusters/AccessProfiles",
      location: cluster.location,
      properties: { kubeConfig },
    },
  };
}

/**
 * The kubeconfig in base64. Names in it: source: recorded answers of both calls.
 * Differs from AKS: users get the cluster's administrator too, as there is no directory to sign in to.
 */
async function kubeconfig(
  context: AksContext,
  { baseUrl }: ArmRequest,
  { cluster, role }: { readonly cluster: StoredCluster; readonly role: CredentialRole },
): Promise<string> {
  if (cluster.controlPlane === undefined) throw refusals.notCreated(cluster.name);
  const { name, resourceGroup } = cluster;
  const contextName = role === "clusterAdmin" ? `${name}-admin` : name;
  const names = { cluster: name, user: `${role}_${resourceGroup}_${name}`, context: contextName, baseUrl };
  return Buffer.from(await context.controlPlanes.kubeconfig(cluster.uid, names), "utf8").toString("base64");
}
