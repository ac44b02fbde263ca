import type { NodeState } from "../node-state.ts";

/** Tells when nodes came, went, or changed their labels or taints. */
export interface Topology {
  /** Rises with every such change. */
  readonly version: number;
}

/** Amounts by node. */
export type PerNode = ReadonlyMap<NodeState, number>;

/**
 * Amounts that lie on nodes, summed by the value that the nodes have at one label. Nodes without the label count for
 * nothing. Sums follow single changes at once, and are made anew after the nodes themselves changed.
 */
export class Tally {
  readonly topologyKey: string;
  readonly #topology: Topology;
  readonly #perNode: PerNode;
  readonly #sums = new Map<string, number>();
  #version = -1;

  /** @param perNode the amounts; whoever changes them tells {@link changed}. */
  constructor(topologyKey: string, topology: Topology, perNode: PerNode) {
    this.topologyKey = topologyKey;
    this.#topology = topology;
    this.#perNode = perNode;
  }

  /** Nothing lies on any node that has the label. */
  get isEmpty(): boolean {
    this.#refresh();
    return this.#sums.size === 0;
  }

  /** The sum over the nodes of the same value as this node; 0 when the node lacks the label. */
  around(node: NodeState): number {
    this.#refresh();
    const value = node.labels?.[this.topologyKey];
    return value === undefined ? 0 : (this.#sums.get(value) ?? 0);
  }

  changed(node: NodeState, amount: number): void {
    if (this.#version === this.#topology.version) this.#count(node, amount);
  }

  #refresh(): void {
    if (this.#version === this.#topology.version) return;
    this.#version = this.#topology.version;
    this.#sums.clear();
    for (const [node, amount] of this.#perNode) this.#count(node, amount);
  }

  #count(node: NodeState, amount: number): void {
    const value = node.labels?.[this.topologyKey];
    if (value === undefined) return;
    const sum = (this.#sums.get(value) ?? 0) + amount;
    if (sum === 0) this.#sums.delete(value);
    else this.#sums.set(value, sum);
  }
}

/** Adds to the amount of a node and forgets it at 0. */
export function addToNode(perNode: Map<NodeState, number>, node: NodeState, amount: number): void {
  const sum = (perNode.get(node) ?? 0) + amount;
  if (sum === 0) perNode.delete(node);
  else perNode.set(node, sum);
}
