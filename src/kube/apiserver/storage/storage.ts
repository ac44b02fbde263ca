import type { KubeObject } from "#api/kubernetes/meta";
import { equalJson } from "#kube/apimachinery";
import type { Logger } from "#lib";
import { type KeyValue, MAX_VALUE_BYTES, type Store, type StoreEvent, type TransactionResult, type Watch } from "#store";
import { alreadyExists, type GroupResource, objectTooLarge } from "../status.ts";
import { atRevision, decodePair, encode, ObjectSource, written } from "./codec.ts";
import { DecodedEntry, type Entry, ResourceCache, UndecodedEntry } from "./resource-cache.ts";
import type { Change } from "./watcher-set.ts";

/** Where a resource's objects are kept: `core/pods`, `apps/deployments`. */
export function storageName({ group, resource }: GroupResource): string {
  return `${group === "" ? "core" : group}/${resource}`;
}

/** `namespace/name` or `name`. */
export function entryKey(namespace: string | undefined, name: string): string {
  return namespace === undefined || namespace === "" ? name : `${namespace}/${name}`;
}

/** How a resource's objects are kept. */
export interface Keeping {
  /** The node that an object is on; absent for kinds that are on none. */
  readonly nodeOf?: (object: KubeObject) => string | undefined;
  /** Objects are many and seldom read: they are kept as bytes, and decoded when they are asked for. */
  readonly isSeldomRead?: boolean;
  /** Objects are many and looked at all the time: they are kept decoded, and put into bytes when they are asked for. */
  readonly isKeptDecoded?: boolean;
}

/** What a write is about, for refusals. */
export interface Target {
  readonly cache: ResourceCache;
  /** Prefix of the resource's keys in the store. */
  readonly prefix: string;
  readonly of: GroupResource;
}

/**
 * The cluster's objects: in the store as bytes, in memory decoded and indexed. One watch of the store keeps the memory
 * current and drives every watcher, so that a write of this process shows as soon as its promise resolves.
 */
export class ObjectStorage {
  readonly #store: Store;
  readonly #keyPrefix: string;
  readonly #log: Logger;
  readonly #caches = new Map<string, ResourceCache>();
  /** Declared, and not read from the store yet. */
  readonly #unread = new Set<string>();
  readonly #seldomRead = new Set<ResourceCache>();
  readonly #keptDecoded = new Set<ResourceCache>();
  #watch: Watch | undefined;

  constructor(options: { store: Store; keyPrefix: string; log: Logger }) {
    this.#store = options.store;
    this.#keyPrefix = options.keyPrefix;
    this.#log = options.log;
  }

  get store(): Store {
    return this.#store;
  }

  /** Declares a resource, and reads it by {@link start} or {@link loadDeclared}. A second declaration of the same place returns the same. */
  target(of: GroupResource, { nodeOf, isSeldomRead = false, isKeptDecoded = false }: Keeping): Target {
    const name = storageName(of);
    let cache = this.#caches.get(name);
    if (cache === undefined) {
      this.#caches.set(name, (cache = new ResourceCache(nodeOf)));
      this.#unread.add(name);
      if (isSeldomRead) this.#seldomRead.add(cache);
      if (isKeptDecoded) this.#keptDecoded.add(cache);
    }
    return { cache, prefix: `${this.#keyPrefix}${name}/`, of };
  }

  /** Fills the caches from the store and follows it from there. */
  async start(): Promise<void> {
    const { revision, pairs } = await this.#store.range({ prefix: this.#keyPrefix });
    this.#unread.clear();
    for (const pair of pairs) this.#load(pair);
    this.#watch = this.#store.watch({ prefix: this.#keyPrefix, fromRevision: revision + 1 }, (events) => {
      for (const event of events) this.#follow(event);
    });
  }

  /** Reads what was declared since the start; what changes meanwhile is followed already. */
  async loadDeclared(): Promise<void> {
    for (const name of this.#unread) {
      this.#unread.delete(name);
      const cache = this.#caches.get(name);
      const { pairs } = await this.#store.range({ prefix: `${this.#keyPrefix}${name}/` });
      for (const pair of pairs) {
        const place = this.#place(pair.key);
        const isNewer = place !== undefined && (cache?.get(place.key)?.revision ?? 0) < pair.modRevision;
        if (isNewer) this.#load(pair);
      }
    }
  }

  stop(): void {
    this.#watch?.close();
    this.#watch = undefined;
  }

  /** Stores a new object. @throws {StatusError} AlreadyExists, or too large. */
  async create(target: Target, key: string, object: KubeObject): Promise<KubeObject> {
    const result = await this.#put(target, { key, revision: 0 }, object);
    if (!result.succeeded) throw alreadyExists(target.of, object.metadata.name);
    return object;
  }

  /** Stores the next state of `entry`, or leaves it when nothing changes. */
  async replace(target: Target, entry: Entry, object: KubeObject): Promise<WriteResult> {
    if (isUnchanged(entry.object, object)) return { kind: "done", object: entry.object };
    const result = await this.#put(target, entry, object);
    if (result.succeeded) return { kind: "done", object };
    return { kind: "raced", current: currentEntry(entry.key, result.current) };
  }

  async #put({ cache, prefix }: Target, at: Pick<Entry, "key" | "revision">, object: KubeObject): Promise<TransactionResult> {
    const key = prefix + at.key;
    const value = this.#keptDecoded.has(cache) ? new ObjectSource(object) : encode(object);
    try {
      if (value.length > MAX_VALUE_BYTES) throw objectTooLarge();
      const result = await this.#store.transact([{ key, modRevision: at.revision }], [{ kind: "put", key, value }]);
      if (result.succeeded) object.metadata.resourceVersion = String(result.revision);
      return result;
    } finally {
      if (value instanceof ObjectSource) value.written();
      else written(value);
    }
  }

  /** Removes `entry`; the object as it was, at the revision that removed it. */
  async remove(target: Target, entry: Entry): Promise<WriteResult> {
    const key = target.prefix + entry.key;
    const result = await this.#store.transact([{ key, modRevision: entry.revision }], [{ kind: "delete", key }]);
    if (result.succeeded) return { kind: "done", object: atRevision(entry.object, result.revision) };
    return { kind: "raced", current: currentEntry(entry.key, result.current) };
  }

  /** Removes all of the entries or, when one of them is not the present state any more, none; at most as many as a transaction takes. */
  async removeAll({ prefix }: Target, entries: readonly Entry[]): Promise<boolean> {
    const compares = entries.map(({ key, revision }) => ({ key: prefix + key, modRevision: revision }));
    const { succeeded } = await this.#store.transact(
      compares,
      compares.map(({ key }) => ({ kind: "delete", key })),
    );
    return succeeded;
  }

  #load(pair: KeyValue): void {
    const place = this.#place(pair.key);
    if (place !== undefined) this.#keep(place, pair);
  }

  /** Returns the object. */
  #keep({ cache, key }: { cache: ResourceCache; key: string }, pair: KeyValue): KubeObject | undefined {
    const { modRevision: revision } = pair;
    if (this.#seldomRead.has(cache)) {
      cache.set(new UndecodedEntry({ key, bytes: pair.value, revision }));
      return cache.watchers.size === 0 ? undefined : decodePair(pair);
    }
    const object = decodePair(pair);
    const isKeptDecoded = this.#keptDecoded.has(cache);
    if (isKeptDecoded) cache.set(new DecodedEntry({ key, object, revision, length: (pair.source ?? pair.value).length }));
    else cache.set({ key, object, bytes: pair.value, revision });
    return object;
  }

  #follow(event: StoreEvent): void {
    const place = this.#place(event.key);
    if (place === undefined) return;
    const { cache, key } = place;
    const previous = cache.watchers.size === 0 ? undefined : cache.get(key)?.object;
    const object = event.kind === "put" ? this.#keep(place, event.pair) : undefined;
    if (event.kind === "delete") cache.delete(key, event.revision);
    this.#notify(cache, { object, previous, revision: event.revision });
  }

  #notify(cache: ResourceCache, change: Change): void {
    try {
      cache.notify(change);
    } catch (error) {
      this.#log.error("a watcher threw", { error, object: (change.object ?? change.previous)?.metadata.name });
    }
  }

  /** Undefined for keys of a resource that is not served (any more). */
  #place(storeKey: string): { cache: ResourceCache; key: string } | undefined {
    const groupEnd = storeKey.indexOf("/", this.#keyPrefix.length);
    const resourceEnd = storeKey.indexOf("/", groupEnd + 1);
    const cache = this.#caches.get(storeKey.slice(this.#keyPrefix.length, resourceEnd));
    return cache === undefined ? undefined : { cache, key: storeKey.slice(resourceEnd + 1) };
  }
}

/** What became of a write on a state that was read before: `raced` when that was not the present state any more. */
export type WriteResult =
  | { readonly kind: "done"; readonly object: KubeObject }
  | { readonly kind: "raced"; readonly current: Entry | undefined };

function currentEntry(key: string, current: readonly (KeyValue | undefined)[]): Entry | undefined {
  const pair = current[0];
  return pair === undefined ? undefined : entryOf(key, pair);
}

function entryOf(key: string, pair: KeyValue): Entry {
  return { key, object: decodePair(pair), bytes: pair.value, revision: pair.modRevision };
}

/** Whether `next` says what `current` says; its resourceVersion, which it has not got yet, does not count. */
function isUnchanged(current: KubeObject, next: KubeObject): boolean {
  return sameMembers(current, next, "metadata") && sameMembers(current.metadata, next.metadata, "resourceVersion");
}

function sameMembers(left: object, right: object, except: string): boolean {
  const [before, after] = [left, right] as [Record<string, unknown>, Record<string, unknown>];
  for (const member in after) if (member !== except && !equalJson(before[member], after[member])) return false;
  for (const member in before) if (member !== except && before[member] !== undefined && after[member] === undefined) return false;
  return true;
}
