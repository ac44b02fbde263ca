import type { Occurrence } from "#kube/client";
import type { ClusterView } from "../cluster-view.ts";

/** Something to tell about a node. */
export interface NodeEvent {
  readonly node: string;
  readonly reason: "Surge" | "Drain" | "Upgrade";
  readonly message: string;
  readonly type: Occurrence["type"];
}

/** Writes events about nodes, in the background: they are for people, and no step waits for them. */
export function postEvents({ recorder }: ClusterView, events: readonly NodeEvent[]): void {
  for (const { node, ...event } of events) recorder.record({ about: { kind: "Node", name: node, uid: node }, ...event });
}

/** Texts of an upgrade's events. Sources: azure-docs articles/aks/tutorial-kubernetes-upgrade-cluster.md; Azure/AKS#4306 for the last. */
export const nodeEvents = {
  surge: (node: string, pool: string): NodeEvent => normal(node, "Surge", `Created a surge node [${node} ${pool}] for agentpool ${pool}`),
  draining: (node: string): NodeEvent => normal(node, "Drain", `Draining node: ${node}`),
  soaking: (node: string, duration: string): NodeEvent => normal(node, "Upgrade", `Soak duration ${duration} after draining node: ${node}`),
  deleting: (node: string): NodeEvent => normal(node, "Upgrade", `Deleting node ${node} from API server`),
  upgraded: (node: string): NodeEvent => normal(node, "Upgrade", `Successfully upgraded node: ${node}`),
  reimaged: (node: string): NodeEvent => normal(node, "Upgrade", `Successfully reimaged node: ${node}`),
  blocked: (node: string, pod: string): NodeEvent => ({
    node,
    reason: "Drain",
    type: "Warning",
    message: `Eviction blocked by Too many Requests (usually a pdb): ${pod}`,
  }),
} as const;

function normal(node: string, reason: NodeEvent["reason"], message: string): NodeEvent {
  return { node, reason, message, type: "Normal" };
}
