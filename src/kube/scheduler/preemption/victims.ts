import type { PodDisruptionBudget } from "#api/kubernetes/workloads";
import { parseTime } from "#kube/apimachinery";
import type { ClusterView } from "../framework/cluster-view.ts";
import { filterBesideNominated, filterNodePlainly, type PodFilters } from "../framework/filters.ts";
import { type FilterStatus, type Rejection, unresolvable } from "../framework/status.ts";
import type { NodeState } from "../node-state.ts";
import type { PodToPlace } from "../pod-to-place.ts";
import { splitByBudget } from "./disruption-budgets.ts";

/** A node that can take the pod once some of its pods are gone. */
export interface Candidate {
  readonly node: NodeState;
  /** The most important first; at least one. */
  readonly victims: readonly PodToPlace[];
  /** Victims whose going a disruption budget forbids. */
  readonly violations: number;
}

export const NO_VICTIMS: Rejection = unresolvable("DefaultPreemption", "No preemption victims found for incoming pod");

export interface Trial {
  readonly cluster: ClusterView;
  readonly filters: PodFilters;
  readonly budgets: readonly PodDisruptionBudget[];
  /** When the pod started, milliseconds since the epoch; now for one that has not. */
  readonly startMs: (pod: PodToPlace) => number;
}

/**
 * The fewest of the node's pods of lower priority that have to go. All go at first; then as many as the pod leaves room
 * for come back, those first that a disruption budget protects, and of both the more important first. Pods are put on
 * and taken off for real, so that every filter sees it, and are all back when this returns.
 * Source: plugins/defaultpreemption/default_preemption.go, SelectVictimsOnNode.
 */
export function selectVictims(trial: Trial, node: NodeState): Candidate | Rejection {
  const { cluster, filters } = trial;
  const lower = [...node.pods].filter(({ priority }) => priority < filters.pod.priority);
  if (lower.length === 0) return NO_VICTIMS;
  const fits = (): FilterStatus =>
    filterBesideNominated(filters, cluster, node, (prepared) => prepared.refusal ?? filterNodePlainly(prepared, node));
  for (const pod of lower) cluster.takeOff(pod, node);
  const gone = new Set(lower);
  try {
    const rejection = fits();
    if (rejection !== undefined) return rejection;
    lower.sort((one, other) => byImportance(one, other, trial.startMs));
    const { violating, free } = splitByBudget(lower, trial.budgets);
    for (const pod of [...violating, ...free]) {
      cluster.putOn(pod, node);
      gone.delete(pod);
      if (fits() === undefined) continue;
      cluster.takeOff(pod, node);
      gone.add(pod);
    }
    const victims = lower.filter((pod) => gone.has(pod));
    if (victims.length === 0) return NO_VICTIMS;
    return { node, victims, violations: violating.filter((pod) => gone.has(pod)).length };
  } finally {
    for (const pod of gone) cluster.putOn(pod, node);
  }
}

/** When a pod started by its status; now when it has not. Source: pkg/scheduler/util/utils.go, GetPodStartTime. */
export function startMsOf(startTime: string | undefined, nowMs: number): number {
  return parseTime(startTime) ?? nowMs;
}

/** Of equal priority, the older is the more important. Source: pkg/scheduler/util/utils.go, MoreImportantPod. */
function byImportance(one: PodToPlace, other: PodToPlace, startMs: Trial["startMs"]): number {
  return other.priority - one.priority || startMs(one) - startMs(other);
}
