import type {
  ExplainedNode,
  ExplainedPool,
  ExplainedProfile,
  ExplainedScore,
  PodExplanation,
  PodStanding,
  RefusalCount,
} from "#api/explain";
import type { Pod } from "#api/kubernetes/core";
import { findCondition, isPodTerminal } from "#kube/apimachinery";
import type { SchedulerCache } from "../cache.ts";
import { filterBesideNominated, filterNodePlainly, PodFilters } from "../framework/filters.ts";
import type { Refusal } from "../framework/placement.ts";
import { prepareScores, ScoreBoard } from "../framework/scores.ts";
import type { Rejection } from "../framework/status.ts";
import type { NodeState } from "../node-state.ts";
import { podToPlace } from "../pod-to-place.ts";
import { defaultProfile, type SchedulerProfile } from "../profiles/profile.ts";

const MAX_BEST_NODES = 5;
/** Labels that name a node's pool, the newer first. Source: AKS docs, "Reserved system prefixes". */
const POOL_LABELS = ["kubernetes.azure.com/agentpool", "agentpool"];

export interface ExplainOptions {
  readonly cache: SchedulerCache;
  /** The pod's; nothing for a pod of another scheduler. */
  readonly profile: SchedulerProfile | undefined;
  /** The cluster's version: pods of other schedulers are explained by its default profile. */
  readonly version: string;
}

/**
 * What every filter and score makes of a pod now. Every node is asked, unlike when a pod is placed; a pod that is on a node
 * is taken for one that is not, so that its own node shows what spoke for it. Nothing is changed.
 */
export function explainPod(pod: Pod, options: ExplainOptions): PodExplanation {
  const { cache, profile = defaultProfile(options.version) } = options;
  const key = `${pod.metadata.namespace ?? "default"}/${pod.metadata.name}`;
  return cache.without(key, () => {
    const filters = new PodFilters(podToPlace(withoutNode(pod)), profile, cache);
    const { feasible, refusals } = survey(filters, cache);
    const refusal = filters.current.refusal?.reasons.join(", ");
    return {
      apiVersion: "lido/v1",
      kind: "PodExplanation",
      ...standingOf(pod, options),
      ...(options.profile === undefined ? {} : { profile: explained(profile) }),
      ...(refusal === undefined ? {} : { refusal }),
      nodeCount: cache.nodes.length,
      feasibleCount: feasible.length,
      pools: poolsOf(cache.nodes, feasible, refusals),
      bestNodes: bestNodes(filters, feasible, cache),
    };
  });
}

function explained({ name, filterOrder, scores, percentageOfNodesToScore }: SchedulerProfile): ExplainedProfile {
  return {
    name,
    filters: filterOrder.flat(),
    scores: scores.map(({ name: plugin, weight }) => ({ plugin, weight })),
    percentageOfNodesToScore,
  };
}

function withoutNode(pod: Pod): Pod {
  const { nodeName: _, ...spec } = pod.spec;
  return { ...pod, spec };
}

function survey(filters: PodFilters, cache: SchedulerCache): { feasible: readonly NodeState[]; refusals: readonly Refusal[] } {
  const feasible: NodeState[] = [];
  const refusals: Refusal[] = [];
  for (const node of cache.nodes) {
    const rejection = filterBesideNominated(filters, cache, node, (prepared) => prepared.refusal ?? filterNodePlainly(prepared, node));
    if (rejection === undefined) feasible.push(node);
    else refusals.push({ node, rejection });
  }
  return { feasible, refusals };
}

function standingOf(
  pod: Pod,
  { cache, profile }: ExplainOptions,
): Pick<PodExplanation, "namespace" | "name" | "standing" | "nodeName" | "nominatedNodeName" | "message"> {
  const { namespace = "default", name } = pod.metadata;
  const { nodeName } = pod.spec;
  const nominatedNodeName = nodeName ? undefined : cache.nominations.nodeOf(`${namespace}/${name}`);
  const message = findCondition(pod.status?.conditions, "PodScheduled")?.message;
  return {
    namespace,
    name,
    standing: standing(pod, profile),
    ...(nodeName ? { nodeName } : {}),
    ...(nominatedNodeName === undefined ? {} : { nominatedNodeName }),
    ...(message === undefined ? {} : { message }),
  };
}

function standing(pod: Pod, profile: SchedulerProfile | undefined): PodStanding {
  if (isPodTerminal(pod)) return "ended";
  if (pod.spec.nodeName) return "placed";
  if (pod.metadata.deletionTimestamp !== undefined) return "deleted";
  if (profile === undefined) return "foreign";
  return (pod.spec.schedulingGates?.length ?? 0) > 0 ? "gated" : "waiting";
}

function poolOf({ labels }: NodeState): string {
  return POOL_LABELS.map((label) => labels?.[label]).find((name) => name !== undefined) ?? "";
}

function poolsOf(nodes: readonly NodeState[], feasible: readonly NodeState[], refusals: readonly Refusal[]): readonly ExplainedPool[] {
  const pools = new Map<string, { nodeCount: number; feasibleCount: number; refusals: Map<string, RefusalCount> }>();
  const at = (node: NodeState): { nodeCount: number; feasibleCount: number; refusals: Map<string, RefusalCount> } => {
    const name = poolOf(node);
    let pool = pools.get(name);
    if (pool === undefined) pools.set(name, (pool = { nodeCount: 0, feasibleCount: 0, refusals: new Map() }));
    return pool;
  };
  for (const node of nodes) at(node).nodeCount++;
  for (const node of feasible) at(node).feasibleCount++;
  for (const { node, rejection } of refusals) for (const each of attributed(rejection)) count(at(node).refusals, each);
  return [...pools]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, pool]) => ({
      name,
      ...pool,
      refusals: [...pool.refusals.values()].sort((one, other) => other.nodeCount - one.nodeCount),
    }));
}

function count(refusals: Map<string, RefusalCount>, { plugin, reason }: Omit<RefusalCount, "nodeCount">): void {
  const key = `${plugin}/${reason}`;
  refusals.set(key, { plugin, reason, nodeCount: (refusals.get(key)?.nodeCount ?? 0) + 1 });
}

/** One plugin may give several reasons; of several plugins that refused a node together, each gave one or the first the rest. */
function attributed({ plugins, reasons }: Rejection): readonly Omit<RefusalCount, "nodeCount">[] {
  const surplus = reasons.length - plugins.length;
  return reasons.map((reason, index) => ({ plugin: plugins[Math.max(index - surplus, 0)] ?? "", reason }));
}

function bestNodes({ pod, profile }: PodFilters, feasible: readonly NodeState[], cache: SchedulerCache): readonly ExplainedNode[] {
  if (feasible.length === 0) return [];
  const scores = feasible.map((): ExplainedScore[] => []);
  const prepared = prepareScores(pod, { cluster: cache, feasible, profile });
  const totals = new ScoreBoard().scoreNodes(prepared, feasible, (plugin, weight, raw) => {
    for (const [index, list] of scores.entries()) list.push({ plugin, weight, score: raw[index] ?? 0 });
  });
  return feasible
    .map((node, index) => ({ name: node.name, pool: poolOf(node), total: totals[index] ?? 0, scores: scores[index] ?? [] }))
    .sort((one, other) => other.total - one.total || (one.name < other.name ? -1 : 1))
    .slice(0, MAX_BEST_NODES);
}
