import type { Node } from "#api/kubernetes/core";

/**
 * Nodes that filters and scores cannot tell apart as long as they look at nothing but taints, `unschedulable` and the
 * labels that are not {@link PER_NODE_LABELS}. The nodes of one pool are one class, so a pool costs one evaluation:
 *
 * ```
 *   nodepool1   400 nodes, labels agentpool=nodepool1, …            → class A: TaintToleration accepts
 *   gpunodepool 200 nodes, labels agentpool=gpunodepool, sku=gpu:…  → class B: TaintToleration rejects
 * ```
 *
 * What is left per node is arithmetic: resources, ports and the scores of both.
 */
export interface NodeClass {
  readonly key: string;
  /** A small number of its own among the classes that have members; later classes may get it again. */
  readonly index: number;
}

/** Labels that differ between nodes of one pool. A filter that looks at one of them answers per node. */
export const PER_NODE_LABELS: ReadonlySet<string> = new Set(["kubernetes.io/hostname"]);

/** The classes of a cluster's nodes; each lives as long as a node of it. */
export class NodeClasses {
  readonly #classes = new Map<string, { readonly nodeClass: NodeClass; members: number }>();
  readonly #freeIndexes: number[] = [];

  get size(): number {
    return this.#classes.size;
  }

  /** The node's class, with one member more. */
  join(node: Node): NodeClass {
    const key = classKey(node);
    let entry = this.#classes.get(key);
    if (entry === undefined) {
      const index = this.#freeIndexes.pop() ?? this.#classes.size;
      this.#classes.set(key, (entry = { nodeClass: { key, index }, members: 0 }));
    }
    entry.members++;
    return entry.nodeClass;
  }

  /** Gives up one membership. */
  leave({ key, index }: NodeClass): void {
    const entry = this.#classes.get(key);
    if (entry === undefined || --entry.members > 0) return;
    this.#classes.delete(key);
    this.#freeIndexes.push(index);
  }
}

function classKey({ metadata, spec }: Node): string {
  const labels = Object.entries(metadata.labels ?? {})
    .filter(([key]) => !PER_NODE_LABELS.has(key))
    .sort(([left], [right]) => (left < right ? -1 : 1));
  const taints = (spec.taints ?? []).map(({ key, value = "", effect }) => [key, value, effect]);
  return JSON.stringify([labels, taints, spec.unschedulable === true]);
}
