import type { Pod } from "#api/kubernetes/core";
import type { PodDisruptionBudget } from "#api/kubernetes/workloads";
import type { Clock, Logger, Random } from "#lib";
import type { SchedulerCache } from "./cache.ts";
import { CallPool } from "./call-pool.ts";
import { fitMessage } from "./fit-message.ts";
import { type ClassVerdicts, filterNode, PodFilters } from "./framework/filters.ts";
import { type Diagnosis, Placer } from "./framework/placement.ts";
import type { NodeState } from "./node-state.ts";
import type { PodWrites } from "./pod-writes.ts";
import type { PodToPlace } from "./pod-to-place.ts";
import type { ActiveProfiles } from "./profiles/active-profiles.ts";
import { Preemptor } from "./preemption/preemptor.ts";
import type { QueuedPod, SchedulingQueue } from "./queue.ts";
import { volumePlan } from "./plugins/volume-binding/volume-binding.ts";
import type { VolumeBinder, VolumeTask } from "./volumes/volume-binder.ts";
import type { VolumesChange } from "./volumes/volume-facts.ts";
import { ASKING_OTHERS, Wakeups } from "./wakeups.ts";

export interface SchedulingLoopOptions {
  readonly cache: SchedulerCache;
  readonly queue: SchedulingQueue;
  readonly writes: PodWrites;
  readonly volumes: VolumeBinder;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly budgets: () => Iterable<PodDisruptionBudget>;
  readonly profiles: ActiveProfiles;
  /** The pod as the API has it now. */
  readonly latest: (key: string) => Pod | undefined;
}

/** Pods that are placed before the event loop gets its turn. */
const BATCH = 64;

/**
 * Takes pods from the queue, chooses a node and writes the binding. Choosing is synchronous, so nothing changes under it;
 * writing goes on beside it, for the pod counts on its node from the moment it was chosen.
 */
export class SchedulingLoop {
  readonly #options: SchedulingLoopOptions;
  readonly #calls: CallPool;
  readonly #wakeups: Wakeups;
  readonly #preemptor: Preemptor;
  /** Some pod waits that could be helped by what happens on other nodes than its own. */
  #isOtherAwaited = false;
  readonly #placer: Placer;
  #isAwake = false;
  #isStopped = false;

  constructor(options: SchedulingLoopOptions) {
    this.#options = options;
    this.#calls = new CallPool(options.log, () => this.wake());
    this.#wakeups = new Wakeups(options.cache);
    this.#preemptor = new Preemptor({ ...options, run: (call) => this.#calls.run(call) });
    this.#placer = new Placer(options.random);
  }

  /** Something on the node may let a waiting pod on. */
  improved(node: NodeState | undefined): void {
    if (node === undefined) return;
    this.#wakeups.improved(node);
    this.wake();
  }

  /** A pod came to a node, left it, or changed there: pods that it attracts or keeps away may fare better on any node. */
  podChanged(pod: () => PodToPlace): void {
    if (!this.#isOtherAwaited) return;
    this.#wakeups.podChanged(pod());
    this.wake();
  }

  /** Claims, volumes, classes or what drivers say of a node changed. */
  volumesChanged(change: VolumesChange): void {
    if (change.kind === "csi-node") return this.improved(this.#options.cache.byName(change.name));
    if (change.kind === "claim") {
      this.#wakeups.claimChanged(change.key);
      this.#options.volumes.claimChanged(change.key);
    } else this.#wakeups.volumesChanged();
    this.wake();
  }

  /** Looks after the queue as soon as the caller's own work is done. */
  wake(): void {
    if (this.#isAwake || this.#isStopped) return;
    this.#isAwake = true;
    queueMicrotask(() => this.#runBatch());
  }

  /** Places no more pods and resolves when the writes under way have ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#calls.idle();
  }

  #runBatch(): void {
    this.#isAwake = false;
    this.#retryHelped();
    for (let placed = 0; placed < BATCH; placed++) {
      if (this.#isStopped || this.#calls.isFull) return;
      const queued = this.#options.queue.pop();
      if (queued === undefined) return;
      this.#attempt(queued);
    }
    this.#isAwake = true;
    setImmediate(() => this.#runBatch());
  }

  /**
   * Lets those waiting pods try again that what has happened could help: a node that got better would take them now, or
   * something changed elsewhere that had kept them off. Source: the queueing hints of the plugins; pkg/scheduler/eventhandlers.go.
   */
  #retryHelped(): void {
    const happenings = this.#wakeups.take();
    if (happenings === undefined) return;
    this.#isOtherAwaited = false;
    this.#options.queue.retryWhere((queued) => {
      if (happenings.helps(queued)) return true;
      if (happenings.nodes.length > 0 && this.#fitsOneOf(queued, happenings.nodes)) return true;
      this.#noteAwaited(queued);
      return false;
    });
  }

  #fitsOneOf(queued: QueuedPod, nodes: readonly NodeState[]): boolean {
    const filters = this.#filtersOf(queued)?.current;
    const verdicts: ClassVerdicts = [];
    return (
      filters !== undefined && filters.refusal === undefined && nodes.some((node) => filterNode(filters, node, verdicts) === undefined)
    );
  }

  #noteAwaited({ refusedBy }: QueuedPod): void {
    for (const plugin of refusedBy) if (ASKING_OTHERS.has(plugin)) this.#isOtherAwaited = true;
  }

  #attempt(queued: QueuedPod): void {
    const { cache, queue } = this.#options;
    const filters = this.#filtersOf(queued);
    if (filters === undefined) return queue.remove(queued.pod.key);
    const placement = this.#placer.place(filters, cache);
    if (placement.kind === "unschedulable") return this.#refuse(queued, filters, placement);
    const plan = volumePlan(queued.pod, placement.node, cache);
    cache.nominations.remove(queued.pod.key);
    cache.assume(queued.pod, placement.node);
    if (plan === undefined) this.#calls.run(() => this.#bind(queued, placement.node.name));
    else
      this.#bindVolumes(queued, {
        pod: queued.pod,
        node: placement.node,
        plan,
        timeoutMs: filters.profile.plugins.volumeBinding.timeoutMs,
      });
  }

  /** A pod that waits for its claims takes no place among the calls. */
  #bindVolumes(queued: QueuedPod, task: VolumeTask): void {
    this.#calls.run(() =>
      this.#options.volumes.begin(task, (failure) => {
        this.#calls.run(async () => {
          if (failure === undefined) await this.#bind(queued, task.node.name);
          else await this.#unbound(queued, `running PreBind plugin "VolumeBinding": ${failure.message}`);
        });
      }),
    );
  }

  /** Nothing for a pod whose scheduler is no profile any more. */
  #filtersOf(queued: QueuedPod): PodFilters | undefined {
    const profile = this.#options.profiles.of(queued.pod.pod);
    if (profile === undefined) return undefined;
    if (queued.filters?.profile !== profile) queued.filters = new PodFilters(queued.pod, profile, this.#options.cache);
    return queued.filters;
  }

  #refuse(queued: QueuedPod, filters: PodFilters, diagnosis: Diagnosis): void {
    const pod = this.#options.latest(queued.pod.key) ?? queued.pod.pod;
    queued.refusedBy = pluginsIn(diagnosis);
    this.#noteAwaited(queued);
    this.#options.queue.addUnschedulable(queued);
    const { result, nominatedNodeName } = this.#preemptor.preempt(filters, diagnosis, pod);
    const message = fitMessage(diagnosis, filters.profile, result);
    const failure = { reason: "Unschedulable", message, ...(nominatedNodeName === undefined ? {} : { nominatedNodeName }) } as const;
    this.#calls.run(() => this.#options.writes.unscheduled(pod, failure));
  }

  async #bind(queued: QueuedPod, nodeName: string): Promise<void> {
    const failure = await this.#options.writes.bind(queued.pod.pod, nodeName);
    if (failure !== undefined) await this.#unbound(queued, `binding rejected: ${failure.message}`);
  }

  /** The pod did not get to the node that was chosen for it. */
  async #unbound(queued: QueuedPod, message: string): Promise<void> {
    const { cache, queue, writes } = this.#options;
    this.improved(cache.forget(queued.pod));
    this.podChanged(() => queued.pod);
    queue.addBackoff(queued);
    const pod = this.#options.latest(queued.pod.key);
    if (pod === undefined || pod.spec.nodeName) return;
    // Source: schedule_one.go, handleBindingCycleError: the nomination has led nowhere.
    await writes.unscheduled(pod, { reason: "SchedulerError", message, nominatedNodeName: "" });
  }
}

function pluginsIn({ refusals, refusal }: Diagnosis): ReadonlySet<string> {
  const names = new Set(refusal?.plugins);
  for (const { rejection } of refusals) for (const plugin of rejection.plugins) names.add(plugin);
  return names;
}
