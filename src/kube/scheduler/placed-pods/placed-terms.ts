import type { Labels } from "#kube/apimachinery";
import { type AffinityTerm, hasTerms, reachOf, termConcerns } from "../affinity-terms.ts";
import type { NodeState } from "../node-state.ts";
import type { PodToPlace } from "../pod-to-place.ts";
import { LabelBuckets } from "./label-buckets.ts";
import { addToNode, Tally, type Topology } from "./tally.ts";

/** A term that pods on nodes have, and where they are. */
interface PlacedTerm {
  readonly term: AffinityTerm;
  readonly perNode: Map<NodeState, number>;
  readonly tally: Tally;
  pods: number;
}

/**
 * The inter-pod terms of the pods on nodes: pods of one controller have the same, so there are few. `forbidding` are
 * those of required anti-affinity and `requiring` those of required affinity, counted in pods; `preferring` the others, as the
 * sum of what each pod's term weighs.
 */
export class PlacedTerms {
  readonly #topology: Topology;
  readonly #forbidding = new TermTable();
  readonly #requiring = new TermTable();
  readonly #preferring = new TermTable();
  #generation = 0;

  constructor(topology: Topology) {
    this.#topology = topology;
  }

  /** Rises when a forbidding term comes or goes. */
  get generation(): number {
    return this.#generation;
  }

  changed({ terms }: PodToPlace, node: NodeState, sign: 1 | -1): void {
    if (!hasTerms(terms)) return;
    for (const term of terms.requiredAnti) {
      if (this.#forbidding.change(term, this.#topology, { node, amount: sign, pods: sign })) this.#generation++;
    }
    for (const term of terms.required) this.#requiring.change(term, this.#topology, { node, amount: sign, pods: sign });
    for (const { term, weight } of terms.preferred) {
      this.#preferring.change(term, this.#topology, { node, amount: sign * weight, pods: sign });
    }
  }

  /** Where pods are that keep this pod off their topology. */
  forbidding(pod: PodToPlace, namespaceLabels: Labels): readonly Tally[] {
    return this.#forbidding.concerning(pod, namespaceLabels);
  }

  /** Where pods are that have to be near this one. */
  requiring(pod: PodToPlace, namespaceLabels: Labels): readonly Tally[] {
    return this.#requiring.concerning(pod, namespaceLabels);
  }

  /** Where pods are that would rather be near this one, or with less than 0 away from it. */
  preferring(pod: PodToPlace, namespaceLabels: Labels): readonly Tally[] {
    return this.#preferring.concerning(pod, namespaceLabels);
  }
}

interface TermChange {
  readonly node: NodeState;
  readonly amount: number;
  readonly pods: 1 | -1;
}

class TermTable {
  readonly #byKey = new Map<string, PlacedTerm>();
  readonly #buckets = new LabelBuckets<PlacedTerm>();

  /** Returns whether the term is new or gone now. */
  change(term: AffinityTerm, topology: Topology, { node, amount, pods }: TermChange): boolean {
    let placed = this.#byKey.get(term.key);
    const isNew = placed === undefined;
    if (placed === undefined) placed = this.#begin(term, topology);
    placed.pods += pods;
    addToNode(placed.perNode, node, amount);
    placed.tally.changed(node, amount);
    if (placed.pods > 0) return isNew;
    this.#byKey.delete(term.key);
    this.#buckets.delete(placed, reachOf(term));
    return true;
  }

  concerning(pod: PodToPlace, namespaceLabels: Labels): readonly Tally[] {
    if (this.#buckets.isEmpty) return NONE;
    const found: Tally[] = [];
    this.#buckets.visit(pod.namespace, pod.labels, ({ term, tally }) => {
      if (termConcerns(term, pod, namespaceLabels)) found.push(tally);
    });
    return found;
  }

  #begin(term: AffinityTerm, topology: Topology): PlacedTerm {
    const perNode = new Map<NodeState, number>();
    const placed = { term, perNode, tally: new Tally(term.topologyKey, topology, perNode), pods: 0 };
    this.#byKey.set(term.key, placed);
    this.#buckets.add(placed, reachOf(term));
    return placed;
  }
}

const NONE: readonly Tally[] = [];
