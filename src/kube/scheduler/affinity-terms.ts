import type { Pod, PodAffinityTerm } from "#api/kubernetes/core";
import type { LabelSelector } from "#api/kubernetes/meta";
import { everything, type Labels, nothing, type Selector, SelectorError, selectorFromObject } from "#kube/apimachinery";
import type { Reach } from "./placed-pods/label-buckets.ts";

/** A term of inter-pod affinity, read once. Source: staging kube-scheduler framework/types.go, AffinityTerm. */
export interface AffinityTerm {
  /** The same for terms that mean the same. */
  readonly key: string;
  readonly topologyKey: string;
  readonly selector: Selector;
  /** Those named, or the pod's own when the term names none. */
  readonly namespaces: ReadonlySet<string>;
  readonly namespaceSelector: Selector;
}

export interface WeightedTerm {
  readonly term: AffinityTerm;
  /** Less than 0 for anti-affinity. */
  readonly weight: number;
}

/** The inter-pod terms of one pod. */
export interface PodTerms {
  readonly required: readonly AffinityTerm[];
  readonly requiredAnti: readonly AffinityTerm[];
  readonly preferred: readonly WeightedTerm[];
}

const NO_TERMS: PodTerms = { required: [], requiredAnti: [], preferred: [] };

export function hasTerms(terms: PodTerms): boolean {
  return terms !== NO_TERMS;
}

/** Reads the pod's terms. */
export function podTermsOf({ metadata, spec }: Pod): PodTerms {
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {};
  if (podAffinity === undefined && podAntiAffinity === undefined) return NO_TERMS;
  const namespace = metadata.namespace ?? "default";
  const read = (term: PodAffinityTerm): AffinityTerm => readTerm(term, namespace);
  const weighted = (affinity: typeof podAffinity, sign: 1 | -1): WeightedTerm[] =>
    (affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ weight, podAffinityTerm }) => ({
      term: read(podAffinityTerm),
      weight: sign * weight,
    }));
  return {
    required: (podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map(read),
    requiredAnti: (podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map(read),
    preferred: [...weighted(podAffinity, 1), ...weighted(podAntiAffinity, -1)],
  };
}

/** Source: framework/types.go, newAffinityTerm and getNamespacesFromPodAffinityTerm. The API has merged matchLabelKeys. */
function readTerm({ labelSelector, namespaces = [], namespaceSelector, topologyKey }: PodAffinityTerm, ownNamespace: string): AffinityTerm {
  const named = namespaces.length === 0 && namespaceSelector === undefined ? [ownNamespace] : namespaces;
  const selector = readSelector(labelSelector);
  const ofNamespaces = readSelector(namespaceSelector);
  const key = JSON.stringify([topologyKey, selectorKey(selector), [...named].sort(), selectorKey(ofNamespaces)]);
  return { key, topologyKey, selector, namespaces: new Set(named), namespaceSelector: ofNamespaces };
}

/** Selectors read from objects, which are shared and never change: each is read once. */
const read = new WeakMap<LabelSelector, Selector>();

/** A selector of the wrong form, which validation lets nobody store, selects nothing. */
export function readSelector(selector: LabelSelector | undefined): Selector {
  if (selector === undefined) return nothing;
  let known = read.get(selector);
  if (known === undefined) read.set(selector, (known = newlyRead(selector)));
  return known;
}

function newlyRead(selector: LabelSelector): Selector {
  try {
    return selectorFromObject(selector);
  } catch (error) {
    if (error instanceof SelectorError) return nothing;
    throw error;
  }
}

/** Text that is the same only for selectors that select the same. */
export function selectorKey(selector: Selector): string {
  return selector === nothing ? "!" : selector.toString();
}

/** Whether the pod is one that the term is about. @param namespaceLabels those of the pod's namespace. */
export function termConcerns(
  term: AffinityTerm,
  pod: { readonly namespace: string; readonly labels: Labels },
  namespaceLabels: Labels,
): boolean {
  return (term.namespaces.has(pod.namespace) || term.namespaceSelector.matches(namespaceLabels)) && term.selector.matches(pod.labels);
}

/** Where pods of other namespaces may come in, every namespace has to be asked. */
export function reachOf({ namespaces, namespaceSelector, selector }: AffinityTerm): Reach {
  return { namespaces: namespaceSelector === nothing ? namespaces : undefined, selector };
}

/** A term's namespaces by name. @param chosen names of those that its namespace selector chooses. */
export function resolvedReach(term: AffinityTerm, chosen: (selector: Selector) => Iterable<string>): Reach {
  const { namespaces, namespaceSelector, selector } = term;
  if (namespaceSelector === nothing) return { namespaces, selector };
  if (namespaceSelector === everything) return { namespaces: undefined, selector };
  return { namespaces: new Set([...namespaces, ...chosen(namespaceSelector)]), selector };
}
