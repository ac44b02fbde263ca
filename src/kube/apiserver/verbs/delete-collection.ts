import type { DeleteOptions, KubeObject } from "#api/kubernetes/meta";
import { isStatus } from "#api/kubernetes/status";
import type { Core } from "../core.ts";
import type { Author } from "../field-management.ts";
import { type Resource, shown } from "../resources.ts";
import type { Selection } from "../selection.ts";
import type { Listed } from "../storage/resource-cache.ts";
import { deleteObject } from "./delete.ts";
import { listObjects, type Page } from "./list.ts";
import type { ListOptions } from "./list-options.ts";

export interface DeleteCollectionCall {
  readonly resource: Resource;
  readonly selection: Selection;
  readonly options: DeleteOptions;
  readonly dryRun: boolean;
  readonly author: Author;
  readonly list: ListOptions;
}

/** Objects of a collection that are deleted at the same time. Source: apiserver's --delete-collection-workers, with more. */
const CONCURRENCY = 32;

/** Deletes every object of a list, one by one; those that others delete meanwhile are left out. Returns what it deleted. */
export async function deleteCollection(core: Core, call: DeleteCollectionCall): Promise<Page> {
  const { items, metadata } = await listObjects(core, call.resource, call.selection, call.list);
  const deleted: Listed[] = [];
  for (let at = 0; at < items.length; at += CONCURRENCY) {
    const batch = await Promise.all(items.slice(at, at + CONCURRENCY).map(({ object }) => deleteOne(core, call, object)));
    for (const object of batch) if (object !== undefined) deleted.push({ object: shown(call.resource, object) });
  }
  return { items: deleted, metadata };
}

async function deleteOne(
  core: Core,
  { resource, options, dryRun, author }: DeleteCollectionCall,
  { metadata: { name, namespace = "" } }: KubeObject,
): Promise<KubeObject | undefined> {
  try {
    return (await deleteObject(core, { resource, namespace, name, dryRun, options, author, ofCollection: true })).object;
  } catch (error) {
    if (isStatus(error, "NotFound")) return undefined;
    throw error;
  }
}
