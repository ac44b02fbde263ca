import type { KubeObject } from "#api/kubernetes/meta";

export interface InformerHandlers<T> {
  add?(object: T): void;
  update?(object: T, previous: T): void;
  delete?(object: T): void;
}

/**
 * A local, always current copy of what a list selects: list, then watch, then list again when the watch says 410.
 * Handlers are called synchronously, in order of resourceVersion for each object, after the copy has changed.
 */
export interface Informer<T extends KubeObject> {
  /** Resolves when the first list has been delivered to the handlers. */
  start(): Promise<void>;
  stop(): void;
  /** `namespace/name`, or `name` for kinds without namespaces. */
  get(key: string): T | undefined;
  list(): Iterable<T>;
  readonly size: number;
  /** Objects under `value` of the index that was declared by `name` when the informer was made. */
  byIndex(name: string, value: string): readonly T[];
  /** Handlers added after the start get an `add` for each object that is there. Returns the way to stop. */
  subscribe(handlers: InformerHandlers<T>): () => void;
}

/** `namespace/name` or `name`. */
export function objectKey(object: KubeObject): string {
  const { namespace, name } = object.metadata;
  return namespace === undefined ? name : `${namespace}/${name}`;
}
