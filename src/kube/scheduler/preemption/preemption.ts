import type { Pod } from "#api/kubernetes/core";
import type { PodDisruptionBudget } from "#api/kubernetes/workloads";
import { findCondition } from "#kube/apimachinery";
import type { Random } from "#lib";
import type { ClusterView } from "../framework/cluster-view.ts";
import type { PodFilters } from "../framework/filters.ts";
import type { Diagnosis, Refusal } from "../framework/placement.ts";
import type { Rejection } from "../framework/status.ts";
import type { NodeState } from "../node-state.ts";
import type { PodToPlace } from "../pod-to-place.ts";
import type { SchedulerProfile } from "../profiles/profile.ts";
import type { SchedulerRelease } from "../release.ts";
import { bestCandidate } from "./candidates.ts";
import { type Candidate, NO_VICTIMS, selectVictims, startMsOf } from "./victims.ts";

/** What came of the search for pods that could make room. */
export type PreemptionResult =
  | { readonly kind: "nominated"; readonly candidate: Candidate }
  /** The pod's profile makes no room. */
  | { readonly kind: "off" }
  /** The pod may not preempt, or has done so and waits. */
  | { readonly kind: "ineligible"; readonly message: string }
  /** No node would do; these reasons, counted over nodes. The pod is nominated to no node any more. */
  | { readonly kind: "none"; readonly reasons: ReadonlyMap<string, number> };

/** The reason and condition of pods that have to make room. */
export const DISRUPTION_TARGET = "DisruptionTarget";
export const PREEMPTION_BY_SCHEDULER = "PreemptionByScheduler";

const NOT_HELPFUL = "Preemption is not helpful for scheduling";
const NEVER = "not eligible due to preemptionPolicy=Never.";
export const VICTIM_TERMINATES = "not eligible due to a terminating pod on the nominated node.";

export interface PreemptionOptions {
  readonly cluster: ClusterView;
  readonly random: Random;
  readonly nowMs: () => number;
  readonly budgets: () => Iterable<PodDisruptionBudget>;
  /** The pod as the API has it now. */
  readonly latest: (key: string) => Pod | undefined;
}

/**
 * Looks for a node on which pods of lower priority could make room; changes nothing.
 * Source: framework/preemption/preemption.go, Preempt.
 */
export function findPreemption(filters: PodFilters, diagnosis: Diagnosis, options: PreemptionOptions): PreemptionResult {
  const { pod, profile } = filters;
  if (!profile.postFilters.includes("DefaultPreemption")) return { kind: "off" };
  const message = ineligibility(pod, profile.release, diagnosis, options);
  if (message !== undefined) return { kind: "ineligible", message };
  const resolvable = diagnosis.refusals.filter(({ rejection }) => rejection.code === "Unschedulable");
  // Most often nobody on any node is less important: no node need be looked at.
  const { candidates, rejections } =
    options.cluster.lowestPriority < pod.priority
      ? dryRun(filters, resolvable, options)
      : { candidates: [], rejections: resolvable.map(() => NO_VICTIMS) };
  if (candidates.length > 0) return { kind: "nominated", candidate: bestCandidate(candidates, startMsBy(options)) };
  const reasons = new Map<string, number>();
  const count = (reason: string, nodes: number): void => void reasons.set(reason, (reasons.get(reason) ?? 0) + nodes);
  for (const rejection of rejections) for (const reason of rejection.reasons) count(reason, 1);
  if (resolvable.length < diagnosis.nodeCount) count(NOT_HELPFUL, diagnosis.nodeCount - resolvable.length);
  return { kind: "none", reasons };
}

/** Source: plugins/defaultpreemption/default_preemption.go, PodEligibleToPreemptOthers. */
function ineligibility(
  pod: PodToPlace,
  release: SchedulerRelease,
  { refusals }: Diagnosis,
  { cluster, latest }: PreemptionOptions,
): string | undefined {
  if (pod.pod.spec.preemptionPolicy === "Never") return NEVER;
  const nodeName = cluster.nominations.nodeOf(pod.key);
  const node = nodeName === undefined ? undefined : cluster.byName(nodeName);
  if (node === undefined || isUnresolvable(refusals, node)) return undefined;
  const isWaiting = [...node.pods].some(({ priority, key }) => priority < pod.priority && terminatesByPreemption(latest(key), release));
  return isWaiting ? VICTIM_TERMINATES : undefined;
}

function isUnresolvable(refusals: readonly Refusal[], node: NodeState): boolean {
  return refusals.some((refusal) => refusal.node === node && refusal.rejection.code === "UnschedulableAndUnresolvable");
}

function terminatesByPreemption(pod: Pod | undefined, { marksVictims }: SchedulerRelease): boolean {
  if (pod?.metadata.deletionTimestamp === undefined) return false;
  if (!marksVictims) return true;
  const condition = findCondition(pod.status?.conditions, DISRUPTION_TARGET);
  return condition?.status === "True" && condition.reason === PREEMPTION_BY_SCHEDULER;
}

/** Looks at nodes from a random one on until there are candidates enough; those that violate no budget come first. */
function dryRun(
  filters: PodFilters,
  resolvable: readonly Refusal[],
  options: PreemptionOptions,
): { readonly candidates: readonly Candidate[]; readonly rejections: readonly Rejection[] } {
  if (resolvable.length === 0) return { candidates: [], rejections: [] };
  const { cluster, random, budgets } = options;
  const trial = { cluster, filters, budgets: [...budgets()], startMs: startMsBy(options) };
  const enough = candidatesEnough(resolvable.length, filters.profile);
  const offset = random.int(resolvable.length);
  const clean: Candidate[] = [];
  const violating: Candidate[] = [];
  const rejections: Rejection[] = [];
  for (let tried = 0; tried < resolvable.length; tried++) {
    const { node } = resolvable[(offset + tried) % resolvable.length] as Refusal;
    const outcome = selectVictims(trial, node);
    if ("code" in outcome) rejections.push(outcome);
    else (outcome.violations === 0 ? clean : violating).push(outcome);
    if (clean.length > 0 && clean.length + violating.length >= enough) break;
  }
  return { candidates: [...clean, ...violating], rejections };
}

/** Source: plugins/defaultpreemption/default_preemption.go, calculateNumCandidates. */
function candidatesEnough(nodes: number, { plugins }: SchedulerProfile): number {
  const { minCandidatePercentage, minCandidates } = plugins.preemption;
  return Math.min(Math.max(Math.floor((nodes * minCandidatePercentage) / 100), minCandidates), nodes);
}

function startMsBy({ latest, nowMs }: PreemptionOptions): (pod: PodToPlace) => number {
  const now = nowMs();
  return ({ key, pod }) => startMsOf((latest(key) ?? pod).status?.startTime, now);
}
