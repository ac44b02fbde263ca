import type { Random } from "#lib";
import type { NodeState } from "../node-state.ts";
import { namedNodes } from "../plugins/node-affinity/node-affinity.ts";
import type { PodToPlace } from "../pod-to-place.ts";
import type { SchedulerRelease } from "../release.ts";
import { type ClassVerdicts, filterNode, prepareFilters, type PreparedFilters } from "./filters.ts";
import { prepareScores, ScoreBoard } from "./scores.ts";
import type { Rejection } from "./status.ts";

/** Why no node can take a pod, counted over nodes. */
export interface Diagnosis {
  readonly nodeCount: number;
  /** Nodes by reason. */
  readonly reasons: ReadonlyMap<string, number>;
  /** Nodes on which removing pods could help. */
  readonly resolvableCount: number;
}

/** Where a pod goes, or why it cannot go anywhere. */
export type Placement = { readonly kind: "placed"; readonly node: NodeState } | ({ readonly kind: "unschedulable" } & Diagnosis);

/** The nodes a pod is looked at against. */
export interface NodesToTry {
  /** In an order that stays the same while no node comes or goes. */
  readonly nodes: readonly NodeState[];
  byName(name: string): NodeState | undefined;
}

/** All nodes are looked at up to this number, and never fewer than it when there are more. */
const MIN_FEASIBLE_NODES = 100;
const MIN_PERCENTAGE = 5;

/**
 * How many nodes that can take the pod are enough to choose among.
 * Source: pkg/scheduler/schedule_one.go, numFeasibleNodesToFind. Differs from AKS: releases before 1.14 took half of the nodes.
 */
export function feasibleNodesToFind(nodeCount: number): number {
  if (nodeCount < MIN_FEASIBLE_NODES) return nodeCount;
  const percentage = Math.max(50 - Math.floor(nodeCount / 125), MIN_PERCENTAGE);
  return Math.max(Math.floor((nodeCount * percentage) / 100), MIN_FEASIBLE_NODES);
}

/** Chooses nodes for pods, one after another; the next pod's search starts where the last one's ended. */
export class Placer {
  readonly #release: SchedulerRelease;
  readonly #random: Random;
  readonly #scores = new ScoreBoard();
  #start = 0;

  constructor(release: SchedulerRelease, random: Random) {
    this.#release = release;
    this.#random = random;
  }

  /** Filters, scores and chooses. `filters` may be handed in when they are ready already. */
  place(pod: PodToPlace, nodes: NodesToTry, filters: PreparedFilters = prepareFilters(pod, this.#release)): Placement {
    const named = this.#release.narrowing === undefined ? undefined : namedNodes(pod.pod.spec);
    const search = new Search(filters);
    if (named === undefined) this.#tryAll(search, nodes.nodes);
    else for (const name of named) search.tryNode(nodes.byName(name));
    if (search.feasible.length === 0) return this.#unschedulable(search, nodes.nodes.length);
    return { kind: "placed", node: this.#choose(pod, search.feasible) };
  }

  #tryAll(search: Search, nodes: readonly NodeState[]): void {
    const enough = feasibleNodesToFind(nodes.length);
    let tried = 0;
    let at = this.#start < nodes.length ? this.#start : 0;
    while (tried < nodes.length && search.feasible.length < enough) {
      search.tryNode(nodes[at]);
      tried++;
      at = at + 1 < nodes.length ? at + 1 : 0;
    }
    this.#start = at;
  }

  #unschedulable({ rejections }: Search, nodeCount: number): Placement {
    const reasons = new Map<string, number>();
    let resolvableCount = 0;
    const count = (reason: string, nodes: number): void => void reasons.set(reason, (reasons.get(reason) ?? 0) + nodes);
    for (const rejection of rejections) {
      for (const reason of rejection.reasons) count(reason, 1);
      if (rejection.code === "Unschedulable") resolvableCount++;
    }
    const leftOut = nodeCount - rejections.length;
    const leftOutReason = this.#release.narrowing?.reason;
    if (leftOut > 0 && leftOutReason !== undefined) count(leftOutReason, leftOut);
    return { kind: "unschedulable", nodeCount, reasons, resolvableCount };
  }

  /** One of those with the highest score, each as likely as the other. Source: schedule_one.go, selectHost. */
  #choose(pod: PodToPlace, feasible: readonly NodeState[]): NodeState {
    const [only] = feasible;
    if (feasible.length === 1 && only !== undefined) return only;
    const totals = this.#scores.scoreNodes(prepareScores(pod, this.#release), feasible);
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

class Search {
  readonly feasible: NodeState[] = [];
  readonly rejections: Rejection[] = [];
  readonly #filters: PreparedFilters;
  readonly #verdicts: ClassVerdicts = [];

  constructor(filters: PreparedFilters) {
    this.#filters = filters;
  }

  tryNode(node: NodeState | undefined): void {
    if (node === undefined) return;
    const rejection = filterNode(this.#filters, node, this.#verdicts);
    if (rejection === undefined) this.feasible.push(node);
    else this.rejections.push(rejection);
  }
}
