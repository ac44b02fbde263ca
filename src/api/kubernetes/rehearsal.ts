import type { Node, Pod } from "./core.ts";

/**
 * Nodes and pods to try things on by the rules of a cluster's scheduler. It begins empty, and nothing of it reaches the cluster.
 * Nodes and pods that are handed in are not changed; pods are told apart by namespace and name.
 */
export interface Rehearsal {
  /** Adds a node, with pods that are on it whether they fit or not. In place of a node of the same name, which goes with its pods. */
  addNode(node: Node, pods?: readonly Pod[]): void;
  /** Takes the node and its pods away. */
  removeNode(name: string): void;
  /** Puts the pod on the node, whether it fits or not; it leaves the node that it was on. */
  put(pod: Pod, node: string): void;
  /** Takes the pod off its node. */
  remove(pod: Pod): void;
  /** Why the node cannot take the pod, in the words of the scheduler; empty when it can. A node that is not there takes none. */
  refusals(pod: Pod, node: string): readonly string[];
  /** The first of the nodes that can take the pod. */
  find(pod: Pod, nodes: Iterable<string>): string | undefined;
  /** Runs, and undoes all that was done meanwhile when it is not to `keep`; then nothing has happened. */
  attempt<T>(run: () => T, keep?: (result: T) => boolean): T;
}
