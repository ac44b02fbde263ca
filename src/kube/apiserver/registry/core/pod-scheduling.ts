import type { Pod, PodAffinity, PodAffinityTerm } from "#api/kubernetes/core";
import type { LabelSelector } from "#api/kubernetes/meta";
import { isReleaseAtLeast } from "#kube/apimachinery";

/**
 * A pod with gates says from the start why nobody places it.
 * Source: pkg/registry/core/pod/strategy.go, applySchedulingGatedCondition; pkg/features/kube_features.go, PodSchedulingReadiness.
 */
export function noteSchedulingGates(pod: Pod, version: string): void {
  if ((pod.spec.schedulingGates?.length ?? 0) === 0 || !isReleaseAtLeast(version, "1.27")) return;
  const message = "Scheduling is blocked due to non-empty scheduling gates";
  const condition = { type: "PodScheduled", status: "False", reason: "SchedulingGated", message, lastProbeTime: null } as const;
  pod.status = { ...pod.status, conditions: [condition] };
}

/**
 * Writes the values that the pod's own labels have into the selectors that name those labels.
 * Source: pkg/registry/core/pod/strategy.go, applyMatchLabelKeysAndMismatchLabelKeys; pkg/features/kube_features.go,
 * MatchLabelKeysInPodAffinity and MatchLabelKeysInPodTopologySpreadSelectorMerge.
 */
export function mergeLabelKeys({ metadata: { labels = {} }, spec }: Pod, version: string): void {
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {};
  if (isReleaseAtLeast(version, "1.31")) {
    for (const term of [...termsOf(podAffinity), ...termsOf(podAntiAffinity)]) {
      addRequirements(term.labelSelector, term.matchLabelKeys, { operator: "In", labels });
      addRequirements(term.labelSelector, term.mismatchLabelKeys, { operator: "NotIn", labels });
    }
  }
  if (!isReleaseAtLeast(version, "1.34")) return;
  for (const { labelSelector, matchLabelKeys } of spec.topologySpreadConstraints ?? []) {
    addRequirements(labelSelector, matchLabelKeys, { operator: "In", labels });
  }
}

function termsOf(affinity: PodAffinity | undefined): readonly PodAffinityTerm[] {
  const preferred = affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return [...(affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []), ...preferred.map(({ podAffinityTerm }) => podAffinityTerm)];
}

/** A selector that is absent selects nothing, and is left so. */
function addRequirements(
  selector: LabelSelector | undefined,
  keys: readonly string[] | undefined,
  { operator, labels }: { readonly operator: "In" | "NotIn"; readonly labels: Readonly<Record<string, string>> },
): void {
  if (selector === undefined) return;
  for (const key of keys ?? []) {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
    if (value !== undefined) (selector.matchExpressions ??= []).push({ key, operator, values: [value] });
  }
}
