import { isJsonObject } from "#kube/apimachinery";
import { CompactedError } from "#store";
import { readyToList } from "../conversion/stored.ts";
import type { Core } from "../core.ts";
import type { ListMetadata } from "../request.ts";
import type { Resource } from "../resources.ts";
import type { Selection } from "../selection.ts";
import { badRequest, continueExpired, expired, tooLargeResourceVersion } from "../status.ts";
import { decode } from "../storage/codec.ts";
import { type Entry, type Listed, objectsOf, UndecodedEntry } from "../storage/resource-cache.ts";
import type { ListOptions } from "./list-options.ts";

export interface Page {
  /** As they are stored. */
  readonly items: readonly Listed[];
  readonly metadata: ListMetadata;
}

/** Which part of the list is wanted, as of when. */
interface Cursor {
  /** Undefined for the present state. */
  readonly revision: number | undefined;
  /** Key of the last object of the page before. */
  readonly after: string | undefined;
}

/** Revision in the token of a list that goes on although its snapshot is gone. Source: storage/etcd3/store.go. */
const INCONSISTENT = -1;

/** Lists, or goes on with a list. @throws {StatusError} Expired, Timeout for a version of the future, BadRequest for a bad token. */
export async function listObjects(core: Core, resource: Resource, selection: Selection, options: ListOptions): Promise<Page> {
  // The store tells its watchers of a change one after the other; what runs after that finds all caches at one revision.
  await Promise.resolve();
  const current = core.storage.store.revision();
  const { revision, after } = cursorOf(options, current);
  if (resource.converted !== undefined) await readyToList(core, resource, objectsOf(candidates(resource.cache, selection)));
  if (revision === undefined || revision >= resource.cache.lastRevision) {
    const page = cachedPage(resource, selection, { after, limit: options.limit });
    return withMetadata(page, revision ?? current, selection);
  }
  try {
    return withMetadata(await storedPage(core, resource, selection, { revision, after, limit: options.limit }), revision, selection);
  } catch (error) {
    if (!(error instanceof CompactedError)) throw error;
    if (after === undefined) throw expired("The resourceVersion for the provided list is too old.");
    throw continueExpired(encodeToken(INCONSISTENT, after));
  }
}

/** Source: kubernetes.io "API concepts", resourceVersion semantics of list. */
function cursorOf({ continueToken, resourceVersion, match, limit }: ListOptions, current: number): Cursor {
  if (continueToken !== undefined) {
    if (resourceVersion !== undefined && resourceVersion !== 0)
      throw badRequest("specifying resource version is not allowed when using continue");
    const token = decodeToken(continueToken);
    return { revision: token.revision === INCONSISTENT ? undefined : token.revision, after: token.after };
  }
  if (resourceVersion === undefined || resourceVersion === 0) return { revision: undefined, after: undefined };
  if (resourceVersion > current) throw tooLargeResourceVersion(resourceVersion, current);
  const isExact = match === "Exact" || (match === undefined && limit !== undefined);
  return { revision: isExact ? resourceVersion : undefined, after: undefined };
}

interface Found {
  readonly items: Listed[];
  /** Key of the last item; there is more when `remaining` is over 0. */
  readonly lastKey: string;
  readonly remaining: number;
}

function cachedPage(
  { cache }: Resource,
  selection: Selection,
  { after, limit }: { after: string | undefined; limit: number | undefined },
): Found {
  const items: Entry[] = [];
  let lastKey = "";
  let remaining = 0;
  for (const entry of candidates(cache, selection)) {
    if ((after !== undefined && entry.key <= after) || !isSelected(selection, entry)) continue;
    if (limit !== undefined && items.length === limit) {
      remaining++;
      // Counting on is only worth it when the count is told.
      if (!selection.isWhole) break;
      continue;
    }
    items.push(entry);
    lastKey = entry.key;
  }
  return { items, lastKey, remaining };
}

/** Of what is kept as bytes alone, only those are decoded that may well match. */
function isSelected(selection: Selection, entry: Entry): boolean {
  if (selection.isWhole) return true;
  if (entry instanceof UndecodedEntry && !selection.mayMatch(entry.bytes)) return false;
  return selection.matches(entry.object);
}

function candidates(cache: Resource["cache"], { scope, onlyKey }: Selection): Iterable<Entry> {
  if (onlyKey === undefined) return cache.list(scope);
  const entry = cache.get(onlyKey);
  return entry === undefined ? [] : [entry];
}

/** The state of a revision that has passed, from the store's history. @throws {CompactedError} */
async function storedPage(
  core: Core,
  resource: Resource,
  selection: Selection,
  at: { revision: number; after: string | undefined; limit: number | undefined },
): Promise<Found> {
  const { cache, target } = resource;
  const { namespace } = selection.scope;
  const { pairs } = await core.storage.store.range({
    prefix: namespace === undefined ? target.prefix : `${target.prefix}${namespace}/`,
    revision: at.revision,
    ...(at.after === undefined ? {} : { after: target.prefix + at.after }),
  });
  const items: Listed[] = [];
  let lastKey = "";
  let remaining = 0;
  for (const pair of pairs) {
    if (at.limit !== undefined && items.length === at.limit && selection.isWhole) {
      remaining++;
      continue;
    }
    const key = pair.key.slice(target.prefix.length);
    const cached = cache.get(key);
    const isPresent = cached?.revision === pair.modRevision;
    const item = isPresent ? cached : { object: decode(pair.value, pair.modRevision), bytes: pair.value, revision: pair.modRevision };
    if (resource.converted !== undefined) await readyToList(core, resource, [item.object]);
    if (!selection.isWhole && !selection.matches(item.object)) continue;
    if (at.limit !== undefined && items.length === at.limit) {
      remaining++;
      break;
    }
    items.push(item);
    lastKey = key;
  }
  return { items, lastKey, remaining };
}

/** `remainingItemCount` is told only for lists without selectors. Source: meta/v1 ListMeta. */
function withMetadata({ items, lastKey, remaining }: Found, revision: number, { isWhole }: Selection): Page {
  const metadata = {
    resourceVersion: String(revision),
    ...(remaining === 0 ? {} : { continue: encodeToken(revision, lastKey) }),
    ...(remaining === 0 || !isWhole ? {} : { remainingItemCount: remaining }),
  };
  return { items, metadata };
}

const TOKEN_VERSION = "meta.k8s.io/v1";

/** A continue token: opaque to clients, the layout is Kubernetes' own. Source: apiserver pkg/storage/continue.go. */
function encodeToken(revision: number, after: string): string {
  return Buffer.from(JSON.stringify({ v: TOKEN_VERSION, rv: revision, start: after })).toString("base64url");
}

function decodeToken(token: string): { revision: number; after: string } {
  let decoded: unknown;
  try {
    decoded = JSON.parse(Buffer.from(token, "base64url").toString());
  } catch {
    throw badRequest("continue key is not valid");
  }
  if (!isJsonObject(decoded)) throw badRequest("continue key is not valid");
  const { v, rv, start } = decoded;
  if (v !== TOKEN_VERSION) throw badRequest(`continue key is not valid: server does not recognize this encoded version ${String(v)}`);
  if (typeof rv !== "number" || !Number.isSafeInteger(rv) || rv === 0 || rv < INCONSISTENT)
    throw badRequest(`continue key is not valid: incorrect encoded start resourceVersion (version ${TOKEN_VERSION})`);
  if (typeof start !== "string" || start === "")
    throw badRequest(`continue key is not valid: encoded start key empty (version ${TOKEN_VERSION})`);
  return { revision: rv, after: start };
}
