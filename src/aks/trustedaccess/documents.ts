import type { Documents } from "#store";
import { clusterId, clusterKey, type ClusterName } from "../documents.ts";

/** A binding as it is wanted, and what is being done to it. */
export interface StoredRoleBinding {
  /** In the letter case of the request that made it. */
  readonly name: string;
  readonly subscriptionId: string;
  readonly sourceResourceId: string;
  readonly roles: readonly string[];
  /** Absent at rest. */
  readonly work?: { readonly kind: "Updating" | "Deleting"; readonly operationId: string; readonly startedMs: number };
}

export type RoleBindings = Documents<StoredRoleBinding>;

export const ROLE_BINDINGS_PREFIX = "/aks/trusted-access-role-bindings/";

/** What the ids of a cluster's bindings start with. */
export function bindingsOf(cluster: ClusterName): string {
  return `${clusterKey(cluster)}/`;
}

/** Id of a binding's document; those of one cluster share a beginning. */
export function bindingKey(cluster: ClusterName, name: string): string {
  return `${bindingsOf(cluster)}${name.toLowerCase()}`;
}

/** Its id has `resourceGroups` as ARM writes it, unlike a pool's. Source: recorded answers of 2026-01. */
export function bindingId(cluster: ClusterName, name: string): string {
  return `${clusterId(cluster).replace("/resourcegroups/", "/resourceGroups/")}/trustedAccessRoleBindings/${name}`;
}
