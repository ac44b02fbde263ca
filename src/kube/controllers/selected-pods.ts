import type { Pod } from "#api/kubernetes/core";
import type { LabelSelector } from "#api/kubernetes/meta";
import { matchesLabelSelector } from "#kube/apimachinery";
import type { Informer } from "#kube/client";

/** The value under which the index `label` finds what has this label. */
export function labelValue(namespace: string, key: string, value: string): string {
  return `${namespace}/${key}=${value}`;
}

/** The value under which an object is found by its selector: a label that all its pods have; of others, all are under the same. */
export function selectorValue(namespace: string, selector: LabelSelector | undefined): string {
  const [pair] = Object.entries(selector?.matchLabels ?? {});
  return pair === undefined ? `${namespace}/` : labelValue(namespace, ...pair);
}

/** The values under which the objects are found whose selectors may match the pod. */
export function selectorValuesOf({ metadata: { namespace = "", labels = {} } }: Pod): readonly string[] {
  return [`${namespace}/`, ...Object.entries(labels).map((pair) => labelValue(namespace, ...pair))];
}

/**
 * The pods of a namespace that a selector matches. Those with the rarest of the labels that it asks for are looked at, not
 * all of the namespace: the objects that select ask for it again with each change of a pod of theirs.
 */
export function selectedPods(pods: Informer<Pod>, namespace: string, selector: LabelSelector | undefined): readonly Pod[] {
  if (selector === undefined) return [];
  const lists = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => pods.byIndex("label", labelValue(namespace, key, value)));
  const candidates =
    lists.length === 0
      ? pods.byIndex("namespace", namespace)
      : lists.reduce((fewest, list) => (list.length < fewest.length ? list : fewest));
  return candidates.filter((pod) => matchesLabelSelector(selector, pod.metadata.labels));
}
