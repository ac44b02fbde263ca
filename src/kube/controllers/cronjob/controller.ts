import type { ObjectReference } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import type { CronJob, Job } from "#api/kubernetes/workloads";
import type { Requeue } from "#lib";
import { isStatus } from "#api/kubernetes/status";
import { controllerOf, controllerReference, equalJson, findCondition, formatTime, parseTime, isTimeZone } from "#kube/apimachinery";
import { type Informer, objectKey } from "#kube/client";
import type { ControllerContext, EventSink } from "../context.ts";
import { assembleController, type Controller } from "../controller.ts";
import { isFinished } from "../job/plan.ts";
import { keyOf } from "../keys.ts";
import { asOwner } from "../pod-control.ts";
import { found, isNamespaceTerminating, messageOf, nameOf, writeStatus } from "../writes.ts";
import { dueAt, parseSchedule, type Schedule } from "./schedule.ts";

type Status = NonNullable<CronJob["status"]>;

/** Added to the next time, so that the clock is past it. Source: pkg/controller/cronjob/cronjob_controllerv2.go, nextScheduleDelta. */
const NEXT_DELTA_MS = 100;
/** Source: kubernetes/api batch/v1, CronJobScheduledTimestampAnnotation, since 1.28. */
const SCHEDULED_AT = "batch.kubernetes.io/cronjob-scheduled-timestamp";
const SCHEDULED_AT_SINCE_MINOR = 28;

/** Makes jobs by schedule. Source: kubernetes pkg/controller/cronjob/cronjob_controllerv2.go. */
export function createCronJobController(context: ControllerContext): Controller {
  const sync = new CronJobSync(context);
  const loop = context.loop("cronjob", (key) => sync.reconcile(key));
  const enqueueOwner = (job: Job): void => {
    const owner = controllerOf(job);
    if (owner?.kind === "CronJob") loop.enqueue(keyOf(job.metadata.namespace, owner.name));
  };
  return assembleController({
    name: "cronjob",
    loops: [loop],
    subscribe: () => [
      sync.cronJobs.subscribe({
        add: (object) => loop.enqueue(objectKey(object)),
        update: (object) => loop.enqueue(objectKey(object)),
        delete: () => undefined,
      }),
      sync.jobs.subscribe({ add: enqueueOwner, update: enqueueOwner, delete: enqueueOwner }),
    ],
  });
}

class CronJobSync {
  readonly cronJobs: Informer<CronJob>;
  readonly jobs: Informer<Job>;
  readonly #context: ControllerContext;
  readonly #events: EventSink;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.cronJobs = context.informers.of(resources.cronJobs);
    this.jobs = context.informers.of(resources.jobs);
    this.#events = context.events("cronjob-controller");
  }

  async reconcile(key: string): Promise<Requeue | void> {
    const object = this.cronJobs.get(key);
    if (object === undefined) return;
    const cronJob = asOwner(object, "batch/v1", "CronJob");
    const jobs = this.jobs.byIndex("owner", cronJob.metadata.uid ?? "");
    const status = this.#lookBack(cronJob, jobs);
    const schedule = this.#scheduleOf(cronJob);
    const nextMs = schedule === undefined ? undefined : await this.#start(cronJob, status, schedule);
    await this.#forgetOld(cronJob, jobs);
    if (!equalJson(status, cronJob.status ?? {})) await writeStatus(this.#context.client, resources.cronJobs, object, status);
    return nextMs === undefined ? undefined : { requeueAfterMs: Math.max(nextMs - this.#context.clock.now(), 0) + NEXT_DELTA_MS };
  }

  /** What has become of the jobs that were started. */
  #lookBack(cronJob: CronJob, jobs: readonly Job[]): Status {
    const active = (cronJob.status?.active ?? []).filter((reference) => {
      const job = jobs.find(({ metadata }) => metadata.uid === reference.uid);
      if (job === undefined) this.#events.normal(cronJob, "MissingJob", `Active job went missing: ${reference.name ?? ""}`);
      else if (isFinished(job))
        this.#events.normal(cronJob, "SawCompletedJob", `Saw completed job: ${job.metadata.name}, condition: ${endOf(job)}`);
      return job !== undefined && !isFinished(job);
    });
    const successes = jobs.map(({ status }) => status?.completionTime).filter((time) => time !== undefined);
    const last = [cronJob.status?.lastSuccessfulTime, ...successes]
      .filter((time) => time !== undefined)
      .toSorted()
      .at(-1);
    const { lastScheduleTime } = cronJob.status ?? {};
    return {
      ...(active.length > 0 && { active }),
      ...(lastScheduleTime !== undefined && { lastScheduleTime }),
      ...(last !== undefined && { lastSuccessfulTime: last }),
    };
  }

  /** Undefined when nothing may be started: suspended, being deleted, or a schedule that is none. */
  #scheduleOf(cronJob: CronJob): Schedule | undefined {
    const { schedule = "", timeZone, suspend } = cronJob.spec;
    if (cronJob.metadata.deletionTimestamp !== undefined) return undefined;
    if (timeZone !== undefined && !isTimeZone(timeZone)) {
      this.#events.warning(cronJob, "UnknownTimeZone", `invalid timeZone: ${JSON.stringify(timeZone)}: unknown time zone ${timeZone}`);
      return undefined;
    }
    if (suspend === true) return undefined;
    try {
      return parseSchedule(schedule, timeZone);
    } catch (error) {
      this.#events.warning(cronJob, "UnparseableSchedule", `unparseable schedule: ${JSON.stringify(schedule)} : ${messageOf(error)}`);
      return undefined;
    }
  }

  /** Starts what is due; returns when to look again. Changes `status` by what it starts. */
  async #start(cronJob: CronJob & { apiVersion: string; kind: string }, status: Status, schedule: Schedule): Promise<number | undefined> {
    const { clock } = this.#context;
    const { startingDeadlineSeconds, concurrencyPolicy } = cronJob.spec;
    const nowMs = clock.now();
    const lastMs = parseTime(status.lastScheduleTime) ?? parseTime(cronJob.metadata.creationTimestamp) ?? nowMs;
    const earliestMs = startingDeadlineSeconds === undefined ? lastMs : Math.max(lastMs, nowMs - startingDeadlineSeconds * 1000);
    const due = dueAt(schedule, earliestMs, nowMs);
    if (due.atMs === undefined) return due.nextMs;
    if (due.isManyMissed)
      this.#events.warning(
        cronJob,
        "TooManyMissedTimes",
        "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew",
      );
    if (concurrencyPolicy === "Forbid" && (status.active?.length ?? 0) > 0) {
      this.#events.normal(
        cronJob,
        "JobAlreadyActive",
        "Not starting job because prior execution is running and concurrency policy is Forbid",
      );
      return due.nextMs;
    }
    if (concurrencyPolicy === "Replace") for (const reference of status.active ?? []) await this.#replace(cronJob, reference);
    const job = await this.#create(cronJob, due.atMs);
    if (job === undefined) return due.nextMs;
    status.active = [...(concurrencyPolicy === "Replace" ? [] : (status.active ?? [])), referenceTo(job)];
    status.lastScheduleTime = formatTime(due.atMs);
    return due.nextMs;
  }

  /** Its name says for when it is, so that it is never made twice. Source: pkg/controller/cronjob/utils.go, getJobName. */
  async #create(cronJob: CronJob & { apiVersion: string; kind: string }, atMs: number): Promise<Job | undefined> {
    const { client } = this.#context;
    const job = this.#jobFor(cronJob, atMs);
    try {
      const created = await client.create(resources.jobs, job);
      this.#events.normal(cronJob, "SuccessfulCreate", `Created job ${created.metadata.name}`);
      return created;
    } catch (error) {
      if (isNamespaceTerminating(error)) return undefined;
      if (isStatus(error, "AlreadyExists")) {
        const present = await client.get(resources.jobs, nameOf(job));
        return controllerOf(present)?.uid === cronJob.metadata.uid ? present : undefined;
      }
      this.#events.warning(cronJob, "FailedCreate", `Error creating job: ${messageOf(error)}`);
      throw error;
    }
  }

  #jobFor(cronJob: CronJob & { apiVersion: string; kind: string }, atMs: number): Job {
    const { metadata = {}, spec = {} } = cronJob.spec.jobTemplate ?? {};
    const scheduled = this.#context.minor() >= SCHEDULED_AT_SINCE_MINOR ? { [SCHEDULED_AT]: formatTime(atMs) } : {};
    return {
      metadata: {
        name: `${cronJob.metadata.name}-${Math.floor(atMs / 60_000)}`,
        ...(cronJob.metadata.namespace !== undefined && { namespace: cronJob.metadata.namespace }),
        ...(metadata.labels !== undefined && { labels: { ...metadata.labels } }),
        annotations: { ...metadata.annotations, ...scheduled },
        ownerReferences: [controllerReference(cronJob)],
      },
      spec,
    };
  }

  async #replace(cronJob: CronJob, { name = "", namespace, uid }: ObjectReference): Promise<void> {
    const target = namespace === undefined ? { name } : { name, namespace };
    await this.#delete(target, uid);
    this.#events.normal(cronJob, "SuccessfulDelete", `Deleted job ${name}`);
  }

  /** Source: cronjob_controllerv2.go, cleanupFinishedJobs. */
  async #forgetOld(cronJob: CronJob, jobs: readonly Job[]): Promise<void> {
    const { successfulJobsHistoryLimit = 3, failedJobsHistoryLimit = 1 } = cronJob.spec;
    const kept = { Complete: successfulJobsHistoryLimit, Failed: failedJobsHistoryLimit };
    for (const end of ["Complete", "Failed"] as const) {
      const ended = jobs
        .filter((job) => isFinished(job) && endOf(job) === end && job.metadata.deletionTimestamp === undefined)
        .toSorted((a, b) => (parseTime(b.status?.startTime) ?? 0) - (parseTime(a.status?.startTime) ?? 0));
      for (const job of ended.slice(kept[end])) {
        await this.#delete(nameOf(job), job.metadata.uid);
        this.#events.normal(cronJob, "SuccessfulDelete", `Deleted job ${job.metadata.name}`);
      }
    }
  }

  async #delete(name: { name: string; namespace?: string }, uid: string | undefined): Promise<void> {
    const preconditions = uid === undefined ? {} : { preconditions: { uid } };
    await found(this.#context.client.delete(resources.jobs, name, { propagationPolicy: "Background", ...preconditions }));
  }
}

function endOf({ status }: Job): "Complete" | "Failed" {
  return findCondition(status?.conditions, "Complete")?.status === "True" ? "Complete" : "Failed";
}

function referenceTo({ metadata: { name, namespace, uid, resourceVersion } }: Job): ObjectReference {
  return {
    kind: "Job",
    apiVersion: "batch/v1",
    name,
    ...(namespace !== undefined && { namespace }),
    ...(uid !== undefined && { uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
  };
}
