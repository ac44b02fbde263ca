import type { KubeObject } from "#api/kubernetes/meta";
import { seenBy, toStore } from "../conversion/stored.ts";
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
  const { resource } = at;
  let entry = resource.cache.get(entryKey(at.namespace, at.name));
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    if (entry === undefined) throw notFound(resource.of, at.name);
    const seen = resource.kept === undefined ? entry : await seenBy(core, resource, entry);
    const made = plan(seen);
    const planned = made instanceof Promise ? await made : made;
    if (planned.kind === "keep") return { object: seen.object, removed: false };
    const done =
      planned.kind === "remove" ? await remove(core, at, { entry, seen, planned }) : await replace(core, at, { entry, seen, planned });
    if ("object" in done) return done;
    entry = done.current;
  }
  throw modified(resource.of, at.name);
}

interface Attempt<P> {
  readonly entry: Entry;
  /** As the resource shows it. */
  readonly seen: Entry;
  readonly planned: P;
}

/** Somebody else was first. */
type Raced = { readonly current: Entry | undefined };

async function remove(
  core: Core,
  { resource, dryRun }: CommitTarget,
  { entry, seen, planned: { answer } }: Attempt<Extract<Plan, { kind: "remove" }>>,
): Promise<Committed | Raced> {
  if (dryRun) return { object: ofRevision(answer ?? seen.object, entry), removed: true };
  const result = await core.storage.remove(resource.target, entry);
  if (result.kind === "raced") return result;
  if (answer !== undefined) return { object: ofRevision(answer, entry), removed: true };
  return { object: seen === entry ? result.object : ofRevision(seen.object, result), removed: true };
}

async function replace(
  core: Core,
  { resource, dryRun }: CommitTarget,
  { entry, seen, planned: { object } }: Attempt<Extract<Plan, { kind: "replace" }>>,
): Promise<Committed | Raced> {
  const isOwn = resource.kept === undefined;
  const next = isOwn ? object : await toStore(core, resource, { previous: seen.object, object });
  if (dryRun) return { object: ofRevision(isOwn ? next : await core.conversions.shown(resource, next), entry), removed: false };
  const result = await core.storage.replace(resource.target, entry, next);
  if (result.kind === "raced") return result;
  return { object: isOwn ? result.object : await core.conversions.shown(resource, result.object), removed: false };
}

/** A dry run's object is of the version that it would have replaced. */
function ofRevision(object: KubeObject, at: Pick<Entry, "object">): KubeObject {
  const { resourceVersion } = at.object.metadata;
  return resourceVersion === undefined ? object : { ...object, metadata: { ...object.metadata, resourceVersion } };
}
