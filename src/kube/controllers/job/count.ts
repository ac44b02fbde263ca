import type { Pod } from "#api/kubernetes/core";
import type { Job, JobStatus } from "#api/kubernetes/workloads";
import { isPodActive, isPodReady } from "#kube/apimachinery";
import { parseIndexes } from "./indexes.ts";
import { completionIndex, finishedMs, isFailed, isIndexed, isTracked } from "./job-pods.ts";

/** What has become of a job's pods. */
export interface JobCount {
  readonly active: readonly Pod[];
  readonly ready: number;
  readonly terminating: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Of indexed jobs, those that are done. */
  readonly doneIndexes: ReadonlySet<number>;
  /** Pods that have ended and are not in the status yet, by their uid. */
  readonly newlySucceeded: readonly Pod[];
  /** Whether the status counts the pod by its index, which needs no uid. */
  isIndexCounted(pod: Pod): boolean;
  readonly newlyFailed: readonly Pod[];
  /** Failures since the last success, and when the last of them was; milliseconds since the epoch. */
  readonly failuresInARow: number;
  readonly lastFailureMs: number;
}

/**
 * Counts a job's pods. With finalizers, the status says what was counted before: counters, and pods that still have their finalizer.
 * Without, it is what is there now. Source: pkg/controller/job/job_controller.go, syncJob and getNewFinishedPods.
 */
export function countPods(job: Job, pods: readonly Pod[], tracked: boolean): JobCount {
  const status: JobStatus = tracked ? (job.status ?? {}) : {};
  const counted = new Set([...(status.uncountedTerminatedPods?.succeeded ?? []), ...(status.uncountedTerminatedPods?.failed ?? [])]);
  const isNew = (pod: Pod): boolean => (!tracked || isTracked(pod)) && !counted.has(pod.metadata.uid ?? "");
  const succeeded = pods.filter((pod) => pod.status?.phase === "Succeeded");
  const failed = pods.filter((pod) => isFailed(pod, job));
  const newlySucceeded = succeeded.filter(isNew);
  const newlyFailed = failed.filter(isNew);
  const doneIndexes = isIndexed(job) ? indexesDone(job, succeeded) : new Set<number>();
  const lastSuccessMs = Math.max(0, ...succeeded.map(finishedMs));
  const since = failed.map(finishedMs).filter((ms) => ms > lastSuccessMs);
  const active = pods.filter(isPodActive);
  return {
    active,
    ready: active.filter(isPodReady).length,
    terminating: pods.filter(
      ({ metadata, status: { phase } = {} }) => metadata.deletionTimestamp !== undefined && phase !== "Succeeded" && phase !== "Failed",
    ).length,
    succeeded: isIndexed(job)
      ? doneIndexes.size
      : (status.succeeded ?? 0) + (status.uncountedTerminatedPods?.succeeded?.length ?? 0) + newlySucceeded.length,
    failed: (status.failed ?? 0) + (status.uncountedTerminatedPods?.failed?.length ?? 0) + newlyFailed.length,
    doneIndexes,
    newlySucceeded,
    isIndexCounted: (pod) => isIndexed(job) && pod.status?.phase === "Succeeded",
    newlyFailed,
    failuresInARow: since.length,
    lastFailureMs: Math.max(0, ...since),
  };
}

function indexesDone({ spec, status }: Job, succeeded: readonly Pod[]): ReadonlySet<number> {
  const completions = spec.completions ?? 0;
  const done = parseIndexes(status?.completedIndexes, completions);
  for (const pod of succeeded) {
    const index = completionIndex(pod);
    if (index !== undefined && index < completions) done.add(index);
  }
  return done;
}
