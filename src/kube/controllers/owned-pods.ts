import type { Pod } from "#api/kubernetes/core";
import type { KubeObject, LabelSelector } from "#api/kubernetes/meta";
import { controllerOf, equalJson, matchesLabelSelector } from "#kube/apimachinery";
import { type Informer, objectKey } from "#kube/client";
import type { Expectations } from "./expectations.ts";
import { keyOf } from "./keys.ts";

type Selecting = KubeObject & { readonly spec: { readonly selector: LabelSelector } };

/** Whose pods are watched, and whom to wake. */
export interface OwnedPodsOptions<T extends Selecting> {
  /** Kind of the owners: `ReplicaSet`. */
  readonly kind: string;
  readonly pods: Informer<Pod>;
  /** Has an index `namespace`. */
  readonly owners: Pick<Informer<T>, "get" | "byIndex">;
  readonly expectations: Expectations;
  enqueue(key: string): void;
}

/**
 * Wakes the owner of each pod that changes and settles its expectations; a pod that nobody controls wakes those that may
 * adopt it. Returns the way to stop. Source: kubernetes pkg/controller/replicaset/replica_set.go, addPod, updatePod, deletePod.
 */
export function subscribeOwnedPods<T extends Selecting>(options: OwnedPodsOptions<T>): () => void {
  const { kind, pods, owners, expectations, enqueue } = options;

  const ownerKey = (pod: Pod): string | undefined => {
    const reference = controllerOf(pod);
    if (reference?.kind !== kind) return undefined;
    const key = keyOf(pod.metadata.namespace, reference.name);
    return owners.get(key)?.metadata.uid === reference.uid ? key : undefined;
  };
  const wakeAdopters = (pod: Pod): void => {
    if (controllerOf(pod) !== undefined || pod.metadata.deletionTimestamp !== undefined) return;
    for (const owner of owners.byIndex("namespace", pod.metadata.namespace ?? "")) {
      if (matchesLabelSelector(owner.spec.selector, pod.metadata.labels)) enqueue(objectKey(owner));
    }
  };
  const gone = (pod: Pod): void => {
    const key = ownerKey(pod);
    if (key === undefined) return;
    expectations.deletionObserved(key, objectKey(pod));
    enqueue(key);
  };

  return pods.subscribe({
    add(pod) {
      const key = ownerKey(pod);
      if (key === undefined) return wakeAdopters(pod);
      expectations.creationObserved(key);
      if (pod.metadata.deletionTimestamp !== undefined) expectations.deletionObserved(key, objectKey(pod));
      enqueue(key);
    },
    update(pod, previous) {
      const [key, before] = [ownerKey(pod), ownerKey(previous)];
      if (before !== undefined && before !== key) enqueue(before);
      if (pod.metadata.deletionTimestamp !== undefined) return gone(pod);
      if (key !== undefined) enqueue(key);
      else if (before !== undefined || !equalJson(pod.metadata.labels, previous.metadata.labels)) wakeAdopters(pod);
    },
    delete: gone,
  });
}
