import type { Pod } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import type { Job } from "#api/kubernetes/workloads";
import type { Random, Requeue } from "#lib";
import { controllerOf, findCondition, isPodActive, parseTime } from "#kube/apimachinery";
import { type Informer, objectKey } from "#kube/client";
import { claim } from "../claims.ts";
import type { ControllerContext, EventSink } from "../context.ts";
import { assembleController, type Controller } from "../controller.ts";
import { createExpectations, type Expectations } from "../expectations.ts";
import { subscribeOwnedPods } from "../owned-pods.ts";
import { asOwner, createPodControl, PodBatches, type PodOwner } from "../pod-control.ts";
import { dropFinalizer, found, nameOf, writeStatus } from "../writes.ts";
import { countPods, type JobCount } from "./count.ts";
import { isTracked, jobPod, TRACKING_FINALIZER, usesFinalizers } from "./job-pods.ts";
import { deadlineMs, isFinished, type JobPlan, planJob } from "./plan.ts";
import { jobStatus } from "./status.ts";

/** Jobs that Kubernetes itself runs say nothing, or this. Source: kubernetes/api batch/v1, JobControllerName. */
const OWN_NAME = "kubernetes.io/job-controller";

/** Runs jobs to their end. Source: kubernetes pkg/controller/job/job_controller.go, pkg/controller/ttlafterfinished. */
export function createJobController(context: ControllerContext, random: Random): Controller {
  const sync = new JobSync(context, random);
  const jobs = context.loop("job", (key) => sync.reconcile(key));
  const strays = context.loop("job pods without a job", (key) => sync.release(key));
  const { expectations } = sync;
  const owners = sync.jobs as Informer<Job & { spec: { selector: NonNullable<Job["spec"]["selector"]> } }>;
  return assembleController({
    name: "job",
    loops: [jobs, strays],
    subscribe: () => [
      sync.jobs.subscribe({
        add: (job) => jobs.enqueue(objectKey(job)),
        update: (job) => jobs.enqueue(objectKey(job)),
        delete: (job) => {
          expectations.forget(objectKey(job));
          for (const pod of sync.podsOf(job)) if (isTracked(pod)) strays.enqueue(objectKey(pod));
        },
      }),
      subscribeOwnedPods({ kind: "Job", pods: sync.pods, owners, expectations, enqueue: (key) => jobs.enqueue(key) }),
      sync.pods.subscribe({
        add: (pod) => sync.isStray(pod) && strays.enqueue(objectKey(pod)),
        update: (pod) => sync.isStray(pod) && strays.enqueue(objectKey(pod)),
        delete: () => undefined,
      }),
    ],
  });
}

class JobSync {
  readonly jobs: Informer<Job>;
  readonly pods: Informer<Pod>;
  readonly expectations: Expectations;
  readonly #context: ControllerContext;
  readonly #batches: PodBatches;
  readonly #events: EventSink;
  readonly #random: () => number;

  constructor(context: ControllerContext, random: Random) {
    this.#context = context;
    this.#random = () => random.next();
    this.jobs = context.informers.of(resources.jobs);
    this.pods = context.informers.of(resources.pods);
    this.expectations = createExpectations(() => context.clock.now());
    this.#events = context.events("job-controller");
    this.#batches = new PodBatches(createPodControl(context.client, this.#events), this.expectations);
  }

  podsOf({ metadata }: Job): readonly Pod[] {
    return this.pods.byIndex("owner", metadata.uid ?? "");
  }

  /** A pod that waits to be counted by a job that is gone. */
  isStray(pod: Pod): boolean {
    if (!isTracked(pod)) return false;
    const owner = controllerOf(pod);
    return owner?.kind !== "Job" || this.jobs.get(`${pod.metadata.namespace ?? ""}/${owner.name}`)?.metadata.uid !== owner.uid;
  }

  /** Lets a pod go whose job is gone. Source: job_controller.go, syncOrphanPod. */
  async release(key: string): Promise<void> {
    const pod = this.pods.get(key);
    if (pod !== undefined && this.isStray(pod)) await dropFinalizer(this.#context.client, resources.pods, pod, TRACKING_FINALIZER);
  }

  async reconcile(key: string): Promise<Requeue | void> {
    const job = this.jobs.get(key);
    if (job === undefined) return this.expectations.forget(key);
    if (![undefined, "", OWN_NAME].includes(job.spec.managedBy)) return;
    return isFinished(job) ? await this.#afterEnd(job) : await this.#work(key, asOwner(job, "batch/v1", "Job"));
  }

  async #work(key: string, job: Job & PodOwner): Promise<Requeue | void> {
    const { clock } = this.#context;
    await this.#claim(job);
    const minor = this.#context.minor();
    const tracked = usesFinalizers(minor);
    const pods = this.podsOf(job);
    const count = countPods(job, pods, tracked);
    const isBehind = this.expectations.outstandingMs(key, clock.now()) > 0;
    const plan = planJob(job, pods, count, clock.now());
    const error = isBehind ? undefined : await this.#carryOut(key, job, plan);
    // A job ends when none of its pods runs any more.
    const verdict = plan.kind === "end" && count.active.length === 0 && !isBehind ? plan.verdict : undefined;
    const held = pods.filter((pod) => isTracked(pod) && !isPodActive(pod));
    const status = jobStatus({
      job,
      pods,
      count,
      verdict: held.length === 0 ? verdict : undefined,
      tracked,
      minor,
      now: this.#context.now(),
    });
    const isWritten = await writeStatus(this.#context.client, resources.jobs, job, status);
    if (isWritten) this.#tell(job, status);
    // Counted: what is in the status may go.
    else await this.#letGo(job, held, count);
    if (error !== undefined) throw error;
    return this.#nextLook(key, job, plan);
  }

  async #claim(owner: Job & PodOwner): Promise<void> {
    const { selector } = owner.spec;
    if (selector === undefined) return;
    const orphans = this.pods.byIndex("orphan", owner.metadata.namespace ?? "").filter(isPodActive);
    const claims = { client: this.#context.client, type: resources.pods, owner, ownerType: resources.jobs, selector };
    await claim({ ...claims, owned: this.podsOf(owner), orphans });
  }

  async #carryOut(key: string, job: Job & PodOwner, plan: JobPlan): Promise<unknown> {
    if (plan.kind === "wait") return undefined;
    if (plan.kind !== "create") {
      const pods = plan.kind === "end" ? plan.remove : plan.pods;
      return pods.length === 0 ? undefined : await this.#batches.delete(key, job, pods);
    }
    const options = { minor: this.#context.minor(), random: this.#random };
    return await this.#batches.create(
      key,
      job,
      plan.indexes.map((index) => jobPod(job, index, options)),
    );
  }

  /** Takes the finalizers of pods whose end is in the status. */
  async #letGo({ status, metadata }: Job, held: readonly Pod[], count: JobCount): Promise<void> {
    const { succeeded = [], failed = [] } = status?.uncountedTerminatedPods ?? {};
    const counted = new Set([...succeeded, ...failed]);
    const isDone = (pod: Pod): boolean =>
      counted.has(pod.metadata.uid ?? "") || metadata.deletionTimestamp !== undefined || count.isIndexCounted(pod);
    for (const pod of held) if (isDone(pod)) await dropFinalizer(this.#context.client, resources.pods, pod, TRACKING_FINALIZER);
  }

  /** Source of the texts: job_controller.go, recordJobFinished and syncJob. */
  #tell(job: Job, status: NonNullable<Job["status"]>): void {
    const turned = (type: string): string | undefined => {
      const now = findCondition(status.conditions, type);
      return now?.status === findCondition(job.status?.conditions, type)?.status ? undefined : now?.status;
    };
    const failed = findCondition(status.conditions, "Failed");
    if (turned("Complete") === "True") this.#events.normal(job, "Completed", "Job completed");
    if (turned("Failed") === "True") this.#events.warning(job, failed?.reason ?? "", failed?.message ?? "");
    if (turned("Suspended") === "True") this.#events.normal(job, "Suspended", "Job suspended");
    if (turned("Suspended") === "False") this.#events.normal(job, "Resumed", "Job resumed");
  }

  #nextLook(key: string, job: Job, plan: JobPlan): Requeue | undefined {
    const nowMs = this.#context.clock.now();
    const outstandingMs = this.expectations.outstandingMs(key, nowMs);
    const times = [plan.kind === "wait" ? plan.untilMs : undefined, deadlineMs(job), outstandingMs > 0 ? nowMs + outstandingMs : undefined];
    const next = times.filter((time) => time !== undefined && time > nowMs);
    return next.length === 0 ? undefined : { requeueAfterMs: Math.min(...(next as number[])) - nowMs };
  }

  /** Jobs with a time to live are deleted when it is over. */
  async #afterEnd(job: Job): Promise<Requeue | void> {
    for (const pod of this.podsOf(job))
      if (isTracked(pod)) await dropFinalizer(this.#context.client, resources.pods, pod, TRACKING_FINALIZER);
    const { ttlSecondsAfterFinished } = job.spec;
    if (ttlSecondsAfterFinished === undefined || job.metadata.deletionTimestamp !== undefined) return;
    const ended = ["Complete", "Failed"].map((type) => parseTime(findCondition(job.status?.conditions, type)?.lastTransitionTime) ?? 0);
    const leftMs = Math.max(...ended) + ttlSecondsAfterFinished * 1000 - this.#context.clock.now();
    if (leftMs > 0) return { requeueAfterMs: leftMs };
    const { uid } = job.metadata;
    const options = { propagationPolicy: "Foreground" as const, ...(uid !== undefined && { preconditions: { uid } }) };
    await found(this.#context.client.delete(resources.jobs, nameOf(job), options));
  }
}
