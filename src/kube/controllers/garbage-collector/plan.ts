import type { DeleteOptions, KubeObject, OwnerReference } from "#api/kubernetes/meta";

/** Finalizers that say how an object's dependents are to be treated. Source: apimachinery meta/v1, FinalizerOrphanDependents, FinalizerDeleteDependents. */
export const ORPHAN = "orphan";
export const FOREGROUND = "foregroundDeletion";

/** What was found where an owner reference points. */
export type OwnerState =
  /** The owner is there. */
  | "solid"
  /** It is not, or another object has its name. */
  | "absent"
  /** It is being deleted and waits for its dependents. */
  | "waiting";

/** What becomes of an object that names owners. */
export type CollectPlan =
  | { readonly kind: "keep" }
  /** The object stays with those of its owners that do. */
  | { readonly kind: "unlink"; readonly owners: readonly OwnerReference[] }
  | { readonly kind: "delete"; readonly policy: NonNullable<DeleteOptions["propagationPolicy"]> };

/**
 * An object goes when none of its owners is left; while one is, only the references to the others go.
 * @param states in the order of the object's owner references.
 * @param hasDependents whether other objects name this one as an owner.
 * Source: kubernetes pkg/controller/garbagecollector/garbagecollector.go, attemptToDeleteItem.
 */
export function planCollection(object: KubeObject, states: readonly OwnerState[], hasDependents: boolean): CollectPlan {
  const owners = object.metadata.ownerReferences ?? [];
  if (owners.length === 0 || (object.metadata.deletionTimestamp !== undefined && !isDeletingDependents(object))) return { kind: "keep" };
  if (states.includes("solid")) {
    const solid = owners.filter((_owner, index) => states[index] === "solid");
    return solid.length === owners.length ? { kind: "keep" } : { kind: "unlink", owners: solid };
  }
  if (object.metadata.deletionTimestamp !== undefined) return { kind: "keep" };
  if (states.includes("waiting") && hasDependents) return { kind: "delete", policy: "Foreground" };
  const finalizers = object.metadata.finalizers ?? [];
  if (finalizers.includes(ORPHAN)) return { kind: "delete", policy: "Orphan" };
  return { kind: "delete", policy: finalizers.includes(FOREGROUND) ? "Foreground" : "Background" };
}

/** Whether the object is being deleted and waits for its dependents to go first. */
export function isDeletingDependents({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).includes(FOREGROUND);
}

/** Whether the object is being deleted and its dependents are to stay. */
export function isOrphaningDependents({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).includes(ORPHAN);
}

/** Whether the dependent holds back the deletion of this owner. */
export function blocks(owners: readonly OwnerReference[], ownerUid: string): boolean {
  return owners.some(({ uid, blockOwnerDeletion }) => uid === ownerUid && blockOwnerDeletion === true);
}

/** Whether the object holds back the deletion of any of its owners. */
export function blocksOwners({ metadata }: KubeObject): boolean {
  return (metadata.ownerReferences ?? []).some(({ blockOwnerDeletion }) => blockOwnerDeletion === true);
}
