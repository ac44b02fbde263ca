import type { Pod } from "#api/kubernetes/core";
import { createdAt } from "../pods.ts";

/** Ended pods that are kept. Source: kubernetes --terminated-pod-gc-threshold. */
export const TERMINATED_THRESHOLD = 12_500;
/** How long a node must be gone before its pods are taken for lost. Source: kubernetes pkg/controller/podgc/gc_controller.go, quarantineTime. */
export const QUARANTINE_MS = 40_000;

/**
 * The ended pods that are too many: evicted ones first, then the oldest.
 * Source: kubernetes gc_controller.go, gcTerminated.
 */
export function surplusTerminated(terminated: readonly Pod[], threshold: number): Pod[] {
  if (terminated.length <= threshold) return [];
  const evictedFirst = (pod: Pod): number => (pod.status?.phase === "Failed" && pod.status.reason === "Evicted" ? 0 : 1);
  const ordered = terminated.toSorted((a, b) => evictedFirst(a) - evictedFirst(b) || createdAt(a) - createdAt(b));
  return ordered.slice(0, terminated.length - threshold);
}
