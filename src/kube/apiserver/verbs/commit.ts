import type { KubeObject } from "#api/kubernetes/meta";
import type { Core } from "../core.ts";
import type { Resource } from "../resources.ts";
import { modified, notFound } from "../status.ts";
import type { Entry } from "../storage/resource-cache.ts";
import { entryKey } from "../storage/storage.ts";

/** What a write makes of the state that it finds. */
export type Plan =
  | { readonly kind: "keep" }
  | { readonly kind: "replace"; readonly object: KubeObject }
  /** `answer`: what the object would be, had it not ended with this write. */
  | { readonly kind: "remove"; readonly answer?: KubeObject };

export interface Committed {
  /** As stored now; when it was removed, what the plan answers, or as it was last. */
  readonly object: KubeObject;
  readonly removed: boolean;
}

export interface CommitTarget {
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
  /** Plans, and answers as if it had been done. */
  readonly dryRun: boolean;
}

/** Attempts of a write that takes whatever state it finds, when others write the same object. */
export const MAX_ATTEMPTS = 16;

/**
 * Reads the object, plans, writes, and starts again from the newer state when another writer came between.
 * @throws {StatusError} NotFound; Conflict after {@link MAX_ATTEMPTS}; whatever `plan` throws.
 */
export async function commit(core: Core, at: CommitTarget, plan: (entry: Entry) => Plan | Promise<Plan>): Promise<Committed> {
  const { resource, dryRun } = at;
  let entry = resource.cache.get(entryKey(at.namespace, at.name));
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    if (entry === undefined) throw notFound(resource.of, at.name);
    const made = plan(entry);
    const planned = made instanceof Promise ? await made : made;
    if (planned.kind === "keep") return { object: entry.object, removed: false };
    const removed = planned.kind === "remove";
    const answer = removed ? planned.answer : undefined;
    if (dryRun) return { object: removed ? ofRevision(answer ?? entry.object, entry) : ofRevision(planned.object, entry), removed };
    const result = removed
      ? await core.storage.remove(resource.target, entry)
      : await core.storage.replace(resource.target, entry, planned.object);
    if (result.kind === "done") return { object: answer === undefined ? result.object : ofRevision(answer, entry), removed };
    entry = result.current;
  }
  throw modified(resource.of, at.name);
}

/** A dry run's object is of the version that it would have replaced. */
function ofRevision(object: KubeObject, entry: Entry): KubeObject {
  const { resourceVersion } = entry.object.metadata;
  return resourceVersion === undefined ? object : { ...object, metadata: { ...object.metadata, resourceVersion } };
}
