import type { Random } from "#lib";
import type { NodeState } from "../node-state.ts";
import { namedNodes } from "../plugins/node-affinity/node-affinity.ts";
import type { SchedulerProfile } from "../profiles/profile.ts";
import type { ClusterView } from "./cluster-view.ts";
import { type ClassVerdicts, filterBesideNominated, filterNode, PodFilters, type PreparedFilters } from "./filters.ts";
import { prepareScores, ScoreBoard } from "./scores.ts";
import type { Rejection } from "./status.ts";

/** A node that cannot take a pod, and why not. */
export interface Refusal {
  readonly node: NodeState;
  readonly rejection: Rejection;
}

/** Why no node can take a pod. */
export interface Diagnosis {
  readonly nodeCount: number;
  /** Nodes by reason. */
  readonly reasons: ReadonlyMap<string, number>;
  /** Each node that was looked at; none when {@link refusal} is set. */
  readonly refusals: readonly Refusal[];
  /** Why not even a node was looked at. */
  readonly refusal: Rejection | undefined;
}

/** Where a pod goes, or why it cannot go anywhere. */
export type Placement = { readonly kind: "placed"; readonly node: NodeState } | ({ readonly kind: "unschedulable" } & Diagnosis);

/** All nodes are looked at up to this number, and never fewer than it when there are more. */
const MIN_FEASIBLE_NODES = 100;
const MIN_PERCENTAGE = 5;

/**
 * How many nodes that can take the pod are enough to choose among.
 * Source: pkg/scheduler/schedule_one.go, numFeasibleNodesToFind. Differs from AKS: releases before 1.14 took half of the nodes.
 *
 * @param wanted the profile's percentage; 0 for one that falls with the number of nodes.
 */
export function feasibleNodesToFind(nodeCount: number, wanted = 0): number {
  if (nodeCount < MIN_FEASIBLE_NODES) return nodeCount;
  const percentage = wanted === 0 ? Math.max(50 - Math.floor(nodeCount / 125), MIN_PERCENTAGE) : wanted;
  return Math.max(Math.floor((nodeCount * percentage) / 100), MIN_FEASIBLE_NODES);
}

/** Chooses nodes for pods, one after another; the next pod's search starts where the last one's ended. */
export class Placer {
  readonly #random: Random;
  readonly #scores = new ScoreBoard();
  #start = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /**
   * Filters, scores and chooses; the node that the pod is nominated to comes first.
   * Source: schedule_one.go, schedulePod and findNodesThatFitPod.
   */
  place(filters: PodFilters, cluster: ClusterView): Placement {
    const { nodes } = cluster;
    const { pod, profile } = filters;
    const { refusal } = filters.current;
    if (refusal !== undefined) return refused(nodes.length, refusal);
    const search = new Search(filters, cluster);
    const nominated = cluster.nominations.nodeOf(pod.key);
    if (nominated !== undefined) search.tryNode(cluster.byName(nominated));
    if (search.feasible.length === 0) this.#tryOthers(search, filters, cluster);
    if (search.feasible.length === 0) return unschedulable(search, nodes.length, profile);
    return { kind: "placed", node: this.#choose(filters, cluster, search.feasible) };
  }

  #tryOthers(search: Search, { pod, profile }: PodFilters, cluster: ClusterView): void {
    search.forget();
    const named = profile.narrows ? namedNodes(pod.pod.spec) : undefined;
    for (const name of named ?? []) search.tryNode(cluster.byName(name));
    // Older releases look at the other nodes too, which the affinity keeps off: it shows in what they say when no node is left.
    const looksOn = named === undefined || (profile.release.narrowing === undefined && search.feasible.length === 0);
    if (!looksOn) return;
    search.forget();
    this.#tryAll(search, cluster.nodes, profile);
  }

  #tryAll(search: Search, nodes: readonly NodeState[], { scores, percentageOfNodesToScore }: SchedulerProfile): void {
    // Without anything to compare nodes by, the first is as good as any.
    const enough = scores.length === 0 ? 1 : feasibleNodesToFind(nodes.length, percentageOfNodesToScore);
    let tried = 0;
    let at = this.#start < nodes.length ? this.#start : 0;
    while (tried < nodes.length && search.feasible.length < enough) {
      search.tryNode(nodes[at]);
      tried++;
      at = at + 1 < nodes.length ? at + 1 : 0;
    }
    this.#start = at;
  }

  /** One of those with the highest score, each as likely as the other. Source: schedule_one.go, selectHost. */
  #choose({ pod, profile }: PodFilters, cluster: ClusterView, feasible: readonly NodeState[]): NodeState {
    const [only] = feasible;
    if (feasible.length === 1 && only !== undefined) return only;
    const totals = this.#scores.scoreNodes(prepareScores(pod, { cluster, feasible, profile }), feasible);
    let best = -1;
    let ties = 0;
    for (let index = 0; index < totals.length; index++) {
      const total = totals[index] as number;
      if (total > best) {
        best = total;
        ties = 1;
      } else if (total === best) ties++;
    }
    let index = totals.indexOf(best);
    for (let skip = ties === 1 ? 0 : this.#random.int(ties); skip > 0; skip--) index = totals.indexOf(best, index + 1);
    return feasible[index] as NodeState;
  }
}

function unschedulable({ refusals }: Search, nodeCount: number, { release }: SchedulerProfile): Placement {
  const reasons = new Map<string, number>();
  const count = (reason: string, nodes: number): void => void reasons.set(reason, (reasons.get(reason) ?? 0) + nodes);
  for (const { rejection } of refusals) for (const reason of rejection.reasons) count(reason, 1);
  const leftOut = nodeCount - refusals.length;
  const leftOutReason = release.narrowing?.reason;
  if (leftOut > 0 && leftOutReason !== undefined) count(leftOutReason, leftOut);
  return { kind: "unschedulable", nodeCount, reasons, refusals, refusal: undefined };
}

function refused(nodeCount: number, refusal: Rejection): Placement {
  return {
    kind: "unschedulable",
    nodeCount,
    reasons: new Map(refusal.reasons.map((reason) => [reason, nodeCount])),
    refusals: [],
    refusal,
  };
}

class Search {
  feasible: NodeState[] = [];
  refusals: Refusal[] = [];
  readonly #filters: PodFilters;
  readonly #cluster: ClusterView;
  readonly #verdicts: ClassVerdicts = [];
  /** Nobody is nominated: nodes can be asked without looking each up. */
  readonly #prepared: PreparedFilters | undefined;

  constructor(filters: PodFilters, cluster: ClusterView) {
    this.#filters = filters;
    this.#cluster = cluster;
    this.#prepared = cluster.nominations.isEmpty ? filters.current : undefined;
  }

  tryNode(node: NodeState | undefined): void {
    if (node === undefined) return;
    const rejection =
      this.#prepared === undefined
        ? filterBesideNominated(this.#filters, this.#cluster, node, (filters) => filterNode(filters, node, this.#verdicts))
        : filterNode(this.#prepared, node, this.#verdicts);
    if (rejection === undefined) this.feasible.push(node);
    else this.refusals.push({ node, rejection });
  }

  forget(): void {
    this.feasible = [];
    this.refusals = [];
  }
}
