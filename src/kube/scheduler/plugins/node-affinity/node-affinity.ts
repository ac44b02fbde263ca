import type { NodeSelectorTerm, PodSpec } from "#api/kubernetes/core";
import { preferredNodeScore, requiredNodeMatcher } from "#kube/apimachinery";
import type { FilterPlugin, Scope, ScorePlugin } from "../../framework/plugin.ts";
import { unresolvable } from "../../framework/status.ts";
import { PER_NODE_LABELS } from "../../node-class.ts";

const NAME = "NodeAffinity";

/** Rejects nodes that `spec.nodeSelector` or the required node affinity does not choose. Source: plugins/nodeaffinity/node_affinity.go. */
export const nodeAffinity: FilterPlugin = {
  name: NAME,
  prepare({ pod: { spec } }, release) {
    const terms = requiredTerms(spec);
    const selected = Object.keys(spec.nodeSelector ?? {});
    if (terms === undefined && selected.length === 0) return undefined;
    const matches = requiredNodeMatcher(spec);
    const rejection = unresolvable(NAME, release.affinityReason);
    const scope = selected.some((key) => PER_NODE_LABELS.has(key)) ? "node" : scopeOf(terms ?? []);
    return { scope, check: (node) => (matches(node) ? undefined : rejection) };
  },
};

/** Prefers nodes by the weights of the preferred node affinity. */
export const nodeAffinityScore: ScorePlugin = {
  name: NAME,
  prepare({ pod: { spec } }) {
    const preferred = spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    if (preferred.length === 0) return undefined;
    return { scope: scopeOf(preferred.map(({ preference }) => preference)), normalization: "max", score: preferredNodeScore(spec) };
  },
};

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
