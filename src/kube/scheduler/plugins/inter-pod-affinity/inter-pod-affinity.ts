import { everything } from "#kube/apimachinery";
import { type AffinityTerm, hasTerms, resolvedReach, termConcerns } from "../../affinity-terms.ts";
import type { ClusterView } from "../../framework/cluster-view.ts";
import type { FilterPlugin, Scope } from "../../framework/plugin.ts";
import { unresolvable, unschedulable } from "../../framework/status.ts";
import { PER_NODE_LABELS } from "../../node-class.ts";
import type { NodeState } from "../../node-state.ts";
import type { Reach } from "../../placed-pods/label-buckets.ts";
import { PodCount } from "../../placed-pods/pod-count.ts";
import type { Tally } from "../../placed-pods/tally.ts";
import type { PodToPlace } from "../../pod-to-place.ts";

const NAME = "InterPodAffinity";
const NO_FRIENDS = unresolvable(NAME, "node(s) didn't match pod affinity rules");
const FOES = unschedulable(NAME, "node(s) didn't match pod anti-affinity rules");
const FOE_OF_OTHERS = unschedulable(NAME, "node(s) didn't satisfy existing pods anti-affinity rules");

/**
 * Rejects nodes whose topology lacks the pods that this one has to be with, or has pods that it must not be with, or pods
 * that must not be with it. Source: plugins/interpodaffinity/filtering.go, Filter.
 */
export const interPodAffinity: FilterPlugin = {
  name: NAME,
  prepare(pod, _profile, cluster) {
    const forbidding = cluster.placedPods.terms.forbidding(pod, cluster.facts.namespaceLabels(pod.namespace));
    if (forbidding.length === 0 && !hasTerms(pod.terms)) return undefined;
    const { required, requiredAnti } = pod.terms;
    if (forbidding.length + required.length + requiredAnti.length === 0) return undefined;
    const friends = friendsOf(pod, cluster);
    const foes = requiredAnti.map((term) => countOf([term], cluster).by(term.topologyKey));
    const keys = [...required, ...requiredAnti, ...forbidding].map(({ topologyKey }) => topologyKey);
    const scope: Scope = keys.some((key) => PER_NODE_LABELS.has(key)) ? "node" : "class";
    return {
      scope,
      check(node) {
        if (friends !== undefined && !friends(node)) return NO_FRIENDS;
        if (foes.some((tally) => tally.around(node) > 0)) return FOES;
        return forbidding.some((tally) => tally.around(node) > 0) ? FOE_OF_OTHERS : undefined;
      },
    };
  },
};

/** The pods that all these terms of a pod to place are about. */
export function countOf(terms: readonly AffinityTerm[], { facts, placedPods, topology }: ClusterView): PodCount {
  const reaches = terms.map((term) => resolvedReach(term, (selector) => facts.namespacesWhere(selector)));
  const matches = ({ namespace, labels }: PodToPlace): boolean =>
    reaches.every(({ namespaces, selector }) => (namespaces === undefined || namespaces.has(namespace)) && selector.matches(labels));
  const key = JSON.stringify(["affinity", terms.map((term) => term.key), reaches.map(({ namespaces }) => [...(namespaces ?? ANY)])]);
  return placedPods.observe(key, () => new PodCount(reaches[0] ?? EVERYWHERE, topology, matches));
}

const ANY = ["*"];
const EVERYWHERE: Reach = { namespaces: undefined, selector: everything };

/**
 * Whether a node's topologies have pods that match all the terms at once. While no pod anywhere does, a pod that matches
 * its own terms may be the first. Source: filtering.go, satisfyPodAffinity and podMatchesAllAffinityTerms.
 */
function friendsOf(pod: PodToPlace, cluster: ClusterView): ((node: NodeState) => boolean) | undefined {
  const terms = pod.terms.required;
  if (terms.length === 0) return undefined;
  const matching = countOf(terms, cluster);
  const tallies: readonly Tally[] = [...new Set(terms.map(({ topologyKey }) => topologyKey))].map((key) => matching.by(key));
  const ownLabels = cluster.facts.namespaceLabels(pod.namespace);
  const isOwnFriend = terms.every((term) => termConcerns(term, pod, ownLabels));
  return (node) =>
    tallies.every(({ topologyKey }) => node.labels?.[topologyKey] !== undefined) &&
    (tallies.every((tally) => tally.around(node) > 0) || (isOwnFriend && tallies.every((tally) => tally.isEmpty)));
}
