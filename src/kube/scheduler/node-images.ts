import type { NodeState } from "./node-state.ts";

/** On how many nodes each image is. Source: pkg/scheduler/backend/cache/cache.go, addNodeImageStates. */
export class NodeImages {
  readonly #nodeCounts = new Map<string, number>();

  /** Nodes that have an image of this name. */
  nodesWith(name: string): number {
    return this.#nodeCounts.get(name) ?? 0;
  }

  /** The node has these images now and no others. */
  set(node: NodeState, images: readonly { readonly names?: readonly string[]; readonly sizeBytes?: number }[]): void {
    for (const name of node.images.keys()) this.#count(name, -1);
    node.images.clear();
    for (const { names = [], sizeBytes = 0 } of images) for (const name of names) node.images.set(name, sizeBytes);
    for (const name of node.images.keys()) this.#count(name, 1);
  }

  #count(name: string, sign: 1 | -1): void {
    const count = this.nodesWith(name) + sign;
    if (count === 0) this.#nodeCounts.delete(name);
    else this.#nodeCounts.set(name, count);
  }
}
