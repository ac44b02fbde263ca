import type { KubeObject } from "#api/kubernetes/meta";
import type { Scope } from "./resource-cache.ts";

/** A change of one object: made when there is no `previous`, gone when there is no `object`. */
export interface Change {
  readonly object: KubeObject | undefined;
  readonly previous: KubeObject | undefined;
  readonly revision: number;
}

export type ChangeListener = (change: Change) => void;

/**
 * The watchers of a resource, grouped by what they are confined to, so that a change of a pod reaches the watcher of its
 * node and not those of the 399 other nodes.
 */
export class WatcherSet {
  #size = 0;
  readonly #groups = new Map<string, Set<ChangeListener>>();

  get size(): number {
    return this.#size;
  }

  /** Returns the way to stop. */
  add(scope: Scope, listener: ChangeListener): () => void {
    const name = groupName(scope);
    let group = this.#groups.get(name);
    if (group === undefined) this.#groups.set(name, (group = new Set()));
    group.add(listener);
    this.#size++;
    return () => {
      if (!group.delete(listener)) return;
      this.#size--;
      if (group.size === 0 && this.#groups.get(name) === group) this.#groups.delete(name);
    };
  }

  notify(change: Change, of: { namespace: string | undefined; nodes: readonly [string | undefined, string | undefined] }): void {
    const [node, previousNode] = of.nodes;
    this.#tell("", change);
    if (of.namespace !== undefined) this.#tell(groupName({ namespace: of.namespace }), change);
    if (node !== undefined) this.#tell(groupName({ node }), change);
    if (previousNode !== undefined && previousNode !== node) this.#tell(groupName({ node: previousNode }), change);
  }

  #tell(name: string, change: Change): void {
    const group = this.#groups.get(name);
    if (group !== undefined) for (const listener of group) listener(change);
  }
}

function groupName({ namespace, node }: Scope): string {
  if (node !== undefined) return `node/${node}`;
  return namespace === undefined ? "" : `namespace/${namespace}`;
}
