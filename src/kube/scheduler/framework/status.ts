/** Whether removing pods from the node could change a rejection. */
export type RejectionCode = "Unschedulable" | "UnschedulableAndUnresolvable";

/**
 * Why a node cannot take a pod. Rejections are shared between nodes and pods and never changed.
 * Source: kube-scheduler framework/interface.go, Status.
 */
export interface Rejection {
  readonly code: RejectionCode;
  /** Names of the plugins that said no. */
  readonly plugins: readonly string[];
  /** As they are counted in the FailedScheduling event. */
  readonly reasons: readonly string[];
}

/** What a filter says of a node: nothing is Success. An Error is a defect and is thrown. */
export type FilterStatus = Rejection | undefined;

/** A rejection by one plugin that preemption cannot lift. */
export function unresolvable(plugin: string, reason: string): Rejection {
  return { code: "UnschedulableAndUnresolvable", plugins: [plugin], reasons: [reason] };
}

/** A rejection by one plugin that ends when pods leave the node. */
export function unschedulable(plugin: string, ...reasons: string[]): Rejection {
  return { code: "Unschedulable", plugins: [plugin], reasons };
}

/** Several rejections of one node as one: unresolvable when any of them is. */
export function joinRejections(rejections: readonly Rejection[]): FilterStatus {
  if (rejections.length < 2) return rejections[0];
  return {
    code: rejections.some(({ code }) => code === "UnschedulableAndUnresolvable") ? "UnschedulableAndUnresolvable" : "Unschedulable",
    plugins: rejections.flatMap(({ plugins }) => plugins),
    reasons: rejections.flatMap(({ reasons }) => reasons),
  };
}
