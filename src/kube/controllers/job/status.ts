import type { Condition, Pod } from "#api/kubernetes/core";
import type { Job, JobStatus } from "#api/kubernetes/workloads";
import { findCondition } from "#kube/apimachinery";
import type { JobCount } from "./count.ts";
import { formatIndexes } from "./indexes.ts";
import { isIndexed, isTracked } from "./job-pods.ts";
import type { Verdict } from "./plan.ts";

/** What a status is made from. */
export interface JobObservation {
  readonly job: Job;
  readonly pods: readonly Pod[];
  readonly count: JobCount;
  /** Set when the job has ended and all its pods with it. */
  readonly verdict?: Verdict | undefined;
  /** Pods keep finalizers until they are counted. */
  readonly tracked: boolean;
  readonly minor: number;
  /** As the API writes times. */
  readonly now: string;
}

/** Uids that a status holds at most. Source: job_controller.go, MaxUncountedPods. */
const MAX_UNCOUNTED = 500;
/** First minor versions that have these members. Source: kubernetes CHANGELOG: JobReadyPods 1.24, JobPodReplacementPolicy 1.29, JobSuccessPolicy 1.31. */
const READY_SINCE = 24;
const TERMINATING_SINCE = 29;
const REASON_SINCE = 31;

/** The status that follows from what is seen. Source: pkg/controller/job/job_controller.go, trackJobStatusAndRemoveFinalizers. */
export function jobStatus(observation: JobObservation): JobStatus {
  const { job, count, minor, tracked } = observation;
  const { succeeded, failed, uncounted } = tracked ? trackedCounters(observation) : { ...count, uncounted: undefined };
  const conditions = conditionsOf(observation);
  const startTime = startTimeOf(observation);
  const isComplete = observation.verdict?.type === "Complete";
  const completionTime = isComplete ? observation.now : job.status?.completionTime;
  return {
    ...(conditions.length > 0 && { conditions }),
    ...(startTime !== undefined && { startTime }),
    ...(completionTime !== undefined && { completionTime }),
    ...(count.active.length > 0 && { active: count.active.length }),
    ...(succeeded > 0 && { succeeded }),
    ...(failed > 0 && { failed }),
    ...(minor >= READY_SINCE && { ready: count.ready }),
    ...(minor >= TERMINATING_SINCE && { terminating: count.terminating }),
    ...(isIndexed(job) && count.doneIndexes.size > 0 && { completedIndexes: formatIndexes(count.doneIndexes) }),
    ...(uncounted !== undefined && { uncountedTerminatedPods: uncounted }),
  };
}

/** Pods without their finalizer move from the list into the counter; those that ended move into the list. */
function trackedCounters({ job, pods, count }: JobObservation): {
  succeeded: number;
  failed: number;
  uncounted: NonNullable<JobStatus["uncountedTerminatedPods"]>;
} {
  const held = new Set(pods.filter(isTracked).map(({ metadata }) => metadata.uid ?? ""));
  const before = job.status?.uncountedTerminatedPods ?? {};
  const room = MAX_UNCOUNTED - (before.succeeded?.length ?? 0) - (before.failed?.length ?? 0);
  const ended = [...(isIndexed(job) ? [] : count.newlySucceeded), ...count.newlyFailed].slice(0, Math.max(room, 0));
  const listed = (uids: readonly string[] | undefined, fresh: readonly Pod[]): string[] => [
    ...(uids ?? []).filter((uid) => held.has(uid)),
    ...ended.filter((pod) => fresh.includes(pod)).map(({ metadata }) => metadata.uid ?? ""),
  ];
  const counted = (uids: readonly string[] | undefined): number => (uids ?? []).filter((uid) => !held.has(uid)).length;
  const succeeded = listed(before.succeeded, count.newlySucceeded);
  const failed = listed(before.failed, count.newlyFailed);
  return {
    succeeded: isIndexed(job) ? count.doneIndexes.size : (job.status?.succeeded ?? 0) + counted(before.succeeded),
    failed: (job.status?.failed ?? 0) + counted(before.failed),
    uncounted: { ...(succeeded.length > 0 && { succeeded }), ...(failed.length > 0 && { failed }) },
  };
}

function startTimeOf({ job: { spec, status }, now }: JobObservation): string | undefined {
  if (spec.suspend === true) return status?.startTime;
  const isResumed = findCondition(status?.conditions, "Suspended")?.status === "True";
  return isResumed ? now : (status?.startTime ?? now);
}

function conditionsOf({ job, verdict, minor, now }: JobObservation): Condition[] {
  const present = [...(job.status?.conditions ?? [])];
  const add = (type: string, { reason, message }: { reason?: string; message?: string }): void => {
    const told = { ...(reason !== undefined && { reason }), ...(message !== undefined && { message }) };
    present.push({ type, status: "True", lastProbeTime: now, lastTransitionTime: now, ...told });
  };
  if (verdict?.type === "Failed") {
    if (minor >= REASON_SINCE && findCondition(present, "FailureTarget") === undefined) add("FailureTarget", verdict);
    add("Failed", verdict);
  } else if (verdict?.type === "Complete") {
    if (minor >= REASON_SINCE && findCondition(present, "SuccessCriteriaMet") === undefined) add("SuccessCriteriaMet", verdict);
    add("Complete", minor >= REASON_SINCE ? verdict : {});
  } else return withSuspension(job, present, now);
  return present;
}

/** Source: job_controller.go, ensureJobConditionStatus. */
function withSuspension({ spec }: Job, conditions: readonly Condition[], now: string): Condition[] {
  const before = findCondition(conditions, "Suspended");
  const isSuspended = spec.suspend === true;
  if ((before?.status === "True") === isSuspended) return [...conditions];
  const [reason, message] = isSuspended ? ["JobSuspended", "Job suspended"] : ["JobResumed", "Job resumed"];
  const next: Condition = {
    type: "Suspended",
    status: isSuspended ? "True" : "False",
    lastProbeTime: now,
    lastTransitionTime: now,
    reason,
    message,
  };
  return before === undefined ? [...conditions, next] : conditions.map((each) => (each === before ? next : each));
}
