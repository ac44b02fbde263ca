import type { KubeObject } from "#api/kubernetes/meta";
import { StatusError } from "#api/kubernetes/status";
import { changedBetween, withoutFieldsOf } from "#kube/apimachinery";
import type { Core } from "../core.ts";
import { bare, managersOf, schemaOf, setManagers } from "../field-management.ts";
import type { Resource } from "../resources.ts";
import { failedToList } from "../status.ts";
import type { Entry } from "../storage/resource-cache.ts";

/** An entry with the object as the resource shows it. @throws {StatusError} when it cannot be converted. */
export async function seenBy(core: Core, resource: Resource, { key, bytes, revision, object }: Entry): Promise<Entry> {
  return { key, bytes, revision, object: await core.conversions.shown(resource, object) };
}

/**
 * What a write of the resource at its version stores in place of `previous`; both are as the resource shows them.
 * @throws {StatusError} when it cannot be converted.
 */
export async function toStore(
  core: Core,
  resource: Resource,
  { previous, object }: { previous?: KubeObject; object: KubeObject },
): Promise<KubeObject> {
  if (previous !== undefined) await forgetLost(core, resource, { previous, object });
  return await core.conversions.kept(resource, object);
}

/**
 * Who manages fields at other versions loses those that changed there.
 * Source: structured-merge-diff merge/update.go, update, which compares at the version of each manager.
 * Differs from AKS: whether fields that are applied conflict is decided by their names, also where managers know them by others;
 * a write whose managers' versions cannot be compared keeps them, where Kubernetes forgets all managers of the object.
 */
async function forgetLost(core: Core, resource: Resource, { previous, object }: Record<"previous" | "object", KubeObject>): Promise<void> {
  if (resource.converted === undefined) return;
  let managers = managersOf(object);
  const versions = new Set([...managers.values()].map(({ apiVersion }) => apiVersion));
  versions.delete(resource.apiVersion);
  for (const version of versions) {
    const other = core.resources.all.find(({ cache, apiVersion }) => cache === resource.cache && apiVersion === version);
    const schema = other && schemaOf(other);
    if (other === undefined || schema === undefined) continue;
    if (!(await isReady(core, other, [previous, object]))) continue;
    managers = withoutFieldsOf(managers, version, changedBetween(bare(other, previous), bare(other, object), schema));
  }
  if (versions.size > 0) setManagers(object, managers);
}

async function isReady(core: Core, resource: Resource, objects: readonly KubeObject[]): Promise<boolean> {
  try {
    await core.conversions.ready(resource, objects);
    return true;
  } catch (error) {
    if (error instanceof StatusError) return false;
    throw error;
  }
}

/**
 * Has ready what a list or a watch is going to show.
 * @throws {StatusError} TooManyRequests. Source: apiserver pkg/storage/cacher/ready.go: caches that cannot be filled.
 */
export async function readyToList(core: Core, resource: Resource, objects: Iterable<KubeObject>): Promise<void> {
  try {
    await core.conversions.ready(resource, objects);
  } catch (error) {
    throw failedToList(resource, error instanceof Error ? error.message : String(error));
  }
}
