import type { KubeObject, ResourceType } from "#api/kubernetes/meta";
import { isStatus, StatusError } from "#api/kubernetes/status";
import { equalJson } from "#kube/apimachinery";
import type { KubeClient, Name } from "#kube/client";

/** The name by which an object is called. */
export function nameOf({ metadata }: KubeObject): Name {
  return metadata.namespace === undefined ? { name: metadata.name } : { name: metadata.name, namespace: metadata.namespace };
}

/**
 * Writes `status` when it differs from what the object has. An object that is gone needs none.
 * @returns whether it was written. Rejects with Conflict when the object was changed meanwhile.
 */
export async function writeStatus<T extends KubeObject & { status?: unknown }>(
  client: KubeClient,
  type: ResourceType<T>,
  object: T,
  status: T["status"],
): Promise<boolean> {
  if (equalJson(object.status, status)) return false;
  return found(client.update(type, { ...object, status }, { subresource: "status" }));
}

/** Waits for a call on an object that may be gone meanwhile; false when it was. */
export async function found(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (isStatus(error, "NotFound")) return false;
    throw error;
  }
}

/** Takes a finalizer off the object as it was seen, if it has it. Rejects with Conflict when the object was changed meanwhile. */
export async function dropFinalizer(client: KubeClient, type: ResourceType, object: KubeObject, finalizer: string): Promise<void> {
  const { uid, resourceVersion, finalizers = [] } = object.metadata;
  if (!finalizers.includes(finalizer)) return;
  const body = { metadata: { uid, resourceVersion, finalizers: finalizers.filter((each) => each !== finalizer) } };
  await found(client.patch(type, nameOf(object), { type: "merge", body }));
}

/** Whether a create was refused because its namespace is being deleted. Source: kubernetes/api core/v1, NamespaceTerminatingCause. */
export function isNamespaceTerminating(error: unknown): boolean {
  return error instanceof StatusError && (error.status.details?.causes?.some(({ reason }) => reason === "NamespaceTerminating") ?? false);
}

/** Waits for a create that others may have made already, or that comes too late for its namespace. */
export async function createdUnlessTerminating(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!isStatus(error, "AlreadyExists") && !isNamespaceTerminating(error) && !isStatus(error, "NotFound")) throw error;
  }
}

/** Whether objects may be created in the namespace. */
export function acceptsObjects(namespace: KubeObject | undefined): boolean {
  return namespace !== undefined && namespace.metadata.deletionTimestamp === undefined;
}

/** What went wrong, as events and conditions tell it. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
