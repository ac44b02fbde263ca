import type { NodeState } from "../node-state.ts";
import type { PodToPlace } from "../pod-to-place.ts";
import { hasOwnConstraints, refusesByDefault } from "../plugins/pod-topology-spread/constraints.ts";
import { FILTERS } from "../plugins/registry.ts";
import type { SchedulerProfile } from "../profiles/profile.ts";
import type { ClusterView } from "./cluster-view.ts";
import type { PreparedFilter } from "./plugin.ts";
import { type FilterStatus, joinRejections, type Rejection } from "./status.ts";

/** The filters of one step of the profile's order, made ready for one pod. */
interface PreparedGroup {
  readonly ofClass: readonly PreparedFilter[];
  readonly ofNode: readonly PreparedFilter[];
}

/** All filters made ready for one pod. They see nodes as they are when asked. */
export interface PreparedFilters {
  readonly groups: readonly PreparedGroup[];
  /** Places in `groups` of those that ask nodes, in order. */
  readonly askingNodes: readonly number[];
  /** No node can take the pod, for a reason that is not the nodes'. */
  readonly refusal: Rejection | undefined;
}

/** What the class filters say of a class: the first group that rejects, and its rejection. */
interface ClassVerdict {
  readonly at: number;
  readonly rejection: FilterStatus;
}

/** Verdicts by the index of the class. They hold as long as no node changes its class. */
export type ClassVerdicts = (ClassVerdict | undefined)[];

/** Makes the filters ready for a pod; those that accept every node fall away. */
export function prepareFilters(pod: PodToPlace, profile: SchedulerProfile, cluster: ClusterView): PreparedFilters {
  const groups: PreparedGroup[] = [];
  const askingNodes: number[] = [];
  let refusal: Rejection | undefined;
  for (const names of profile.filterOrder) {
    const ofClass: PreparedFilter[] = [];
    const ofNode: PreparedFilter[] = [];
    for (const name of names) {
      const filter = FILTERS[name].prepare(pod, profile, cluster);
      if (filter === undefined) continue;
      if ("code" in filter) refusal ??= filter;
      else (filter.scope === "class" ? ofClass : ofNode).push(filter);
    }
    if (ofNode.length > 0) askingNodes.push(groups.length);
    if (ofClass.length + ofNode.length > 0) groups.push({ ofClass, ofNode });
  }
  return { groups, askingNodes, refusal };
}

/** A pod's filters, made ready anew when the cluster has changed so that they have to be. */
export class PodFilters {
  readonly pod: PodToPlace;
  readonly profile: SchedulerProfile;
  readonly #cluster: ClusterView;
  #prepared: PreparedFilters;
  #generation: number;
  /** What the profile spreads the pod by depends on the services and controllers that choose it. */
  readonly #asksForKin: boolean;

  constructor(pod: PodToPlace, profile: SchedulerProfile, cluster: ClusterView) {
    this.pod = pod;
    this.profile = profile;
    this.#cluster = cluster;
    this.#asksForKin = refusesByDefault(profile) && !hasOwnConstraints(pod);
    this.#prepared = prepareFilters(pod, profile, cluster);
    this.#generation = this.#generationNow();
  }

  get current(): PreparedFilters {
    const generation = this.#generationNow();
    if (this.#generation !== generation) {
      this.#prepared = prepareFilters(this.pod, this.profile, this.#cluster);
      this.#generation = generation;
    }
    return this.#prepared;
  }

  /** All of them only rise, so their sum stays the same only if each does. */
  #generationNow(): number {
    const { generation, facts } = this.#cluster;
    const ofVolumes = this.pod.claims.length === 0 ? 0 : facts.volumeGeneration;
    return generation + ofVolumes + (this.#asksForKin ? facts.kinGeneration : 0);
  }
}

/**
 * Whether the node can take the pod beside those that are nominated to it and go before this one, and also without them:
 * they may end up elsewhere. Source: pkg/scheduler/framework/runtime/framework.go, RunFilterPluginsWithNominatedPods.
 */
export function filterBesideNominated(
  filters: PodFilters,
  cluster: ClusterView,
  node: NodeState,
  check: (filters: PreparedFilters) => FilterStatus,
): FilterStatus {
  const ahead = cluster.nominations.aheadOf(filters.pod, node.name);
  if (ahead.length > 0) {
    for (const pod of ahead) cluster.putOn(pod, node);
    const rejection = filterNodePlainly(filters.current, node);
    for (const pod of ahead) cluster.takeOff(pod, node);
    if (rejection !== undefined) return rejection;
  }
  return check(filters.current);
}

/**
 * Whether the node can take the pod. Class filters are asked once per class and remembered in `verdicts`.
 * Equals {@link filterNodePlainly}, only faster.
 */
export function filterNode(filters: PreparedFilters, node: NodeState, verdicts: ClassVerdicts): FilterStatus {
  const { groups, askingNodes } = filters;
  const index = node.nodeClass?.index ?? -1;
  const verdict = (index < 0 ? undefined : verdicts[index]) ?? classVerdict(groups, node, verdicts);
  for (const at of askingNodes) {
    if (at > verdict.at) break;
    const own = checkAll((groups[at] as PreparedGroup).ofNode, node);
    if (own === undefined) continue;
    return at === verdict.at && verdict.rejection !== undefined ? joinRejections([verdict.rejection, own]) : own;
  }
  return verdict.rejection;
}

/** Whether the node can take the pod, asking every filter about the node itself. */
export function filterNodePlainly({ groups }: PreparedFilters, node: NodeState): FilterStatus {
  for (const { ofClass, ofNode } of groups) {
    const rejection = checkAll([...ofClass, ...ofNode], node);
    if (rejection !== undefined) return rejection;
  }
  return undefined;
}

function classVerdict(groups: readonly PreparedGroup[], node: NodeState, verdicts: ClassVerdicts): ClassVerdict {
  let verdict: ClassVerdict = { at: groups.length, rejection: undefined };
  for (let at = 0; at < groups.length && verdict.rejection === undefined; at++) {
    const rejection = checkAll((groups[at] as PreparedGroup).ofClass, node);
    if (rejection !== undefined) verdict = { at, rejection };
  }
  if (node.nodeClass !== undefined) verdicts[node.nodeClass.index] = verdict;
  return verdict;
}

function checkAll(filters: readonly PreparedFilter[], node: NodeState): FilterStatus {
  let rejection: Rejection | undefined;
  for (const filter of filters) {
    const status = filter.check(node);
    if (status !== undefined) rejection = rejection === undefined ? status : joinRejections([rejection, status]);
  }
  return rejection;
}
