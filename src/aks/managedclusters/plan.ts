import type { Failure, WorkKind } from "../documents.ts";

/** Everything a plan looks at. Times are milliseconds since the epoch. */
export interface ObservedCluster {
  /** Undefined when nothing is being done to the cluster. */
  readonly kind: WorkKind | undefined;
  /** Whether the group of its machines exists. */
  readonly group: boolean;
  /** Version that the control plane is to run. */
  readonly wanted: string;
  /** Version that it runs by the document; undefined before it has been created. */
  readonly recorded: string | undefined;
  /** Whether it runs in this process and its nodes can be seen. */
  readonly up: boolean;
  /** Whether it is to run when nothing is being done: the cluster is not stopped. */
  readonly powered: boolean;
  /** Whether its certificates are to be replaced. */
  readonly rotates: boolean;
  /** Whether the keys of its service accounts are to be replaced. */
  readonly rotatesSigningKeys: boolean;
  /** Whether somebody else is to configure its scheduler than does. */
  readonly reconfiguresScheduler: boolean;
  /** Somebody wants the work to end before it is done; it is canceled at this time. */
  readonly canceledAtMs?: number;
  /** Pools that take part in the cluster's work. */
  readonly busyPools: number;
  /** Pools left of it. */
  readonly pools: number;
  /** Of a pool whose part of the work failed. */
  readonly poolFailure: Failure | undefined;
  readonly nowMs: number;
  /** The control plane is not ready, or not gone, before this. */
  readonly controlPlaneDueMs: number;
  /** The work does not end before this. */
  readonly earliestEndMs: number;
  /** The control plane has failed when it is not there by then. */
  readonly deadlineMs: number;
}

export type ClusterStep =
  | { readonly kind: "wait"; readonly reason: string; readonly untilMs?: number }
  /** Nothing is being done and nothing is missing. */
  | { readonly kind: "rest" }
  | { readonly kind: "ensureGroup" }
  /** Brings the recorded control plane up in this process. */
  | { readonly kind: "start" }
  /** Creates or upgrades the control plane and records it. */
  | { readonly kind: "ensureControlPlane" }
  /** Stops the control plane; its objects stay. */
  | { readonly kind: "halt" }
  /** Replaces its certificates and records it; it comes up with the new ones. */
  | { readonly kind: "rotate" }
  /** Replaces the keys of its service accounts and records it. */
  | { readonly kind: "rotateSigningKeys" }
  /** Puts the kind of the scheduler's configuration into the cluster, or takes it away, and records it. */
  | { readonly kind: "configureScheduler" }
  | { readonly kind: "cancel" }
  | { readonly kind: "finish" }
  | { readonly kind: "fail"; readonly failure: Failure }
  /** Removes control plane, group and documents. */
  | { readonly kind: "remove" };

/**
 * What to do next for a cluster: its control plane comes first, then its pools work by themselves (an upgrade takes them
 * one after another), and the work ends when none is left that works. A deletion and a stop begin with the pools.
 */
export function planManagedCluster(cluster: ObservedCluster): ClusterStep {
  if (cluster.kind === "Deleting") return planDeletion(cluster);
  if (cluster.kind === undefined) return planRest(cluster);
  if (cluster.canceledAtMs !== undefined) return planCancellation(cluster, cluster.canceledAtMs);
  if (cluster.kind === "Stopping") return planStop(cluster);
  if (!cluster.group) return { kind: "ensureGroup" };
  if (cluster.recorded !== cluster.wanted) return planControlPlane(cluster);
  if (cluster.rotates) return { kind: "rotate" };
  if (cluster.rotatesSigningKeys) return { kind: "rotateSigningKeys" };
  if (!cluster.up) return cluster.kind === "Starting" ? planStart(cluster) : { kind: "start" };
  if (cluster.reconfiguresScheduler) return { kind: "configureScheduler" };
  if (cluster.poolFailure !== undefined && (cluster.kind === "Upgrading" || cluster.busyPools === 0)) {
    return { kind: "fail", failure: cluster.poolFailure };
  }
  if (cluster.busyPools > 0) return { kind: "wait", reason: "agent pools" };
  return cluster.nowMs < cluster.earliestEndMs ? { kind: "wait", reason: "pace", untilMs: cluster.earliestEndMs } : { kind: "finish" };
}

function planRest({ recorded, powered, up }: ObservedCluster): ClusterStep {
  if (recorded === undefined || powered === up) return { kind: "rest" };
  return { kind: powered ? "start" : "halt" };
}

function planStart({ nowMs, controlPlaneDueMs }: ObservedCluster): ClusterStep {
  return nowMs < controlPlaneDueMs ? { kind: "wait", reason: "pace", untilMs: controlPlaneDueMs } : { kind: "start" };
}

/** The nodes are drained while the control plane still runs. */
function planStop(cluster: ObservedCluster): ClusterStep {
  if (cluster.busyPools > 0) return cluster.up ? { kind: "wait", reason: "agent pools" } : { kind: "start" };
  if (cluster.poolFailure !== undefined) return { kind: "fail", failure: cluster.poolFailure };
  if (cluster.nowMs < cluster.controlPlaneDueMs) return { kind: "wait", reason: "pace", untilMs: cluster.controlPlaneDueMs };
  return { kind: cluster.up ? "halt" : "finish" };
}

/** The pools that take part cancel what they do by themselves. */
function planCancellation({ busyPools, nowMs }: ObservedCluster, atMs: number): ClusterStep {
  if (busyPools > 0) return { kind: "wait", reason: "agent pools" };
  return nowMs < atMs ? { kind: "wait", reason: "pace", untilMs: atMs } : { kind: "cancel" };
}

function planControlPlane(cluster: ObservedCluster): ClusterStep {
  if (cluster.recorded !== undefined && !cluster.up) return { kind: "start" };
  if (cluster.nowMs >= cluster.deadlineMs) return { kind: "fail", failure: controlPlaneFailed };
  if (cluster.nowMs < cluster.controlPlaneDueMs) return { kind: "wait", reason: "pace", untilMs: cluster.controlPlaneDueMs };
  return { kind: "ensureControlPlane" };
}

function planDeletion(cluster: ObservedCluster): ClusterStep {
  if (cluster.pools > 0) return { kind: "wait", reason: "agent pools" };
  if (cluster.nowMs < cluster.controlPlaneDueMs) return { kind: "wait", reason: "pace", untilMs: cluster.controlPlaneDueMs };
  return { kind: "remove" };
}

/** Unverified: code and text of AKS for a control plane that does not come up. */
const controlPlaneFailed: Failure = {
  code: "InternalOperationError",
  message: "Internal server error: the control plane did not start in time.",
};
