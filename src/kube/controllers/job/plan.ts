import type { Pod } from "#api/kubernetes/core";
import type { Job } from "#api/kubernetes/workloads";
import { findCondition, parseTime } from "#kube/apimachinery";
import type { JobCount } from "./count.ts";
import { completionIndex, isIndexed } from "./job-pods.ts";

/** Waits after failures: doubling from the first to the longest. Source: pkg/controller/job/job_controller.go. */
export const FIRST_BACKOFF_MS = 10_000;
export const MAX_BACKOFF_MS = 600_000;
/** Pods made or deleted in one run. Source: job_controller.go, MaxPodCreateDeletePerSync. */
const MAX_PODS_PER_RUN = 500;

/** How a job ends. */
export interface Verdict {
  readonly type: "Complete" | "Failed";
  readonly reason: string;
  readonly message: string;
}

/** What to do with a job's pods now. */
export type JobPlan =
  | { readonly kind: "end"; readonly verdict: Verdict; readonly remove: readonly Pod[] }
  | { readonly kind: "remove"; readonly pods: readonly Pod[] }
  /** `indexes` of indexed jobs; else as many as `count`. */
  | { readonly kind: "create"; readonly count: number; readonly indexes: readonly (number | undefined)[] }
  | { readonly kind: "wait"; readonly untilMs?: number };

/** Decides. Source: pkg/controller/job/job_controller.go, syncJob and manageJob. */
export function planJob(job: Job, pods: readonly Pod[], count: JobCount, nowMs: number): JobPlan {
  const failure = failureOf(job, pods, count, nowMs);
  if (failure !== undefined) return { kind: "end", verdict: failure, remove: count.active };
  if (job.metadata.deletionTimestamp !== undefined) return { kind: "wait" };
  if (isComplete(job, count)) return { kind: "end", verdict: completed, remove: [] };
  if (job.spec.suspend === true) return count.active.length > 0 ? { kind: "remove", pods: count.active } : { kind: "wait" };
  return planPods(job, count, nowMs);
}

const completed: Verdict = { type: "Complete", reason: "CompletionsReached", message: "Reached expected number of succeeded pods" };

function failureOf({ spec, status }: Job, pods: readonly Pod[], count: JobCount, nowMs: number): Verdict | undefined {
  const limit = spec.backoffLimit ?? 6;
  if (count.failed > limit || restartsPast(limit, spec.template?.spec.restartPolicy, pods))
    return { type: "Failed", reason: "BackoffLimitExceeded", message: "Job has reached the specified backoff limit" };
  const endMs = deadlineMs({ spec, status });
  if (endMs === undefined || nowMs < endMs) return undefined;
  return { type: "Failed", reason: "DeadlineExceeded", message: "Job was active longer than specified deadline" };
}

/** Source: job_controller.go, pastBackoffLimitOnFailure. */
function restartsPast(limit: number, restartPolicy: string | undefined, pods: readonly Pod[]): boolean {
  if (restartPolicy !== "OnFailure") return false;
  let restarts = 0;
  for (const { status } of pods) {
    if (status?.phase !== "Running" && status?.phase !== "Pending") continue;
    for (const each of [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]) restarts += each.restartCount;
  }
  return limit === 0 ? restarts > 0 : restarts >= limit;
}

/** When the job has been active for too long; milliseconds since the epoch. */
export function deadlineMs({
  spec,
  status,
}: {
  readonly spec: Job["spec"];
  readonly status?: Job["status"] | undefined;
}): number | undefined {
  const startMs = parseTime(status?.startTime);
  if (spec.activeDeadlineSeconds === undefined || startMs === undefined || spec.suspend === true) return undefined;
  return startMs + spec.activeDeadlineSeconds * 1000;
}

function isComplete({ spec }: Job, { succeeded, active }: JobCount): boolean {
  if (active.length > 0) return false;
  return spec.completions === undefined ? succeeded > 0 : succeeded >= spec.completions;
}

function planPods(job: Job, count: JobCount, nowMs: number): JobPlan {
  const { spec } = job;
  const running = count.active.length;
  const parallelism = spec.parallelism ?? 1;
  const wanted =
    spec.completions === undefined
      ? count.succeeded > 0
        ? running
        : parallelism
      : Math.max(Math.min(spec.completions - count.succeeded, parallelism), 0);
  const surplus = surplusPods(job, count, running - wanted);
  if (surplus.length > 0) return { kind: "remove", pods: surplus.slice(0, MAX_PODS_PER_RUN) };
  const replacesLate = spec.podReplacementPolicy === "Failed" ? count.terminating : 0;
  const missing = Math.min(wanted - running - replacesLate, MAX_PODS_PER_RUN);
  if (missing <= 0) return { kind: "wait" };
  const untilMs = backoffEndMs(count);
  if (untilMs > nowMs) return { kind: "wait", untilMs };
  const indexes = isIndexed(job) ? pendingIndexes(job, count, missing) : Array.from({ length: missing }, () => undefined);
  return { kind: "create", count: indexes.length, indexes };
}

/** Pods whose index is done or taken go first, then any. Source: pkg/controller/job/indexed_job_utils.go, appendDuplicatedIndexPodsForRemoval. */
function surplusPods(job: Job, { active, doneIndexes }: JobCount, atLeast: number): readonly Pod[] {
  const seen = new Set<number>();
  const odd = isIndexed(job)
    ? active.filter((pod) => {
        const index = completionIndex(pod);
        if (index === undefined || index >= (job.spec.completions ?? 0) || doneIndexes.has(index) || seen.has(index)) return true;
        seen.add(index);
        return false;
      })
    : [];
  if (odd.length >= atLeast) return odd;
  return [...odd, ...active.filter((pod) => !odd.includes(pod)).slice(0, atLeast - odd.length)];
}

function pendingIndexes({ spec }: Job, { active, doneIndexes }: JobCount, most: number): number[] {
  const taken = new Set([...doneIndexes, ...active.map(completionIndex)]);
  const pending: number[] = [];
  for (let index = 0; index < (spec.completions ?? 0) && pending.length < most; index++) if (!taken.has(index)) pending.push(index);
  return pending;
}

function backoffEndMs({ failuresInARow, lastFailureMs }: JobCount): number {
  if (failuresInARow === 0) return 0;
  return lastFailureMs + Math.min(FIRST_BACKOFF_MS * 2 ** Math.min(failuresInARow - 1, 10), MAX_BACKOFF_MS);
}

/** Whether the job has ended. */
export function isFinished({ status }: Job): boolean {
  return ["Complete", "Failed"].some((type) => findCondition(status?.conditions, type)?.status === "True");
}
