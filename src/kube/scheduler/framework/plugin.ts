import type { NodeState } from "../node-state.ts";
import type { PodToPlace } from "../pod-to-place.ts";
import type { SchedulerProfile } from "../profiles/profile.ts";
import type { ClusterView } from "./cluster-view.ts";
import type { FilterStatus, Rejection } from "./status.ts";

/**
 * How far an answer reaches: `class` answers are the same for every node of a {@link NodeState.nodeClass} and are asked
 * for once per class; `node` answers are asked for per node.
 */
export type Scope = "class" | "node";

/** A filter made ready for one pod. It sees nodes and the pods on them as they are when asked. */
export interface PreparedFilter {
  readonly scope: Scope;
  check(node: NodeState): FilterStatus;
}

/** Rejects nodes that cannot take a pod. */
export interface FilterPlugin {
  readonly name: string;
  /**
   * Nothing when the filter accepts every node for this pod (kube-scheduler's Skip), a rejection when it accepts none. What is
   * read here of `cluster` is asked anew only when {@link ClusterView.generation} has risen.
   */
  prepare(pod: PodToPlace, profile: SchedulerProfile, cluster: ClusterView): PreparedFilter | Rejection | undefined;
}

/** The largest score a plugin gives a node; the smallest is 0. Source: framework/interface.go, MaxNodeScore. */
export const MAX_NODE_SCORE = 100;

/**
 * How raw scores become 0…100 over the nodes that are compared: as they are, by the largest, by the largest and turned
 * round, by how far they are from the least of the range, or most for the least (`fewest`, where less than 0 is no score).
 */
export type Normalization = "none" | "max" | "reverse" | "range" | "fewest";

/** A score made ready for one pod. */
export interface PreparedScore {
  readonly scope: Scope;
  readonly normalization: Normalization;
  score(node: NodeState): number;
}

/** What a pod's nodes are compared in. */
export interface Comparison {
  readonly cluster: ClusterView;
  /** The nodes that can take the pod. */
  readonly feasible: readonly NodeState[];
  readonly profile: SchedulerProfile;
}

/** Prefers some of the nodes that can take a pod. */
export interface ScorePlugin {
  readonly name: string;
  /** Nothing when the plugin likes all nodes alike for this pod. */
  prepare(pod: PodToPlace, comparison: Comparison): PreparedScore | undefined;
}
