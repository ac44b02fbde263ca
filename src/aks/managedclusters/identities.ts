import type { StoredCluster } from "../documents.ts";

/**
 * Object ids of the identities that a cluster has: of its control plane, and of its nodes. Roles are assigned to them, the
 * first for networks (`identity.principalId`), the second for registries (`identityProfile.kubeletidentity.objectId`).
 */
export function identitiesOf({ identity, properties }: StoredCluster): readonly string[] {
  const ofNodes = Object.values((properties["identityProfile"] ?? {}) as Readonly<Record<string, { readonly objectId?: string }>>);
  const assigned = Object.values(identity?.userAssignedIdentities ?? {}) as readonly { readonly principalId?: string }[];
  const ids = [identity?.principalId, ...assigned.map(({ principalId }) => principalId), ...ofNodes.map(({ objectId }) => objectId)];
  return ids.filter((id) => id !== undefined);
}
