import type { NodeState } from "../node-state.ts";
import type { PodToPlace } from "../pod-to-place.ts";
import { LabelBuckets, type Reach } from "./label-buckets.ts";
import { PlacedClaims } from "./placed-claims.ts";
import { PlacedTerms } from "./placed-terms.ts";
import type { Topology } from "./tally.ts";

/** Keeps a figure about the pods on nodes up to date. */
export interface PodObserver {
  readonly reach: Reach;
  /** A pod that may be within reach came to the node or left it. */
  changed(pod: PodToPlace, node: NodeState, sign: 1 | -1): void;
}

/** Observers kept at most. One that is needed again after it was given up looks through all pods once. */
export const MAX_OBSERVERS = 512;

/**
 * What plugins ask of the pods on nodes without looking through them. An observer is made when a pod first needs it and
 * serves all pods like that one from then on:
 *
 * ```
 *   the first pod of a replica set: observe("spread/default/app=web/zone…") looks through all pods once
 *   each pod that comes or goes:    changed(pod, node, ±1), told only to observers that ask for its labels
 *   every other pod of the set:     reads the counts
 * ```
 */
export class PlacedPods {
  readonly terms: PlacedTerms;
  readonly claims = new PlacedClaims();
  readonly #states: () => Iterable<NodeState>;
  /** In order of last use. */
  readonly #observers = new Map<string, PodObserver>();
  readonly #buckets = new LabelBuckets<PodObserver>();
  #givenUp = 0;

  /** @param states every node with pods, whether it exists or not. */
  constructor(topology: Topology, states: () => Iterable<NodeState>) {
    this.terms = new PlacedTerms(topology);
    this.#states = states;
  }

  /** Rises when something that a prepared filter holds on to is no longer kept up. */
  get generation(): number {
    return this.terms.generation + this.#givenUp;
  }

  /** The pod is on the node (1) or no longer (-1). */
  changed(pod: PodToPlace, node: NodeState, sign: 1 | -1): void {
    this.terms.changed(pod, node, sign);
    this.claims.changed(pod, node, sign);
    if (!this.#buckets.isEmpty) this.#buckets.visit(pod.namespace, pod.labels, (observer) => observer.changed(pod, node, sign));
  }

  /** The observer of this key, made and shown all pods when there is none. */
  observe<T extends PodObserver>(key: string, make: () => T): T {
    let observer = this.#observers.get(key) as T | undefined;
    if (observer === undefined) {
      observer = make();
      this.#show(observer);
      this.#buckets.add(observer, observer.reach);
      if (this.#observers.size >= MAX_OBSERVERS) this.#giveUpOldest();
    }
    this.#observers.delete(key);
    this.#observers.set(key, observer);
    return observer;
  }

  #show(observer: PodObserver): void {
    const { namespaces } = observer.reach;
    for (const node of this.#states()) {
      for (const pod of node.pods) if (namespaces === undefined || namespaces.has(pod.namespace)) observer.changed(pod, node, 1);
    }
  }

  #giveUpOldest(): void {
    const [oldest] = this.#observers;
    if (oldest === undefined) return;
    this.#observers.delete(oldest[0]);
    this.#buckets.delete(oldest[1], oldest[1].reach);
    this.#givenUp++;
  }
}
