import type { Pod } from "#api/kubernetes/core";
import type { PodDisruptionBudget } from "#api/kubernetes/workloads";
import { isCoveredBy, isPodReady } from "#kube/apimachinery";
import type { Blockade } from "../step.ts";

/** Pods that are not ready and are named at most. Source: the text itself, "log at most 5 pods". */
const MAX_NAMED = 5;

/**
 * The first of the pods that a budget keeps from being evicted; undefined when none is.
 * @param pods Those that are in the way.
 * @param known Every pod that a budget may cover, and every budget of the cluster.
 */
export function blockadeOf(
  pods: readonly Pod[],
  known: { readonly pods: Iterable<Pod>; readonly budgets: Iterable<PodDisruptionBudget> },
): Blockade | undefined {
  const budgets = [...known.budgets];
  for (const pod of pods) {
    const { name, namespace = "default" } = pod.metadata;
    const budget = budgets.find((each) => isCoveredBy(pod, each) && (each.status?.disruptionsAllowed ?? 0) === 0);
    if (budget !== undefined) return { namespace, pod: name, budget: describe(budget, [...known.pods]) };
  }
  return undefined;
}

/**
 * Sources: operation errors quoted in cloudnative-pg/cloudnative-pg#7346 and in MicrosoftDocs/SupportArticles-docs,
 * error-code-poddrainfailure, "with 0 unready pods." and "with 1 unready pods:(log at most 5 pods) [ns/pod:Pending_]".
 * Unverified: that a budget with maxUnavailable names it in the place of minAvailable.
 */
function describe(budget: PodDisruptionBudget, pods: readonly Pod[]): string {
  const { minAvailable, maxUnavailable } = budget.spec;
  const { currentHealthy = 0, desiredHealthy = 0, expectedPods = 0 } = budget.status ?? {};
  const bound = maxUnavailable === undefined ? `MinAvailable: ${minAvailable ?? 0}` : `MaxUnavailable: ${maxUnavailable}`;
  const unready = pods.filter((pod) => isCoveredBy(pod, budget) && !isPodReady(pod));
  const names = unready
    .slice(0, MAX_NAMED)
    .map(({ metadata, status }) => `${metadata.namespace ?? "default"}/${metadata.name}:${status?.phase ?? ""}_`);
  const list = unready.length === 0 ? "" : `:(log at most ${MAX_NAMED} pods) [${names.join(" ")}]`;
  return (
    `${budget.metadata.name} (${bound}) (CurrentHealthy: ${currentHealthy}) (DesiredHealthy: ${desiredHealthy}) ` +
    `(ExpectedPods: ${expectedPods}) with ${unready.length} unready pods${list}.`
  );
}
