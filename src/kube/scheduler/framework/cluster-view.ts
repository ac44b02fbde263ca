import type { ClusterFacts } from "../cluster-facts.ts";
import type { NodeImages } from "../node-images.ts";
import type { NodeState } from "../node-state.ts";
import type { Nominations } from "../nominations.ts";
import type { PlacedPods } from "../placed-pods/placed-pods.ts";
import type { Topology } from "../placed-pods/tally.ts";
import type { PodToPlace } from "../pod-to-place.ts";

/** The nodes a pod is looked at against, and all that plugins ask about them. */
export interface ClusterView {
  /** In an order that stays the same while no node comes or goes. */
  readonly nodes: readonly NodeState[];
  byName(name: string): NodeState | undefined;
  readonly topology: Topology;
  /** Rises when filters that were made ready before have to be made ready again. */
  readonly generation: number;
  readonly placedPods: PlacedPods;
  readonly images: NodeImages;
  readonly nominations: Nominations;
  readonly facts: ClusterFacts;
  /** Of the pods on nodes; infinite when there is none. */
  readonly lowestPriority: number;
  /** As if the pod were on the node; whoever tries that undoes it by {@link takeOff} before anything else happens. */
  putOn(pod: PodToPlace, node: NodeState): void;
  /** As if the pod were not on the node; undone by {@link putOn}. */
  takeOff(pod: PodToPlace, node: NodeState): void;
}
