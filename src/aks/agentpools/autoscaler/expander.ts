import type { Node, Pod } from "#api/kubernetes/core";
import { amountsOf } from "#kube/apimachinery";
import type { Random } from "#lib";
import { byPriority, type Priorities, type PriorityWarning } from "./priorities.ts";
import type { Expander } from "./settings.ts";
import { requestedBy } from "./usage.ts";

/** Nodes of one pool that would take some of the pods. */
export interface Option {
  /** The pool's scale set. */
  readonly group: string;
  readonly pods: readonly Pod[];
  /** How many. */
  readonly nodes: number;
  /** One of them, and what daemon sets put there. */
  readonly template: { readonly node: Node; readonly pods: readonly Pod[] };
}

/** How a choice is made. */
export interface Choice {
  readonly expander: Expander;
  /** What the expander `priority` goes by; undefined when nothing of use is there. */
  readonly priorities: Priorities | undefined;
  readonly random: Pick<Random, "int">;
  /** Told what is wrong with the priorities. */
  readonly warn: (warning: PriorityWarning) => void;
}

/**
 * The option that is taken; equals are drawn from. None of several when the expander lets none through.
 * Source: cluster-autoscaler expander/factory/chain.go, expander/random, mostpods, waste and priority.
 */
export function chosen<T extends Option>(options: readonly T[], choice: Choice): T | undefined {
  const best = filtered(options, choice);
  return best.length === 0 ? undefined : best[choice.random.int(best.length)];
}

function filtered<T extends Option>(options: readonly T[], { expander, priorities, warn }: Choice): readonly T[] {
  if (options.length === 0 || expander === "random") return options;
  if (expander === "priority") return priorities === undefined ? [] : byPriority(options, priorities, warn);
  const score = expander === "most-pods" ? ({ pods }: T): number => -pods.length : wasteOf;
  const scored = options.map((option) => ({ option, score: score(option) }));
  const least = Math.min(...scored.map((each) => each.score));
  return scored.filter((each) => each.score === least).map(({ option }) => option);
}

/** The share of cpu and of memory that would stay unused. Source: expander/waste/waste.go. */
function wasteOf({ pods, nodes, template }: Option): number {
  const allocatable = amountsOf(template.node.status?.allocatable);
  const [own, daemons] = [requestedBy(pods), requestedBy(template.pods)];
  const unused = (resource: string): number => {
    const all = nodes * (allocatable.get(resource) ?? 0);
    return all === 0 ? 0 : 1 - ((own.get(resource) ?? 0) + nodes * (daemons.get(resource) ?? 0)) / all;
  };
  return unused("cpu") + unused("memory");
}
