import type { KubeObject, OwnerReference } from "#api/kubernetes/meta";

/** What a reference to an owner needs of it. */
export interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly uid?: string };
}

/** The reference that makes `owner` the controller of an object; deleting the owner in the foreground waits for the object. */
export function controllerReference(owner: Owner): OwnerReference {
  const { apiVersion, kind, metadata } = owner;
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid ?? "", controller: true, blockOwnerDeletion: true };
}

/** The reference to the controller of an object, if it has one. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((reference) => reference.controller === true);
}

/** Whether `owner` is the controller of the object. An owner that was made anew under the same name is another one. */
export function isControlledBy(object: KubeObject, owner: Pick<KubeObject, "metadata">): boolean {
  const reference = controllerOf(object);
  return reference !== undefined && reference.uid !== "" && reference.uid === owner.metadata.uid;
}
