import type { Pod } from "#api/kubernetes/core";
import type { PodDisruptionBudget } from "#api/kubernetes/workloads";
import type { Clock, Random } from "#lib";
import type { ClusterView } from "../framework/cluster-view.ts";
import type { PodFilters } from "../framework/filters.ts";
import type { Diagnosis } from "../framework/placement.ts";
import type { PodWrites } from "../pod-writes.ts";
import type { SchedulingQueue } from "../queue.ts";
import { findPreemption, type PreemptionResult, VICTIM_TERMINATES } from "./preemption.ts";
import type { Candidate } from "./victims.ts";

export interface PreemptorOptions {
  readonly cache: ClusterView;
  readonly queue: Pick<SchedulingQueue, "retry">;
  readonly writes: Pick<PodWrites, "preempt" | "clearNomination">;
  readonly clock: Clock;
  readonly random: Random;
  readonly budgets: () => Iterable<PodDisruptionBudget>;
  readonly latest: (key: string) => Pod | undefined;
  /** Makes calls to the API beside the next choices. */
  readonly run: (call: () => Promise<void>) => void;
}

export interface Preemption {
  readonly result: PreemptionResult;
  /** Empty for none any more; what it was when absent. */
  readonly nominatedNodeName: string | undefined;
}

/** Makes room for pods that found no node. Source: framework/preemption/preemption.go, Preempt and prepareCandidateAsync. */
export class Preemptor {
  readonly #options: PreemptorOptions;
  /** Pods whose victims are being deleted. */
  readonly #underWay = new Set<string>();

  constructor(options: PreemptorOptions) {
    this.#options = options;
  }

  /** Chooses victims if there are some, nominates the pod to their node, and begins to delete them. */
  preempt(filters: PodFilters, diagnosis: Diagnosis, preemptor: Pod): Preemption {
    const { cache: cluster, clock, random, budgets, latest } = this.#options;
    const { pod } = filters;
    if (this.#underWay.has(pod.key)) return { result: { kind: "ineligible", message: VICTIM_TERMINATES }, nominatedNodeName: undefined };
    const result = findPreemption(filters, diagnosis, { cluster, random, budgets, latest, nowMs: () => clock.now() });
    if (result.kind === "ineligible" || result.kind === "off") return { result, nominatedNodeName: undefined };
    cluster.nominations.remove(pod.key);
    if (result.kind === "none") return { result, nominatedNodeName: "" };
    const nodeName = result.candidate.node.name;
    const displaced = cluster.nominations.behind(pod, nodeName);
    for (const { key } of displaced) cluster.nominations.remove(key);
    cluster.nominations.nominate(pod, nodeName);
    this.#underWay.add(pod.key);
    this.#options.run(async () => {
      await Promise.all(displaced.map(({ key, pod: each }) => this.#displace(key, latest(key) ?? each)));
      await this.#evict(result.candidate, filters, preemptor);
    });
    return { result, nominatedNodeName: nodeName };
  }

  async #displace(key: string, pod: Pod): Promise<void> {
    await this.#options.writes.clearNomination(pod);
    this.#options.queue.retry(key);
  }

  /** Pods that are being deleted already need no other call. When a call fails, the pod tries again. */
  async #evict({ node, victims }: Candidate, { pod, profile }: PodFilters, preemptor: Pod): Promise<void> {
    const { latest, writes, queue } = this.#options;
    const left = victims
      .map((victim) => latest(victim.key) ?? victim.pod)
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    const failures = await Promise.all(left.map((victim) => writes.preempt(victim, { preemptor, nodeName: node.name, profile })));
    this.#underWay.delete(pod.key);
    if (failures.some((failure) => failure !== undefined)) queue.retry(pod.key);
  }
}
