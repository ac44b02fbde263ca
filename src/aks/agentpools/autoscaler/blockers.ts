import type { Pod } from "#api/kubernetes/core";
import type { PodDisruptionBudget } from "#api/kubernetes/workloads";
import { controllerOf, isCoveredBy, isDaemonPod, isMirrorPod, isPodTerminal, parseTime } from "#kube/apimachinery";
import { isExpendable } from "./expendable.ts";
import type { AutoscalerSettings } from "./settings.ts";

const SAFE_TO_EVICT = "cluster-autoscaler.kubernetes.io/safe-to-evict";
const SAFE_VOLUMES = "cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes";

/** What keeps a node from being removed. Source: cluster-autoscaler simulator/drainability/rules. */
export type Blocker = "NotSafeToEvict" | "NotReplicated" | "LocalStorageRequested" | "UnmovableKubeSystemPod" | "NotEnoughPdb";

type Rules = Pick<AutoscalerSettings, "skipLocalStorage" | "skipSystemPods">;

/** A pod that should have been gone for so long waits for a kubelet that is gone. Source: utils/drain, PodLongTerminatingExtraThreshold. */
const LONG_TERMINATING_MS = 30_000;

/**
 * Pods that have to move before the node can go: not those that have ended or should have long been gone, of daemon sets, of
 * the machine itself, or of so low a priority that they keep no node.
 */
export function podsToMove(pods: readonly Pod[], nowMs: number): readonly Pod[] {
  const isOverdue = ({ metadata }: Pod): boolean => nowMs - (parseTime(metadata.deletionTimestamp) ?? nowMs) > LONG_TERMINATING_MS;
  return pods.filter((pod) => !isMirrorPod(pod) && !isDaemonPod(pod) && !isPodTerminal(pod) && !isOverdue(pod) && !isExpendable(pod));
}

/** On a daemon set's pod: whether it is evicted from a node that goes. Source: cluster-autoscaler utils/daemonset/daemonset.go. */
const EVICT_DAEMON = "cluster-autoscaler.kubernetes.io/enable-ds-eviction";

/** Daemon sets' pods that are evicted from a node that goes. @param byDefault for those that do not say so themselves. */
export function daemonsToEvict(pods: readonly Pod[], byDefault: boolean): readonly Pod[] {
  const isToGo = ({ metadata }: Pod): boolean => {
    const own = metadata.annotations?.[EVICT_DAEMON];
    return own === "true" || (own !== "false" && byDefault);
  };
  return pods.filter((pod) => isDaemonPod(pod) && !isMirrorPod(pod) && !isPodTerminal(pod) && isToGo(pod));
}

/**
 * What keeps a node with these pods in the cluster; undefined when they may be evicted.
 * Source: kubernetes/autoscaler cluster-autoscaler FAQ.md, "What types of pods can prevent CA from removing a node?".
 * @param pods those that have to move.
 */
export function blockerOf(pods: readonly Pod[], budgets: readonly PodDisruptionBudget[], rules: Rules): Blocker | undefined {
  for (const pod of pods) {
    const blocker = ownBlocker(pod, budgets, rules);
    if (blocker !== undefined) return blocker;
  }
  const exceeded = budgets.some((budget) => {
    const held = pods.filter((pod) => isCoveredBy(pod, budget)).length;
    return held > 0 && held > (budget.status?.disruptionsAllowed ?? 0);
  });
  return exceeded ? "NotEnoughPdb" : undefined;
}

/** A pod that is safe to evict by its own word, or is on its way out, is in nobody's way but its budget's. */
function ownBlocker(pod: Pod, budgets: readonly PodDisruptionBudget[], { skipLocalStorage, skipSystemPods }: Rules): Blocker | undefined {
  const annotation = pod.metadata.annotations?.[SAFE_TO_EVICT];
  if (annotation === "true" || pod.metadata.deletionTimestamp !== undefined) return undefined;
  if (controllerOf(pod) === undefined) return "NotReplicated";
  const isSystem = pod.metadata.namespace === "kube-system";
  if (isSystem && skipSystemPods && !budgets.some((budget) => isCoveredBy(pod, budget))) return "UnmovableKubeSystemPod";
  if (skipLocalStorage && hasLocalStorage(pod)) return "LocalStorageRequested";
  return annotation === "false" ? "NotSafeToEvict" : undefined;
}

/** Source: cluster-autoscaler utils/drain/drain.go, HasBlockingLocalStorage. */
function hasLocalStorage({ metadata, spec }: Pod): boolean {
  const safe = new Set((metadata.annotations?.[SAFE_VOLUMES] ?? "").split(","));
  return (spec.volumes ?? []).some((volume) => {
    const emptyDir = volume["emptyDir"] as { readonly medium?: string } | undefined;
    const local = volume["hostPath"] !== undefined || (emptyDir !== undefined && emptyDir.medium !== "Memory");
    return local && !safe.has(volume.name);
  });
}
