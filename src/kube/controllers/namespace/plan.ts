import type { Condition, Namespace } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import { findCondition } from "#kube/apimachinery";

/** The finalizer that this controller removes. Source: kubernetes/api core/v1, FinalizerKubernetes. */
export const KUBERNETES_FINALIZER = "kubernetes";

/** What of one kind is still in a namespace. */
export interface Remainder {
  /** `pods` or `deployments.apps`. */
  readonly resource: string;
  readonly objects: readonly KubeObject[];
}

/** What came of an attempt to empty a namespace. */
export interface DeletionOutcome {
  readonly remaining: readonly Remainder[];
  /** Why a deletion was refused, per attempt that failed. */
  readonly failures: readonly string[];
}

/** Whether the namespace waits for this controller. */
export function isTerminating(namespace: Namespace): boolean {
  return namespace.metadata.deletionTimestamp !== undefined && (namespace.spec?.finalizers ?? []).includes(KUBERNETES_FINALIZER);
}

type Row = readonly [type: string, status: Condition["status"], reason: string, message: string];

/**
 * The conditions that tell why a namespace is still there.
 * Source: kubernetes pkg/controller/namespace/deletion/status_condition_utils.go.
 */
export function deletionConditions(namespace: Namespace, outcome: DeletionOutcome, now: string): Condition[] {
  const { remaining, failures } = outcome;
  const left = remaining.filter(({ objects }) => objects.length > 0);
  const finalizers = countFinalizers(left);
  const rows: Row[] = [
    ["NamespaceDeletionDiscoveryFailure", "False", "ResourcesDiscovered", "All resources successfully discovered"],
    ["NamespaceDeletionGroupVersionParsingFailure", "False", "ParsedGroupVersions", "All legacy kube types successfully parsed"],
    failures.length > 0
      ? [
          "NamespaceDeletionContentFailure",
          "True",
          "ContentDeletionFailed",
          `Failed to delete all resource types, ${failures.length} remaining: ${failures.toSorted().join(", ")}`,
        ]
      : ["NamespaceDeletionContentFailure", "False", "ContentDeleted", "All content successfully deleted, may be waiting on finalization"],
    left.length > 0
      ? [
          "NamespaceContentRemaining",
          "True",
          "SomeResourcesRemain",
          `Some resources are remaining: ${left.map(countText).toSorted().join(", ")}`,
        ]
      : ["NamespaceContentRemaining", "False", "ContentRemoved", "All content successfully removed"],
    finalizers.length > 0
      ? [
          "NamespaceFinalizersRemaining",
          "True",
          "SomeFinalizersRemain",
          `Some content in the namespace has finalizers remaining: ${finalizers.join(", ")}`,
        ]
      : ["NamespaceFinalizersRemaining", "False", "ContentHasNoFinalizers", "All content-preserving finalizers finished"],
  ];
  return rows.map(([type, status, reason, message]) => {
    const previous = findCondition(namespace.status?.conditions, type);
    const lastTransitionTime = previous?.status === status ? (previous.lastTransitionTime ?? now) : now;
    return { type, status, lastTransitionTime, reason, message };
  });
}

function countText({ resource, objects }: Remainder): string {
  return `${resource} has ${objects.length} resource instances`;
}

function countFinalizers(left: readonly Remainder[]): string[] {
  const counts = new Map<string, number>();
  for (const object of left.flatMap(({ objects }) => objects)) {
    for (const finalizer of object.metadata.finalizers ?? []) counts.set(finalizer, (counts.get(finalizer) ?? 0) + 1);
  }
  return [...counts].map(([finalizer, count]) => `${finalizer} in ${count} resource instances`).sort();
}
