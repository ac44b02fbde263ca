import type { Taint, TaintEffect, Toleration } from "#api/kubernetes/core";

/** Taints that Kubernetes itself puts on nodes; source: kubernetes/api core/v1/well_known_taints.go. */
export const TAINTS = {
  notReady: "node.kubernetes.io/not-ready",
  unreachable: "node.kubernetes.io/unreachable",
  unschedulable: "node.kubernetes.io/unschedulable",
  memoryPressure: "node.kubernetes.io/memory-pressure",
  diskPressure: "node.kubernetes.io/disk-pressure",
  pidPressure: "node.kubernetes.io/pid-pressure",
  networkUnavailable: "node.kubernetes.io/network-unavailable",
  outOfService: "node.kubernetes.io/out-of-service",
  uninitialized: "node.cloudprovider.kubernetes.io/uninitialized",
  shutdown: "node.cloudprovider.kubernetes.io/shutdown",
} as const;

/** Every effect, in the order messages list them. */
export const TAINT_EFFECTS: readonly TaintEffect[] = ["NoExecute", "NoSchedule", "PreferNoSchedule"];

export interface TolerationOptions {
  /** The operators Lt and Gt count (feature gate TaintTolerationComparisonOperators); otherwise they tolerate nothing. */
  readonly comparison?: boolean;
}

const DECIMAL_INTEGER = /^(0|-?[1-9]\d*)$/;

function toleratesNumber(toleration: Toleration, taint: Taint): boolean {
  const left = taint.value ?? "";
  const right = toleration.value ?? "";
  if (!DECIMAL_INTEGER.test(left) || !DECIMAL_INTEGER.test(right)) return false;
  return toleration.operator === "Lt" ? BigInt(left) < BigInt(right) : BigInt(left) > BigInt(right);
}

/**
 * Whether a toleration tolerates a taint. An empty effect tolerates every effect, an empty key every key.
 * Source: kubernetes/api core/v1/toleration.go, ToleratesTaint.
 */
export function toleratesTaint(toleration: Toleration, taint: Taint, options: TolerationOptions = {}): boolean {
  const { key = "", effect, operator = "Equal" } = toleration;
  if (effect !== undefined && (effect as string) !== "" && effect !== taint.effect) return false;
  if (key !== "" && key !== taint.key) return false;
  switch (operator as string) {
    case "":
    case "Equal":
      return (toleration.value ?? "") === (taint.value ?? "");
    case "Exists":
      return true;
    case "Lt":
    case "Gt":
      return options.comparison === true && toleratesNumber(toleration, taint);
    default:
      return false;
  }
}

/** Whether any of the tolerations tolerates the taint. */
export function isTolerated(taint: Taint, tolerations: readonly Toleration[] | undefined, options?: TolerationOptions): boolean {
  return tolerations?.some((toleration) => toleratesTaint(toleration, taint, options)) ?? false;
}

/** Effects that keep a pod off a node; PreferNoSchedule only makes the node less liked. */
export function keepsAway(taint: Taint): boolean {
  return taint.effect === "NoSchedule" || taint.effect === "NoExecute";
}

/**
 * The first taint that keeps a pod with these tolerations off the node, in the order the node has them.
 * Source: component-helpers scheduling/corev1/helpers.go, FindMatchingUntoleratedTaint.
 */
export function findUntoleratedTaint(
  taints: readonly Taint[] | undefined,
  tolerations: readonly Toleration[] | undefined,
  options?: TolerationOptions,
): Taint | undefined {
  return taints?.find((taint) => keepsAway(taint) && !isTolerated(taint, tolerations, options));
}

/** What NoExecute taints do to a pod: nothing, at once, or after a time. */
export type TaintEviction = { readonly kind: "stays" } | { readonly kind: "evict"; readonly afterMs: number };

/**
 * When a running pod has to leave because of the node's NoExecute taints: at once when one is not tolerated, else after
 * the shortest `tolerationSeconds` of the tolerations used (0 or less is at once, none set is never).
 * Source: pkg/controller/tainteviction/taint_eviction.go, GetMatchingTolerations and getMinTolerationTime.
 */
export function taintEviction(taints: readonly Taint[] | undefined, tolerations: readonly Toleration[] | undefined): TaintEviction {
  const effective = taints?.filter((taint) => taint.effect === "NoExecute") ?? [];
  if (effective.length === 0) return { kind: "stays" };
  let shortest = Number.POSITIVE_INFINITY;
  for (const taint of effective) {
    const used = tolerations?.find((toleration) => toleratesTaint(toleration, taint));
    if (used === undefined) return { kind: "evict", afterMs: 0 };
    if (used.tolerationSeconds !== undefined) shortest = Math.min(shortest, Math.max(used.tolerationSeconds, 0) * 1000);
  }
  return shortest === Number.POSITIVE_INFINITY ? { kind: "stays" } : { kind: "evict", afterMs: shortest };
}

/** Seconds a pod stays on a node that is not ready or out of reach unless it says otherwise. */
export const DEFAULT_TOLERATION_SECONDS = 300;

/**
 * The tolerations every pod gets at creation: not-ready and unreachable for five minutes, each unless one of the pod's own
 * already speaks of it. Source: plugin/pkg/admission/defaulttolerationseconds/admission.go.
 */
export function withDefaultTolerations(tolerations: readonly Toleration[] | undefined): Toleration[] {
  if (tolerations === undefined) return [...DEFAULT_TOLERATIONS];
  const isSpokenOf = ({ key }: Toleration): boolean =>
    tolerations.some(
      (each) => (each.key === undefined || each.key === "" || each.key === key) && (!each.effect || each.effect === "NoExecute"),
    );
  return tolerations.concat(DEFAULT_TOLERATIONS.filter((each) => !isSpokenOf(each)));
}

/** Of every pod the same, and shared by all. */
const DEFAULT_TOLERATIONS: readonly Toleration[] = [TAINTS.notReady, TAINTS.unreachable].map((key) => ({
  key,
  operator: "Exists",
  effect: "NoExecute",
  tolerationSeconds: DEFAULT_TOLERATION_SECONDS,
}));

/**
 * The tolerations that pods of daemon sets get beside their own.
 * Source: pkg/controller/daemon/util/daemonset_util.go, AddOrUpdateDaemonPodTolerations.
 */
export function daemonTolerations(hostNetwork: boolean): Toleration[] {
  const exists = (key: string, effect: TaintEffect): Toleration => ({ key, operator: "Exists", effect });
  return [
    exists(TAINTS.notReady, "NoExecute"),
    exists(TAINTS.unreachable, "NoExecute"),
    exists(TAINTS.diskPressure, "NoSchedule"),
    exists(TAINTS.memoryPressure, "NoSchedule"),
    exists(TAINTS.pidPressure, "NoSchedule"),
    exists(TAINTS.unschedulable, "NoSchedule"),
    ...(hostNetwork ? [exists(TAINTS.networkUnavailable, "NoSchedule")] : []),
  ];
}

/** `key=value:Effect`, as events and logs name a taint. */
export function formatTaint(taint: Taint): string {
  const { key, value = "", effect } = taint;
  return value === "" ? `${key}:${effect}` : `${key}=${value}:${effect}`;
}
