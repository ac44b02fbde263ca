import type { DeleteOptions, KubeObject, ResourceType, WatchEvent } from "#api/kubernetes/meta";

export interface ListOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly limit?: number;
  readonly continue?: string;
  readonly resourceVersion?: string;
}

export interface WatchOptions extends ListOptions {
  /** Events of type BOOKMARK, whose object has only a resourceVersion to go on from, when nothing else happens. */
  readonly allowBookmarks?: boolean;
}

export interface ListResult<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  readonly continue?: string;
}

export interface Name {
  readonly name: string;
  /** Absent for kinds without namespaces. */
  readonly namespace?: string;
}

export type Patch =
  | { readonly type: "merge"; readonly body: unknown }
  | { readonly type: "strategic"; readonly body: unknown }
  | { readonly type: "json"; readonly body: readonly unknown[] };

export interface WriteOptions {
  /** `status`, `scale`, … */
  readonly subresource?: string;
}

/** Typed access to one cluster's API. Every call rejects with a StatusError when the API refuses. */
export interface KubeClient {
  /** Whether informers show a write when the promise of the write resolves; else what they show may be a little older. */
  readonly tellsAtOnce: boolean;
  get<T extends KubeObject>(type: ResourceType<T>, name: Name, options?: WriteOptions): Promise<T>;
  list<T extends KubeObject>(type: ResourceType<T>, options?: ListOptions): Promise<ListResult<T>>;
  create<T extends KubeObject>(type: ResourceType<T>, object: T): Promise<T>;
  /** Replaces the object; with its `resourceVersion` set, only if nobody else changed it (409 Conflict). */
  update<T extends KubeObject>(type: ResourceType<T>, object: T, options?: WriteOptions): Promise<T>;
  patch<T extends KubeObject>(type: ResourceType<T>, name: Name, patch: Patch, options?: WriteOptions): Promise<T>;
  delete(type: ResourceType, name: Name, options?: DeleteOptions): Promise<void>;
  /** POSTs the pod's `binding` subresource. */
  bind(pod: Name, nodeName: string): Promise<void>;
  /** POSTs the pod's `eviction` subresource (policy/v1); 429 TooManyRequests while a disruption budget forbids it. */
  evict(pod: Name, options?: { readonly gracePeriodSeconds?: number }): Promise<void>;
  /**
   * Every change after `resourceVersion`; without one, first an ADDED for each object that is there. `end` is told once,
   * and never after `stop`: with a StatusError of reason Expired when the version asked for is gone.
   */
  watch<T extends KubeObject>(
    type: ResourceType<T>,
    options: WatchOptions,
    handlers: { event(event: WatchEvent<T>): void; end(error?: Error): void },
  ): { stop(): void };
}
