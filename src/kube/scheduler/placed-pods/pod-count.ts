import type { NodeState } from "../node-state.ts";
import type { PodToPlace } from "../pod-to-place.ts";
import type { Reach } from "./label-buckets.ts";
import type { PodObserver } from "./placed-pods.ts";
import { addToNode, Tally, type Topology } from "./tally.ts";

/** How many of the pods on nodes a question is true for, by node and by topology. */
export class PodCount implements PodObserver {
  readonly reach: Reach;
  readonly #matches: (pod: PodToPlace) => boolean;
  readonly #topology: Topology;
  readonly #perNode = new Map<NodeState, number>();
  readonly #tallies = new Map<string, Tally>();

  /** @param matches the question; it is asked for pods within reach, and its answer for a pod never changes. */
  constructor(reach: Reach, topology: Topology, matches: (pod: PodToPlace) => boolean) {
    this.reach = reach;
    this.#topology = topology;
    this.#matches = matches;
  }

  changed(pod: PodToPlace, node: NodeState, sign: 1 | -1): void {
    if (!this.#matches(pod)) return;
    addToNode(this.#perNode, node, sign);
    for (const tally of this.#tallies.values()) tally.changed(node, sign);
  }

  /** The pods on the node itself. */
  on(node: NodeState): number {
    return this.#perNode.get(node) ?? 0;
  }

  /** The pods counted by the value that their nodes have at this label. */
  by(topologyKey: string): Tally {
    let tally = this.#tallies.get(topologyKey);
    if (tally === undefined) this.#tallies.set(topologyKey, (tally = new Tally(topologyKey, this.#topology, this.#perNode)));
    return tally;
  }
}
