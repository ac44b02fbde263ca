import type { KubeObject, ResourceType, WatchEvent } from "#api/kubernetes/meta";
import { isStatus } from "#api/kubernetes/status";
import type { Clock, Logger, Timer } from "#lib";
import type { KubeClient } from "./client.ts";
import { ObjectIndex } from "./object-index.ts";
import { type Informer, type InformerHandlers, objectKey } from "./informer.ts";

export interface InformerOptions<T> {
  /** All namespaces when absent. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Named functions from an object to the values that it is found under; see {@link Informer.byIndex}. */
  readonly indexes?: Readonly<Record<string, (object: T) => readonly string[]>>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Objects a page of the first list, so that no answer grows beyond bounds. Source: client-go tools/pager. */
const PAGE_SIZE = 500;
/** Waits between attempts that failed. Source: client-go tools/cache/reflector.go. */
const FIRST_RETRY_MS = 800;
const MAX_RETRY_MS = 30_000;
/** A stream that ends sooner and has brought nothing was no stream. Source: client-go tools/cache/reflector.go, VeryShortWatchError. */
const SHORTEST_WATCH_MS = 1000;

/** Makes an informer. It asks for nothing before it is started. */
export function createInformer<T extends KubeObject>(client: KubeClient, type: ResourceType<T>, options: InformerOptions<T>): Informer<T> {
  return new SharedInformer(client, type, options);
}

class SharedInformer<T extends KubeObject> implements Informer<T> {
  readonly #client: KubeClient;
  readonly #type: ResourceType<T>;
  readonly #options: InformerOptions<T>;
  readonly #objects: ObjectIndex<T>;
  readonly #subscribers = new Set<InformerHandlers<T>>();
  #resourceVersion = "";
  #watch: { stop(): void } | undefined;
  #timer: Timer | undefined;
  #retryMs = FIRST_RETRY_MS;
  /** When the stream began that has brought nothing yet. */
  #silentSinceMs: number | undefined;
  #isStopped = false;
  #synced: { promise: Promise<void>; resolve: () => void } | undefined;

  constructor(client: KubeClient, type: ResourceType<T>, options: InformerOptions<T>) {
    this.#client = client;
    this.#type = type;
    this.#options = options;
    this.#objects = new ObjectIndex(options.indexes ?? {});
  }

  start(): Promise<void> {
    if (this.#synced === undefined) {
      let resolve = (): void => undefined;
      const promise = new Promise<void>((done) => (resolve = done));
      this.#synced = { promise, resolve };
      void this.#listAndWatch();
    }
    return this.#synced.promise;
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#watch?.stop();
    // Who waits for the first list need not wait for ever.
    this.#synced?.resolve();
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  list(): Iterable<T> {
    return this.#objects.values();
  }

  get size(): number {
    return this.#objects.size;
  }

  byIndex(name: string, value: string): readonly T[] {
    return this.#objects.find(name, value);
  }

  subscribe(handlers: InformerHandlers<T>): () => void {
    this.#subscribers.add(handlers);
    for (const object of this.#objects.values()) this.#call(() => handlers.add?.(object), object);
    return () => void this.#subscribers.delete(handlers);
  }

  async #listAndWatch(): Promise<void> {
    try {
      const { items, resourceVersion } = await this.#list();
      if (this.#isStopped) return;
      this.#replace(items);
      this.#resourceVersion = resourceVersion;
      this.#synced?.resolve();
      this.#watchOn();
    } catch (error) {
      if (!this.#isStopped) this.#later(error, () => void this.#listAndWatch());
    }
  }

  /** Pages are of one revision; when it is gone before the last page, the list is begun anew. */
  async #list(): Promise<{ items: T[]; resourceVersion: string }> {
    const selection = this.#selection();
    const items: T[] = [];
    let page = await this.#client.list(this.#type, { ...selection, limit: PAGE_SIZE });
    items.push(...page.items);
    while (page.continue !== undefined && !this.#isStopped) {
      page = await this.#client.list(this.#type, { ...selection, limit: PAGE_SIZE, continue: page.continue });
      items.push(...page.items);
    }
    return { items, resourceVersion: page.resourceVersion };
  }

  #selection(): { namespace?: string; labelSelector?: string; fieldSelector?: string } {
    const { namespace, labelSelector, fieldSelector } = this.#options;
    return {
      ...(namespace === undefined ? {} : { namespace }),
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
    };
  }

  #watchOn(): void {
    this.#silentSinceMs = this.#options.clock.now();
    const options = { ...this.#selection(), resourceVersion: this.#resourceVersion, allowBookmarks: true };
    this.#watch = this.#client.watch(this.#type, options, {
      event: (event) => this.#apply(event),
      end: (error) => this.#ended(error),
    });
  }

  /** A stream that ends by itself is taken up where it was; one whose past is gone begins with a new list. */
  #ended(error: Error | undefined): void {
    this.#watch = undefined;
    if (this.#isStopped) return;
    if (error === undefined && this.#wasShort()) this.#later(new Error("the watch ended at once"), () => this.#watchOn());
    else if (error === undefined) this.#watchOn();
    else if (isStatus(error, "Expired") || isStatus(error, "Gone")) void this.#listAndWatch();
    // The server's counter may have been set back, so that the version known here is of its future.
    else if (isStatus(error, "Timeout")) this.#later(error, () => void this.#listAndWatch());
    else this.#later(error, () => this.#watchOn());
  }

  #wasShort(): boolean {
    return this.#silentSinceMs !== undefined && this.#options.clock.now() - this.#silentSinceMs < SHORTEST_WATCH_MS;
  }

  #later(error: unknown, run: () => void): void {
    this.#options.log.warn("an informer lost its server and tries again", { resource: this.#type.resource, error, afterMs: this.#retryMs });
    this.#timer = this.#options.clock.after(this.#retryMs, run);
    this.#retryMs = Math.min(this.#retryMs * 2, MAX_RETRY_MS);
  }

  #apply({ type, object }: WatchEvent<T>): void {
    this.#retryMs = FIRST_RETRY_MS;
    this.#silentSinceMs = undefined;
    this.#resourceVersion = object.metadata.resourceVersion ?? this.#resourceVersion;
    if (type === "DELETED") this.#remove(objectKey(object), object);
    else if (type === "ADDED" || type === "MODIFIED") this.#put(object);
  }

  #replace(items: readonly T[]): void {
    const present = new Set(items.map(objectKey));
    for (const object of this.#objects.values()) {
      const key = objectKey(object);
      if (!present.has(key)) this.#remove(key, object);
    }
    for (const object of items) this.#put(object);
  }

  #put(object: T): void {
    const previous = this.#objects.set(objectKey(object), object);
    if (previous === undefined) this.#tell((handlers) => handlers.add?.(object), object);
    else if (previous.metadata.resourceVersion !== object.metadata.resourceVersion)
      this.#tell((handlers) => handlers.update?.(object, previous), object);
  }

  #remove(key: string, object: T): void {
    if (this.#objects.delete(key)) this.#tell((handlers) => handlers.delete?.(object), object);
  }

  #tell(call: (handlers: InformerHandlers<T>) => void, object: T): void {
    for (const handlers of this.#subscribers) this.#call(() => call(handlers), object);
  }

  /** A handler that throws is a defect of its own; the others and the copy go on. */
  #call(call: () => void, object: T): void {
    try {
      call();
    } catch (error) {
      this.#options.log.error("a handler of an informer threw", { error, resource: this.#type.resource, object: objectKey(object) });
    }
  }
}
