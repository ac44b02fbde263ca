import type { KubeObject } from "#api/kubernetes/meta";
import { bytesOf, decode } from "./codec.ts";
import { WatcherSet } from "./watcher-set.ts";

/** One current object. */
export interface Entry {
  /** `namespace/name`, or `name` for kinds without namespaces: the rest of its key in the store. */
  readonly key: string;
  readonly object: KubeObject;
  readonly bytes: Uint8Array;
  readonly revision: number;
}

/** An object of a list: an entry when it is shown as it is stored. What is not kept decoded is decoded by each look at `object`. */
export type Listed = Pick<Entry, "object" | "bytes" | "revision"> | { readonly object: KubeObject; readonly bytes?: undefined };

/** An object that is decoded whenever it is asked for: of what is many and seldom read, bytes alone are kept. */
export class UndecodedEntry implements Entry {
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly revision: number;

  constructor({ key, bytes, revision }: Pick<Entry, "key" | "bytes" | "revision">) {
    this.key = key;
    this.bytes = bytes;
    this.revision = revision;
  }

  get object(): KubeObject {
    return decode(this.bytes, this.revision);
  }
}

/** The objects of entries, each decoded when it is come to. */
export function* objectsOf(entries: Iterable<Entry>): Generator<KubeObject> {
  for (const { object } of entries) yield object;
}

/** An object that is put into bytes whenever they are asked for: of what is many and always looked at, the bytes are not kept. */
export class DecodedEntry implements Entry {
  readonly key: string;
  readonly object: KubeObject;
  readonly revision: number;
  /** Length of the bytes. */
  readonly length: number;

  constructor({ key, object, revision, length }: Pick<DecodedEntry, "key" | "object" | "revision" | "length">) {
    this.key = key;
    this.object = object;
    this.revision = revision;
    this.length = length;
  }

  get bytes(): Uint8Array {
    return bytesOf(this.object);
  }
}

/** A set of entries that remembers its order by key until a key comes or goes. */
class Bucket {
  readonly entries = new Map<string, Entry>();
  #order: readonly string[] | undefined;

  set(entry: Entry): void {
    const { size } = this.entries;
    this.entries.set(entry.key, entry);
    if (this.entries.size !== size) this.#order = undefined;
  }

  delete(key: string): void {
    if (this.entries.delete(key)) this.#order = undefined;
  }

  keys(): readonly string[] {
    this.#order ??= [...this.entries.keys()].sort();
    return this.#order;
  }
}

/** Which objects a list or watch can be narrowed to by index. */
export interface Scope {
  readonly namespace?: string;
  readonly node?: string;
}

/** The objects of one resource, current, with those of each namespace and (for pods) node at hand. */
export class ResourceCache {
  readonly watchers = new WatcherSet();
  /** Revision of the last change of any object of the resource. */
  lastRevision = 0;
  readonly #all = new Bucket();
  readonly #byNamespace = new Map<string, Bucket>();
  readonly #byNode = new Map<string, Bucket>();
  readonly #nodeOf: ((object: KubeObject) => string | undefined) | undefined;
  #bound: { readonly most: number; readonly exceeded: () => void } | undefined;

  /** @param nodeOf the node an object is on; absent for kinds that are on none. */
  constructor(nodeOf?: (object: KubeObject) => string | undefined) {
    this.#nodeOf = nodeOf;
  }

  /** Has `exceeded` called whenever an object comes and there are more than `most`. */
  bound(most: number, exceeded: () => void): void {
    this.#bound = { most, exceeded };
  }

  get size(): number {
    return this.#all.entries.size;
  }

  get(key: string): Entry | undefined {
    return this.#all.entries.get(key);
  }

  /** Entries, the longest there first. */
  values(): IterableIterator<Entry> {
    return this.#all.entries.values();
  }

  /** Entries in order of key, as the store has them. */
  *list(scope: Scope): Generator<Entry> {
    const bucket = this.#bucketFor(scope);
    if (bucket === undefined) return;
    for (const key of bucket.keys()) {
      const entry = bucket.entries.get(key);
      if (entry !== undefined) yield entry;
    }
  }

  set(entry: Entry): void {
    const previous = this.#all.entries.get(entry.key);
    this.#all.set(entry);
    const namespace = namespaceOf(entry.key);
    if (namespace !== undefined) put(this.#byNamespace, namespace, entry);
    const node = this.#nodeOf?.(entry.object);
    const previousNode = previous === undefined ? undefined : this.#nodeOf?.(previous.object);
    if (previousNode !== undefined && previousNode !== node) remove(this.#byNode, previousNode, entry.key);
    if (node !== undefined) put(this.#byNode, node, entry);
    this.lastRevision = entry.revision;
    if (this.#bound !== undefined && this.size > this.#bound.most) this.#bound.exceeded();
  }

  delete(key: string, revision: number): Entry | undefined {
    const entry = this.#all.entries.get(key);
    this.lastRevision = revision;
    if (entry === undefined) return undefined;
    this.#all.delete(key);
    const namespace = namespaceOf(key);
    if (namespace !== undefined) remove(this.#byNamespace, namespace, key);
    const node = this.#nodeOf?.(entry.object);
    if (node !== undefined) remove(this.#byNode, node, key);
    return entry;
  }

  /** Tells the watchers of a change: of the object's namespace, of its nodes, and of everything. */
  notify(change: { object: KubeObject | undefined; previous: KubeObject | undefined; revision: number }): void {
    const { object, previous } = change;
    const any = object ?? previous;
    if (any === undefined || this.watchers.size === 0) return;
    const node = object === undefined ? undefined : this.#nodeOf?.(object);
    const previousNode = previous === undefined ? undefined : this.#nodeOf?.(previous);
    this.watchers.notify(change, { namespace: any.metadata.namespace, nodes: [node, previousNode] });
  }

  #bucketFor({ namespace, node }: Scope): Bucket | undefined {
    if (node !== undefined) return this.#byNode.get(node);
    return namespace === undefined ? this.#all : this.#byNamespace.get(namespace);
  }
}

function namespaceOf(key: string): string | undefined {
  const end = key.indexOf("/");
  return end === -1 ? undefined : key.slice(0, end);
}

function put(index: Map<string, Bucket>, value: string, entry: Entry): void {
  let bucket = index.get(value);
  if (bucket === undefined) index.set(value, (bucket = new Bucket()));
  bucket.set(entry);
}

function remove(index: Map<string, Bucket>, value: string, key: string): void {
  const bucket = index.get(value);
  bucket?.delete(key);
  if (bucket?.entries.size === 0) index.delete(value);
}
