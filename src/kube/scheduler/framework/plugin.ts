import type { NodeState } from "../node-state.ts";
import type { PodToPlace } from "../pod-to-place.ts";
import type { SchedulerRelease } from "../release.ts";
import type { FilterStatus } from "./status.ts";

/**
 * How far an answer reaches: `class` answers are the same for every node of a {@link NodeState.nodeClass} and are asked
 * for once per class; `node` answers are asked for per node.
 */
export type Scope = "class" | "node";

/** A filter made ready for one pod. */
export interface PreparedFilter {
  readonly scope: Scope;
  check(node: NodeState): FilterStatus;
}

/** Rejects nodes that cannot take a pod. */
export interface FilterPlugin {
  readonly name: string;
  /** Nothing when the filter accepts every node for this pod (kube-scheduler's Skip). */
  prepare(pod: PodToPlace, release: SchedulerRelease): PreparedFilter | undefined;
}

/** The largest score a plugin gives a node; the smallest is 0. Source: framework/interface.go, MaxNodeScore. */
export const MAX_NODE_SCORE = 100;

/** How raw scores become 0…100 over the nodes that are compared: as they are, by the largest, or by the largest and turned round. */
export type Normalization = "none" | "max" | "reverse";

/** A score made ready for one pod. */
export interface PreparedScore {
  readonly scope: Scope;
  readonly normalization: Normalization;
  score(node: NodeState): number;
}

/** Prefers some of the nodes that can take a pod. */
export interface ScorePlugin {
  readonly name: string;
  /** Nothing when the plugin likes all nodes alike for this pod. */
  prepare(pod: PodToPlace): PreparedScore | undefined;
}
