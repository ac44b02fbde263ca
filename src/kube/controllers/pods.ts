import type { Pod } from "#api/kubernetes/core";
import { findCondition, isPodReady, parseTime } from "#kube/apimachinery";

/**
 * When the first of `pods` that is ready, but not yet for `minReadySeconds`, becomes available; milliseconds since the
 * epoch, undefined when there is none to wait for.
 */
export function nextAvailableAt(pods: readonly Pod[], minReadySeconds: number, nowMs: number): number | undefined {
  if (minReadySeconds === 0) return undefined;
  let first: number | undefined;
  for (const pod of pods) {
    if (!isPodReady(pod)) continue;
    const since = parseTime(findCondition(pod.status?.conditions, "Ready")?.lastTransitionTime);
    const at = since === undefined ? undefined : since + minReadySeconds * 1000;
    if (at !== undefined && at > nowMs && (first === undefined || at < first)) first = at;
  }
  return first;
}

/** Milliseconds since the epoch at which the object was made; 0 when it does not say. */
export function createdAt(object: { readonly metadata: { readonly creationTimestamp?: string } }): number {
  return parseTime(object.metadata.creationTimestamp) ?? 0;
}
