import type { Condition, Node } from "#api/kubernetes/core";
import { findCondition, parseTime } from "#kube/apimachinery";

/** How long a node that has never posted a status is waited for. Source: kubernetes cmd/kube-controller-manager, --node-startup-grace-period. */
export const STARTUP_GRACE_MS = 60_000;

/**
 * How long a node may be silent before its conditions become Unknown.
 * Source: kubernetes --node-monitor-grace-period, 40 s, 50 s from 1.32.
 */
export function graceMs(minor: number): number {
  return minor >= 32 ? 50_000 : 40_000;
}

/** Conditions that a silent kubelet leaves unknown; NetworkUnavailable is not the kubelet's. */
const KUBELET_CONDITIONS = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"] as const;

/** The status of condition Ready, undefined when the kubelet has not posted one. */
export function readyStatus(node: Node): Condition["status"] | undefined {
  return findCondition(node.status?.conditions, "Ready")?.status;
}

/** Whether the node's kubelet spoke between the two. */
export function isHeartbeat(previous: Node, next: Node): boolean {
  const before = findCondition(previous.status?.conditions, "Ready");
  const after = findCondition(next.status?.conditions, "Ready");
  return after !== undefined && after.lastHeartbeatTime !== before?.lastHeartbeatTime;
}

/** When the node counts as silent unless it is heard again, by its status or its lease: milliseconds since the epoch. */
export function silentAt(node: Node, lastSeenMs: number, minor: number): number {
  if (readyStatus(node) !== undefined) return lastSeenMs + graceMs(minor);
  return Math.max(parseTime(node.metadata.creationTimestamp) ?? 0, lastSeenMs) + STARTUP_GRACE_MS;
}

/**
 * The conditions of a node that has been silent for too long.
 * Source: kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go, tryUpdateNodeHealth.
 */
export function unknownConditions(node: Node, now: string): Condition[] {
  const conditions = [...(node.status?.conditions ?? [])];
  for (const type of KUBELET_CONDITIONS) {
    const index = conditions.findIndex((condition) => condition.type === type);
    const present = conditions[index];
    if (present === undefined) conditions.push(neverPosted(node, type, now));
    else if (present.status !== "Unknown") conditions[index] = { ...present, ...SILENT, lastTransitionTime: now };
  }
  return conditions;
}

const SILENT = { status: "Unknown", reason: "NodeStatusUnknown", message: "Kubelet stopped posting node status." } as const;

function neverPosted(node: Node, type: string, now: string): Condition {
  return {
    type,
    status: "Unknown",
    lastHeartbeatTime: node.metadata.creationTimestamp ?? now,
    lastTransitionTime: now,
    reason: "NodeStatusNeverUpdated",
    message: "Kubelet never posted node status.",
  };
}
