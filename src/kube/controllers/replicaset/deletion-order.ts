import type { Pod } from "#api/kubernetes/core";
import { findCondition, isPodReady, parseTime } from "#kube/apimachinery";
import { createdAt } from "../pods.ts";

/** What the order of deletion looks at beside the pods. */
export interface DeletionOrderOptions {
  /** Minor of the cluster's version. */
  readonly minor: number;
  readonly nowMs: number;
  /** Active pods of the same family (the deployment's other replica sets too) on a node. */
  relatedPodsOn(nodeName: string): number;
}

const PHASE_RANK: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };
const DELETION_COST = "controller.kubernetes.io/pod-deletion-cost";
/** First minor with pod deletion cost on by default. Source: kubernetes pkg/features, PodDeletionCost (beta 1.22). */
const DELETION_COST_MINOR = 22;
/** First minor that takes pods from crowded nodes first. Source: CHANGELOG-1.20, "pods on nodes with more replicas". */
const CROWDED_NODES_MINOR = 20;
/** First minor that compares ages by their order of magnitude. Source: kubernetes pkg/features, LogarithmicScaleDown (beta 1.22). */
const LOGARITHMIC_MINOR = 22;

type Comparison = (a: Pod, b: Pod) => number;

/**
 * The pods in the order in which a replica set gives them up: unassigned, pending, not ready, cheap, on crowded nodes,
 * ready for a short time, often restarted, young.
 * Source: kubernetes pkg/controller/controller_utils.go, ActivePodsWithRanks.Less.
 */
export function inDeletionOrder(pods: readonly Pod[], options: DeletionOrderOptions): Pod[] {
  const comparisons: Comparison[] = [
    by((pod) => (pod.spec.nodeName ? 1 : 0)),
    by((pod) => PHASE_RANK[pod.status?.phase ?? "Pending"] ?? 0),
    by((pod) => (isPodReady(pod) ? 1 : 0)),
    ...(options.minor >= DELETION_COST_MINOR ? [by(deletionCost)] : []),
    ...(options.minor >= CROWDED_NODES_MINOR ? [by((pod) => -options.relatedPodsOn(pod.spec.nodeName ?? ""))] : []),
    by((pod) => (isPodReady(pod) ? ageRank(readySince(pod), options) : 0)),
    by((pod) => -restarts(pod)),
    by((pod) => ageRank(createdAt(pod), options)),
    (a, b) => compareText(a.metadata.uid ?? "", b.metadata.uid ?? ""),
  ];
  return pods.toSorted((a, b) => {
    for (const compare of comparisons) {
      const order = compare(a, b);
      if (order !== 0) return order;
    }
    return 0;
  });
}

function by(rank: (pod: Pod) => number): Comparison {
  return (a, b) => rank(a) - rank(b);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function deletionCost(pod: Pod): number {
  const cost = Number(pod.metadata.annotations?.[DELETION_COST] ?? 0);
  return Number.isInteger(cost) ? cost : 0;
}

/** Smaller goes first: the younger one, or with logarithmic comparison the one of the smaller order of magnitude. */
function ageRank(sinceMs: number, { minor, nowMs }: DeletionOrderOptions): number {
  const age = Math.max(nowMs - sinceMs, 0);
  return minor >= LOGARITHMIC_MINOR ? Math.floor(Math.log2(Math.max(age, 1))) : age;
}

function readySince(pod: Pod): number {
  return parseTime(findCondition(pod.status?.conditions, "Ready")?.lastTransitionTime) ?? 0;
}

function restarts(pod: Pod): number {
  return (pod.status?.containerStatuses ?? []).reduce((most, status) => Math.max(most, status.restartCount), 0);
}
