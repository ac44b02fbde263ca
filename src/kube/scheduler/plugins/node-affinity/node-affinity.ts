import type { NodeAffinity, NodeSelectorTerm, PodSpec } from "#api/kubernetes/core";
import {
  compileNodeSelectorTerms,
  type NodeMatcher,
  preferredNodeScore,
  type PreferredNodeTerm,
  requiredNodeMatcher,
} from "#kube/apimachinery";
import type { FilterPlugin, Scope, ScorePlugin } from "../../framework/plugin.ts";
import { unresolvable } from "../../framework/status.ts";
import { PER_NODE_LABELS } from "../../node-class.ts";

const NAME = "NodeAffinity";

const ENFORCED = unresolvable(NAME, "node(s) didn't match scheduler-enforced node affinity");

/**
 * Rejects nodes that the affinity of the profile does not choose, or `spec.nodeSelector` or the required node affinity.
 * Source: plugins/nodeaffinity/node_affinity.go.
 */
export const nodeAffinity: FilterPlugin = {
  name: NAME,
  prepare({ pod: { spec } }, { release, plugins }) {
    const terms = requiredTerms(spec);
    const selected = Object.keys(spec.nodeSelector ?? {});
    const added = addedTerms(plugins.nodeAffinity.added);
    if (terms === undefined && selected.length === 0 && added === undefined) return undefined;
    const matches = requiredNodeMatcher(spec);
    const rejection = unresolvable(NAME, release.affinityReason);
    const scope = selected.some((key) => PER_NODE_LABELS.has(key)) ? "node" : scopeOf([...(terms ?? []), ...(added?.terms ?? [])]);
    if (added === undefined) return { scope, check: (node) => (matches(node) ? undefined : rejection) };
    return { scope, check: (node) => (added.matches(node) ? (matches(node) ? undefined : rejection) : ENFORCED) };
  },
};

/** Prefers nodes by the weights of the preferred node affinity, the profile's and the pod's. */
export const nodeAffinityScore: ScorePlugin = {
  name: NAME,
  prepare({ pod: { spec } }, { profile }) {
    const own = preferredTerms(spec.affinity?.nodeAffinity);
    const added = preferredTerms(profile.plugins.nodeAffinity.added);
    if (own.length + added.length === 0) return undefined;
    const terms = [...added, ...own];
    const scope = scopeOf(terms.map(({ preference }) => preference));
    return { scope, normalization: "max", score: preferredNodeScore(terms) };
  },
};

interface AddedTerms {
  readonly terms: readonly NodeSelectorTerm[];
  readonly matches: NodeMatcher;
}

/** A profile's terms are compiled once for all its pods. */
const compiled = new WeakMap<NodeAffinity, AddedTerms>();

function addedTerms(added: NodeAffinity | undefined): AddedTerms | undefined {
  const terms = added?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  if (added === undefined || terms === undefined) return undefined;
  let known = compiled.get(added);
  if (known === undefined) compiled.set(added, (known = { terms, matches: compileNodeSelectorTerms(terms) }));
  return known;
}

function preferredTerms(affinity: NodeAffinity | undefined): readonly PreferredNodeTerm[] {
  return affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
}

/**
 * Names of the only nodes that the pod can go to, when each of its required terms names nodes; daemon sets pin their pods so.
 * Source: plugins/nodeaffinity/node_affinity.go, PreFilter.
 */
export function namedNodes(spec: PodSpec): ReadonlySet<string> | undefined {
  const terms = requiredTerms(spec);
  if (terms === undefined || terms.length === 0) return undefined;
  const names = new Set<string>();
  for (const term of terms) {
    const named = namedByTerm(term);
    if (named === undefined) return undefined;
    for (const name of named) names.add(name);
  }
  return names.size === 0 ? undefined : names;
}

function namedByTerm({ matchFields = [] }: NodeSelectorTerm): readonly string[] | undefined {
  let names: readonly string[] | undefined;
  for (const { key, operator, values = [] } of matchFields) {
    if (key !== "metadata.name" || operator !== "In") continue;
    names = names === undefined ? values : names.filter((name) => values.includes(name));
  }
  return names;
}

function requiredTerms(spec: PodSpec): readonly NodeSelectorTerm[] | undefined {
  return spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
}

/** Terms that name nodes or look at a label of each node's own need an answer per node. */
function scopeOf(terms: readonly NodeSelectorTerm[]): Scope {
  const isPerNode = terms.some(
    ({ matchFields = [], matchExpressions = [] }) => matchFields.length > 0 || matchExpressions.some(({ key }) => PER_NODE_LABELS.has(key)),
  );
  return isPerNode ? "node" : "class";
}
