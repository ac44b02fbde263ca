import type { NodeState } from "../node-state.ts";
import type { PodToPlace } from "../pod-to-place.ts";

type Counts = Map<string, number>;

/** How many of the pods on nodes use a claim, everywhere and by node. Source: pkg/scheduler/framework/types.go, NodeInfo.PVCRefCounts. */
export class PlacedClaims {
  readonly #users: Counts = new Map();
  readonly #perNode = new Map<NodeState, Counts>();

  /** Keys of the claims that pods on the node use, each once. */
  on(node: NodeState): Iterable<string> {
    return this.#perNode.get(node)?.keys() ?? NONE;
  }

  countOn(node: NodeState): number {
    return this.#perNode.get(node)?.size ?? 0;
  }

  /** Pods on nodes that use the claim. */
  usersOf(claim: string): number {
    return this.#users.get(claim) ?? 0;
  }

  changed({ claims }: PodToPlace, node: NodeState, sign: 1 | -1): void {
    if (claims.length === 0) return;
    let counts = this.#perNode.get(node);
    if (counts === undefined) this.#perNode.set(node, (counts = new Map()));
    for (const claim of claims) {
      add(this.#users, claim, sign);
      add(counts, claim, sign);
    }
    if (counts.size === 0) this.#perNode.delete(node);
  }
}

const NONE: readonly string[] = [];

function add(counts: Counts, claim: string, sign: 1 | -1): void {
  const count = (counts.get(claim) ?? 0) + sign;
  if (count === 0) counts.delete(claim);
  else counts.set(claim, count);
}
