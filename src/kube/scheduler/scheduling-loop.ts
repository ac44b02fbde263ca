import type { Pod } from "#api/kubernetes/core";
import type { Logger, Random } from "#lib";
import type { SchedulerCache } from "./cache.ts";
import { CallPool } from "./call-pool.ts";
import { fitMessage } from "./fit-message.ts";
import { type ClassVerdicts, filterNode, prepareFilters, type PreparedFilters } from "./framework/filters.ts";
import { type Diagnosis, Placer } from "./framework/placement.ts";
import type { NodeState } from "./node-state.ts";
import type { PodWrites } from "./pod-writes.ts";
import type { QueuedPod, SchedulingQueue } from "./queue.ts";
import { type SchedulerRelease, schedulerRelease } from "./release.ts";

export interface SchedulingLoopOptions {
  readonly cache: SchedulerCache;
  readonly queue: SchedulingQueue;
  readonly writes: PodWrites;
  readonly random: Random;
  readonly log: Logger;
  /** The cluster's version now. */
  readonly version: () => string;
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
  /** Nodes on which something changed that could help a pod that waits. */
  readonly #improved = new Set<NodeState>();
  #version = "";
  #release: SchedulerRelease;
  #placer: Placer;
  #isAwake = false;
  #isStopped = false;

  constructor(options: SchedulingLoopOptions) {
    this.#options = options;
    this.#calls = new CallPool(options.log, () => this.wake());
    this.#release = schedulerRelease(options.version());
    this.#placer = new Placer(this.#release, options.random);
  }

  /** The rules of the cluster's version. */
  get release(): SchedulerRelease {
    const version = this.#options.version();
    if (version !== this.#version) {
      this.#version = version;
      this.#release = schedulerRelease(version);
      this.#placer = new Placer(this.#release, this.#options.random);
    }
    return this.#release;
  }

  /** Something on the node may let a waiting pod on. */
  improved(node: NodeState | undefined): void {
    if (node === undefined) return;
    this.#improved.add(node);
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
   * Lets those waiting pods try again that an improved node would take. Source: the queueing hints of the plugins, which ask the
   * same of the object that changed; pkg/scheduler/eventhandlers.go.
   */
  #retryHelped(): void {
    if (this.#improved.size === 0) return;
    const nodes = [...this.#improved].filter(({ node }) => node !== undefined);
    this.#improved.clear();
    this.#options.queue.retryWhere((queued) => {
      const filters = this.#filtersOf(queued);
      const verdicts: ClassVerdicts = [];
      return nodes.some((node) => filterNode(filters, node, verdicts) === undefined);
    });
  }

  #attempt(queued: QueuedPod): void {
    const { cache } = this.#options;
    const filters = this.#filtersOf(queued);
    const placement = this.#placer.place(queued.pod, cache, filters);
    if (placement.kind === "unschedulable") return this.#refuse(queued, placement);
    cache.assume(queued.pod, placement.node);
    this.#calls.run(() => this.#bind(queued, placement.node.name));
  }

  #filtersOf(queued: QueuedPod): PreparedFilters {
    const { release } = this;
    if (queued.prepared?.release !== release) queued.prepared = { release, filters: prepareFilters(queued.pod, release) };
    return queued.prepared.filters;
  }

  #refuse(queued: QueuedPod, diagnosis: Diagnosis): void {
    const pod = this.#options.latest(queued.pod.key) ?? queued.pod.pod;
    const message = fitMessage(diagnosis, this.release, pod.spec.preemptionPolicy);
    this.#options.queue.addUnschedulable(queued);
    this.#calls.run(() => this.#options.writes.unscheduled(pod, "Unschedulable", message));
  }

  async #bind(queued: QueuedPod, nodeName: string): Promise<void> {
    const { cache, queue, writes } = this.#options;
    const failure = await writes.bind(queued.pod.pod, nodeName);
    if (failure === undefined) return;
    this.improved(cache.forget(queued.pod));
    queue.addBackoff(queued);
    const pod = this.#options.latest(queued.pod.key);
    if (pod !== undefined && !pod.spec.nodeName) await writes.unscheduled(pod, "SchedulerError", `binding rejected: ${failure.message}`);
  }
}
