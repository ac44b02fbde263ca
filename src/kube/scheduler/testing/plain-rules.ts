import type { Pod } from "#api/kubernetes/core";
import { findUntoleratedTaint, requiredNodeMatcher } from "#kube/apimachinery";
import { type AffinityTerm, termConcerns } from "../affinity-terms.ts";
import type { SchedulerCache } from "../cache.ts";
import type { NodeState } from "../node-state.ts";
import { constraintsOf } from "../plugins/pod-topology-spread/constraints.ts";
import { type PodToPlace, podToPlace } from "../pod-to-place.ts";

/**
 * The rules of topology spread and inter-pod affinity as they read, by looking through every pod of every node: what the
 * counting plugins have to agree with.
 */
export function plainSpread(cache: SchedulerCache, pod: Pod, node: NodeState): "ok" | "uneven" | "missing" {
  const incoming = podToPlace(pod);
  const constraints = constraintsOf(incoming, "DoNotSchedule");
  const matches = requiredNodeMatcher(pod.spec);
  for (const { topologyKey, selector, maxSkew, minDomains, honorsAffinity, honorsTaints } of constraints) {
    const value = node.labels?.[topologyKey];
    if (value === undefined) return "missing";
    const domains = new Map<string, number>();
    for (const each of cache.nodes) {
      if (constraints.some((other) => each.labels?.[other.topologyKey] === undefined)) continue;
      if (honorsAffinity && !matches(each)) continue;
      if (honorsTaints && findUntoleratedTaint(each.taints, pod.spec.tolerations) !== undefined) continue;
      const count = selector.empty
        ? 0
        : [...each.pods].filter((other) => isCounted(other, incoming) && selector.matches(other.labels)).length;
      const domain = each.labels?.[topologyKey] ?? "";
      domains.set(domain, (domains.get(domain) ?? 0) + count);
    }
    const least = domains.size < minDomains ? 0 : Math.min(...domains.values());
    const self = selector.matches(incoming.labels) ? 1 : 0;
    if ((domains.get(value) ?? 0) + self - least > maxSkew) return "uneven";
  }
  return "ok";
}

function isCounted(other: PodToPlace, pod: PodToPlace): boolean {
  return other.namespace === pod.namespace && !other.isTerminating;
}

/** As {@link plainSpread}, for required affinity and anti-affinity of the pod and of those that are there. */
export function plainAffinity(cache: SchedulerCache, pod: Pod, node: NodeState): "ok" | "friends" | "foes" | "others" {
  const incoming = podToPlace(pod);
  const { required, requiredAnti } = incoming.terms;
  const labelsOf = (namespace: string): ReturnType<typeof cache.facts.namespaceLabels> => cache.facts.namespaceLabels(namespace);
  const concerns = (term: AffinityTerm, other: PodToPlace): boolean => termConcerns(term, other, labelsOf(other.namespace));
  const isNear = (other: NodeState, key: string): boolean => node.labels?.[key] !== undefined && node.labels[key] === other.labels?.[key];
  const all = cache.nodes.flatMap((at) => [...at.pods].map((other) => ({ at, other })));
  if (required.length > 0) {
    if (required.some(({ topologyKey }) => node.labels?.[topologyKey] === undefined)) return "friends";
    const friends = all.filter(({ other }) => required.every((term) => concerns(term, other)));
    const isMet = required.every(({ topologyKey }) => friends.some(({ at }) => isNear(at, topologyKey)));
    const areSomewhere = friends.some(({ at }) => required.some(({ topologyKey }) => at.labels?.[topologyKey] !== undefined));
    if (!isMet && (areSomewhere || !required.every((term) => concerns(term, incoming)))) return "friends";
  }
  if (all.some(({ at, other }) => requiredAnti.some((term) => concerns(term, other) && isNear(at, term.topologyKey)))) return "foes";
  const isUnwanted = all.some(({ at, other }) =>
    other.terms.requiredAnti.some((term) => concerns(term, incoming) && isNear(at, term.topologyKey)),
  );
  return isUnwanted ? "others" : "ok";
}
