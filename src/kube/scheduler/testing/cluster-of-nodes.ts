import type { Pod } from "#api/kubernetes/core";
import type { PodDisruptionBudget } from "#api/kubernetes/workloads";
import { seededRandom } from "#lib";
import { SchedulerCache } from "../cache.ts";
import { type ClusterFacts, NO_FACTS } from "../cluster-facts.ts";
import { filterNodePlainly, PodFilters, prepareFilters } from "../framework/filters.ts";
import { Placer } from "../framework/placement.ts";
import { prepareScores, ScoreBoard } from "../framework/scores.ts";
import type { PreemptionOptions } from "../preemption/preemption.ts";
import { podToPlace } from "../pod-to-place.ts";
import { defaultProfile } from "../profiles/profile.ts";
import { makeNode, type NodeOptions } from "./objects.ts";

/** Nodes by name, in the order of the table, with the pods that are on them. */
export type Layout = Readonly<Record<string, NodeOptions & { readonly pods?: readonly Pod[] }>>;

/** A cache with these nodes and pods. */
export function cacheOf(layout: Layout, facts: Partial<ClusterFacts> = {}): SchedulerCache {
  const cache = new SchedulerCache({ ...NO_FACTS, ...facts });
  for (const [name, { pods: _, ...options }] of Object.entries(layout)) cache.setNode(makeNode(name, options));
  for (const [name, { pods = [] }] of Object.entries(layout)) {
    for (const pod of pods) cache.addPod(`${pod.metadata.namespace}/${pod.metadata.name}`, pod, name);
  }
  return cache;
}

/** What the filters say of each node: `ok`, or the reasons. */
export function verdictsOn(cache: SchedulerCache, pod: Pod, version = "1.35.0"): Record<string, string> {
  const filters = prepareFilters(podToPlace(pod), defaultProfile(version), cache);
  return Object.fromEntries(
    cache.nodes.map((node) => [node.name, (filters.refusal ?? filterNodePlainly(filters, node))?.reasons.join(", ") ?? "ok"]),
  );
}

/** The node that a pod of this seed's turn gets, or nothing. */
export function placeOn(cache: SchedulerCache, pod: Pod, version = "1.35.0", seed = 1): string | undefined {
  const placement = new Placer(seededRandom(seed)).place(new PodFilters(podToPlace(pod), defaultProfile(version), cache), cache);
  return placement.kind === "placed" ? placement.node.name : undefined;
}

/** Preemption in a cache whose pods are as they were put there. */
export function preemptionOptions(cluster: SchedulerCache, budgets: readonly PodDisruptionBudget[] = []): PreemptionOptions {
  const pods = new Map([...cluster.nodes].flatMap((node) => [...node.pods].map(({ key, pod }) => [key, pod])));
  return { cluster, random: seededRandom(1), nowMs: () => 0, budgets: () => budgets, latest: (key) => pods.get(key) };
}

/** What one plugin's score makes of each node, all of them taken as feasible; nothing when it likes all alike. */
export function scoresOn(cache: SchedulerCache, pod: Pod, plugin: string, version = "1.35.0"): Record<string, number> {
  const comparison = { cluster: cache, feasible: cache.nodes, profile: defaultProfile(version) };
  const scores: Record<string, number> = {};
  new ScoreBoard().scoreNodes(prepareScores(podToPlace(pod), comparison), cache.nodes, (name, _weight, raw) => {
    if (name === plugin) for (const [index, node] of cache.nodes.entries()) scores[node.name] = raw[index] ?? 0;
  });
  return scores;
}
