import type { Condition, Pod } from "#api/kubernetes/core";
import type { PodDisruptionBudget } from "#api/kubernetes/workloads";
import { findCondition, isPodReady, parseTime, scaledValue } from "#kube/apimachinery";

type Status = NonNullable<PodDisruptionBudget["status"]>;

/** How long a pod that an eviction was granted for may take to be deleted. Source: kubernetes pkg/controller/disruption/disruption.go, DeletionTimeout. */
export const DELETION_TIMEOUT_MS = 120_000;

/** What a budget's status is computed from. */
export interface BudgetObservation {
  readonly budget: PodDisruptionBudget;
  /** Pods that the budget's selector matches. */
  readonly pods: readonly Pod[];
  /** Replicas that the controllers of the pods want together; undefined when one of them is not known. */
  readonly expectedScale: number | undefined;
  /** Why it is not known. */
  readonly scaleFailure?: string;
  readonly nowMs: number;
  /** `nowMs` as the API writes it. */
  readonly now: string;
  /** Minor of the cluster's version. */
  readonly minor: number;
}

/** The status to write and what follows from it. */
export interface BudgetPlan {
  readonly status: Status;
  /** When a pod that should have been deleted counts again, milliseconds since the epoch. */
  readonly recheckAtMs?: number;
  /** Pods whose deletion was granted and did not come. */
  readonly notDeleted: readonly Pod[];
  /** The expected number of pods could not be told; nothing may be disrupted. */
  readonly failure?: string;
}

/**
 * How many pods are healthy, how many must be, and so how many may be disrupted.
 * Source: kubernetes pkg/controller/disruption/disruption.go, trySync, getExpectedPodCount, updatePdbStatus.
 */
export function planBudget(observation: BudgetObservation): BudgetPlan {
  const { budget, pods } = observation;
  const expectation = expect(observation);
  if ("failure" in expectation) return refused(observation, expectation.failure);
  const disrupted = disruptedPods(observation);
  const currentHealthy = pods.filter((pod) => isHealthy(pod, disrupted.waiting)).length;
  const { expectedPods, desiredHealthy } = expectation;
  const disruptionsAllowed = expectedPods <= 0 ? 0 : Math.max(currentHealthy - desiredHealthy, 0);
  const status: Status = {
    ...(budget.metadata.generation !== undefined && { observedGeneration: budget.metadata.generation }),
    ...(Object.keys(disrupted.waiting).length > 0 && { disruptedPods: disrupted.waiting }),
    disruptionsAllowed,
    currentHealthy,
    desiredHealthy,
    expectedPods,
  };
  const reason = disruptionsAllowed > 0 ? "SufficientPods" : "InsufficientPods";
  const conditions = conditionsOf(observation, { status: disruptionsAllowed > 0 ? "True" : "False", reason, message: "" });
  return {
    status: { ...status, ...conditions },
    notDeleted: disrupted.notDeleted,
    ...(disrupted.recheckAtMs !== undefined && { recheckAtMs: disrupted.recheckAtMs }),
  };
}

function expect({
  budget,
  pods,
  expectedScale,
  scaleFailure,
}: BudgetObservation): { expectedPods: number; desiredHealthy: number } | { failure: string } {
  const { minAvailable, maxUnavailable } = budget.spec;
  if (maxUnavailable === undefined && typeof minAvailable === "number") return { expectedPods: pods.length, desiredHealthy: minAvailable };
  const limit = maxUnavailable ?? minAvailable;
  if (limit === undefined) return { expectedPods: 0, desiredHealthy: 0 };
  if (expectedScale === undefined) return { failure: scaleFailure ?? "the controllers of the pods are not known" };
  const count = scaledValue(limit, expectedScale, "up");
  if (count === undefined) return { failure: "invalid value for IntOrString: invalid type: string is not a percentage" };
  return { expectedPods: expectedScale, desiredHealthy: maxUnavailable === undefined ? count : Math.max(expectedScale - count, 0) };
}

function isHealthy(pod: Pod, waiting: Readonly<Record<string, string>>): boolean {
  return pod.metadata.deletionTimestamp === undefined && waiting[pod.metadata.name] === undefined && isPodReady(pod);
}

interface DisruptedPods {
  readonly waiting: Record<string, string>;
  readonly notDeleted: Pod[];
  readonly recheckAtMs?: number;
}

/** Which granted evictions still have to show. Source: disruption.go, buildDisruptedPodMap. */
function disruptedPods({ budget, pods, nowMs }: BudgetObservation): DisruptedPods {
  const waiting: Record<string, string> = {};
  const notDeleted: Pod[] = [];
  let recheckAtMs: number | undefined;
  for (const pod of pods) {
    const since = budget.status?.disruptedPods?.[pod.metadata.name];
    if (since === undefined || pod.metadata.deletionTimestamp !== undefined) continue;
    const limit = (parseTime(since) ?? 0) + DELETION_TIMEOUT_MS;
    if (limit <= nowMs) notDeleted.push(pod);
    else {
      waiting[pod.metadata.name] = since;
      recheckAtMs = Math.min(recheckAtMs ?? limit, limit);
    }
  }
  return { waiting, notDeleted, ...(recheckAtMs !== undefined && { recheckAtMs }) };
}

function refused(observation: BudgetObservation, failure: string): BudgetPlan {
  const present = observation.budget.status ?? { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };
  const conditions = conditionsOf(observation, { status: "False", reason: "SyncFailed", message: failure });
  return { status: { ...present, disruptionsAllowed: 0, ...conditions }, notDeleted: [], failure };
}

/** First minor whose budgets have conditions. Source: kubernetes PR 98127, 1.21. */
const CONDITIONS_MINOR = 21;

function conditionsOf(
  { budget, now, minor }: BudgetObservation,
  next: Pick<Condition, "status" | "reason" | "message">,
): Pick<Status, "conditions"> {
  const present = budget.status?.conditions;
  if (minor < CONDITIONS_MINOR) return present === undefined ? {} : { conditions: present };
  const previous = findCondition(present, "DisruptionAllowed");
  const generation = budget.metadata.generation;
  const condition: Condition = {
    type: "DisruptionAllowed",
    ...next,
    lastTransitionTime: previous?.status === next.status ? (previous.lastTransitionTime ?? now) : now,
    ...(generation !== undefined && { observedGeneration: generation }),
  };
  return { conditions: [...(present ?? []).filter((each) => each.type !== "DisruptionAllowed"), condition] };
}
