import type { Node, Taint } from "#api/kubernetes/core";
import { findCondition, TAINTS } from "#kube/apimachinery";
import { readyStatus } from "./health.ts";

/** Taints that follow conditions: type → status → key. Source: node_lifecycle_controller.go, nodeConditionToTaintKeyStatusMap. */
const BY_CONDITION: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Ready: { False: TAINTS.notReady, Unknown: TAINTS.unreachable },
  MemoryPressure: { True: TAINTS.memoryPressure },
  DiskPressure: { True: TAINTS.diskPressure },
  NetworkUnavailable: { True: TAINTS.networkUnavailable },
  PIDPressure: { True: TAINTS.pidPressure },
};

const KEPT_IN_STEP: ReadonlySet<string> = new Set([
  TAINTS.unschedulable,
  ...Object.values(BY_CONDITION).flatMap((byStatus) => Object.values(byStatus)),
]);

/** What the eviction loop has to say about a node. */
export interface EvictionState {
  /** Evictions are stopped, because no node of the cluster is ready. */
  readonly stopped: boolean;
  /** The zone's rate lets this node be tainted now. */
  readonly granted: boolean;
}

/** The taints a node should have. */
export interface TaintPlan {
  /** Undefined when the node has them already. */
  readonly taints?: readonly Taint[];
  /** Whether the node waits for its zone's leave to get a NoExecute taint. */
  readonly waits: boolean;
}

/**
 * Keeps the NoSchedule taints in step with conditions and `spec.unschedulable`, and the NoExecute taints of nodes that are
 * not ready: swapped at once when the node has the other one, added when the eviction loop grants it, removed when the
 * node is ready. Source: node_lifecycle_controller.go, doNoScheduleTaintingPass and processTaintBaseEviction.
 */
export function planTaints(node: Node, now: string, eviction: EvictionState): TaintPlan {
  const present = node.spec.taints ?? [];
  const noSchedule = noScheduleKeys(node);
  const noExecute = noExecuteKey(node, present, eviction);
  const kept = present.filter((taint) => {
    if (taint.effect === "NoSchedule") return !KEPT_IN_STEP.has(taint.key) || noSchedule.includes(taint.key);
    return taint.effect !== "NoExecute" || !isAboutReady(taint) || taint.key === noExecute.key;
  });
  const has = (key: string, effect: Taint["effect"]): boolean => kept.some((taint) => taint.key === key && taint.effect === effect);
  const added: Taint[] = noSchedule.filter((key) => !has(key, "NoSchedule")).map((key) => ({ key, effect: "NoSchedule", timeAdded: now }));
  if (noExecute.key !== undefined && !has(noExecute.key, "NoExecute"))
    added.push({ key: noExecute.key, effect: "NoExecute", timeAdded: now });
  const unchanged = added.length === 0 && kept.length === present.length;
  return { ...(!unchanged && { taints: [...kept, ...added] }), waits: noExecute.waits };
}

function noScheduleKeys(node: Node): string[] {
  const keys = Object.entries(BY_CONDITION).map(([type, byStatus]) => byStatus[findCondition(node.status?.conditions, type)?.status ?? ""]);
  return [...keys.filter((key) => key !== undefined), ...(node.spec.unschedulable ? [TAINTS.unschedulable] : [])];
}

function isAboutReady(taint: Taint): boolean {
  return taint.key === TAINTS.notReady || taint.key === TAINTS.unreachable;
}

function noExecuteKey(
  node: Node,
  present: readonly Taint[],
  { stopped, granted }: EvictionState,
): { readonly key?: string; readonly waits: boolean } {
  const status = readyStatus(node);
  if (status === "True" || stopped) return { waits: false };
  const tainted = present.some((taint) => taint.effect === "NoExecute" && isAboutReady(taint));
  // A node that has posted nothing yet is neither tainted nor cleared.
  if (status === undefined) return { waits: false };
  const key = status === "False" ? TAINTS.notReady : TAINTS.unreachable;
  return tainted || granted ? { key, waits: false } : { waits: true };
}

/** Labels whose older names follow the stable ones. Source: node_lifecycle_controller.go, labelReconcileInfo. */
const FOLLOWING_LABELS: Readonly<Record<string, string>> = {
  "beta.kubernetes.io/os": "kubernetes.io/os",
  "beta.kubernetes.io/arch": "kubernetes.io/arch",
};

/** Labels to set so that the older names say what the stable ones say; undefined when they do. */
export function planLabels(node: Node): Record<string, string> | undefined {
  const labels = node.metadata.labels ?? {};
  const changed = Object.entries(FOLLOWING_LABELS).flatMap(([older, stable]) => {
    const wanted = labels[stable];
    return wanted === undefined || labels[older] === wanted ? [] : [[older, wanted] as const];
  });
  return changed.length === 0 ? undefined : Object.fromEntries(changed);
}
