/** Path of a pod's explanation below a cluster's address; no path of Kubernetes. */
export function explainPath(namespace: string, name: string): string {
  return `/lido/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/explain`;
}

/** Nodes of one pool that one plugin refused for one reason. */
export interface RefusalCount {
  /** As kube-scheduler calls it: `NodeResourcesFit`. */
  readonly plugin: string;
  /** As it stands in the FailedScheduling event: `Insufficient cpu`. */
  readonly reason: string;
  readonly nodeCount: number;
}

/** What the filters say of the nodes of one pool. */
export interface ExplainedPool {
  /** The nodes' agent pool; empty for nodes of none. */
  readonly name: string;
  readonly nodeCount: number;
  /** Nodes that can take the pod now. */
  readonly feasibleCount: number;
  /** The most frequent first. A node counts for each reason that it was refused for. */
  readonly refusals: readonly RefusalCount[];
}

export interface ExplainedScore {
  readonly plugin: string;
  readonly weight: number;
  /** 0…100 over the nodes that can take the pod. */
  readonly score: number;
}

/** The rules that the pod's scheduler has for it. */
export interface ExplainedProfile {
  /** As the pod names it: `default-scheduler`. */
  readonly name: string;
  /** Plugins that can refuse a node, in the order in which they are asked. */
  readonly filters: readonly string[];
  /** Plugins that nodes are compared by. */
  readonly scores: readonly { readonly plugin: string; readonly weight: number }[];
  /** Share of the nodes that is enough to choose among; 0 for one that falls with the size of the cluster. */
  readonly percentageOfNodesToScore: number;
}

/** A node that can take the pod, and what it is worth. */
export interface ExplainedNode {
  readonly name: string;
  readonly pool: string;
  /** Sum of scores times weights. */
  readonly total: number;
  /** Plugins that like all nodes alike are left out. */
  readonly scores: readonly ExplainedScore[];
}

/**
 * Where a pod stands: on its node, ended, waiting for a node, held back by its scheduling gates, being deleted before
 * it had a node, or left to another scheduler.
 */
export type PodStanding = "placed" | "ended" | "waiting" | "gated" | "deleted" | "foreign";

/** Why a pod is where it is, or nowhere, by the cluster as it is now. */
export interface PodExplanation {
  readonly apiVersion: "lido/v1";
  readonly kind: "PodExplanation";
  readonly namespace: string;
  readonly name: string;
  readonly standing: PodStanding;
  /** Where the pod is. */
  readonly nodeName?: string;
  /** Where room is being made for it. */
  readonly nominatedNodeName?: string;
  /** What the PodScheduled condition says. */
  readonly message?: string;
  /** Absent for pods of other schedulers. */
  readonly profile?: ExplainedProfile;
  /** Why no node was looked at at all. */
  readonly refusal?: string;
  readonly nodeCount: number;
  readonly feasibleCount: number;
  /** In order of name. */
  readonly pools: readonly ExplainedPool[];
  /** The nodes with the highest totals, at most five. */
  readonly bestNodes: readonly ExplainedNode[];
}
