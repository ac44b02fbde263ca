import type { KubeObject, LabelSelector, OwnerReference, ResourceType } from "#api/kubernetes/meta";
import { type Owner, controllerReference, matchesLabelSelector } from "#kube/apimachinery";
import type { KubeClient } from "#kube/client";
import { found, nameOf } from "./writes.ts";

/** What a controller may claim. */
export interface Claims<T extends KubeObject> {
  readonly client: KubeClient;
  readonly type: ResourceType<T>;
  readonly owner: Owner & KubeObject;
  readonly ownerType: ResourceType;
  readonly selector: LabelSelector;
  /** Objects that name the owner as their controller. */
  readonly owned: readonly T[];
  /** Objects of the namespace that have no controller. */
  readonly orphans: readonly T[];
}

/**
 * The objects that belong to the owner: those it controls and that match its selector, and others that match, which are adopted.
 * Those that no longer match are let go; both show in the informer later.
 * Source: kubernetes pkg/controller/controller_ref_manager.go, ClaimObject.
 */
export async function claim<T extends KubeObject>(claims: Claims<T>): Promise<T[]> {
  const { owner, selector, owned } = claims;
  const matches = (object: T): boolean => matchesLabelSelector(selector, object.metadata.labels);
  const kept = owned.filter(matches);
  if (owner.metadata.deletionTimestamp !== undefined) return kept;
  if (kept.length === owned.length && claims.orphans.length === 0) return kept;
  const adoptable = claims.orphans.filter((object) => object.metadata.deletionTimestamp === undefined && matches(object));
  const adopted: T[] = [];
  if (adoptable.length > 0 && (await mayAdopt(claims)))
    for (const object of adoptable) if (await adopt(claims, object)) adopted.push(object);
  for (const object of owned) if (!matches(object) && object.metadata.deletionTimestamp === undefined) await release(claims, object);
  return [...kept, ...adopted];
}

/** The informer may be behind: an owner that was deleted adopts nothing. */
async function mayAdopt<T extends KubeObject>({ client, owner, ownerType }: Claims<T>): Promise<boolean> {
  const fresh = await client.get(ownerType, nameOf(owner));
  return fresh.metadata.uid === owner.metadata.uid && fresh.metadata.deletionTimestamp === undefined;
}

function adopt<T extends KubeObject>(claims: Claims<T>, object: T): Promise<boolean> {
  return patchOwners(claims, object, [...(object.metadata.ownerReferences ?? []), controllerReference(claims.owner)]);
}

function release<T extends KubeObject>(claims: Claims<T>, object: T): Promise<boolean> {
  const others = (object.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== claims.owner.metadata.uid);
  return patchOwners(claims, object, others);
}

function patchOwners<T extends KubeObject>({ client, type }: Claims<T>, object: T, ownerReferences: OwnerReference[]): Promise<boolean> {
  const { uid, resourceVersion } = object.metadata;
  return found(client.patch(type, nameOf(object), { type: "merge", body: { metadata: { uid, resourceVersion, ownerReferences } } }));
}
