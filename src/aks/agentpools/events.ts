import type { Event } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import type { ClusterView } from "../cluster-view.ts";
import type { AksContext } from "../context.ts";
import { each } from "../each.ts";

/** Who reports an upgrade's progress. Source: azure-docs articles/aks/tutorial-kubernetes-upgrade-cluster.md. */
const COMPONENT = "upgrader";

/** What is said about a node. */
export interface NodeEvent {
  readonly node: string;
  readonly reason: "Surge" | "Drain" | "Upgrade";
  readonly message: string;
  readonly type?: "Normal" | "Warning";
}

/** Posts events about nodes. They are for people: one that cannot be posted is logged and dropped. */
export async function postEvents(context: AksContext, view: ClusterView, events: readonly NodeEvent[]): Promise<void> {
  await each(events, async (event) => {
    await view.client.create<Event>(resources.events, eventOf(context, event)).catch((error: unknown) => {
      context.log.debug("an event could not be posted", { node: event.node, error });
    });
  });
}

function eventOf({ clock, random }: AksContext, { node, reason, message, type = "Normal" }: NodeEvent): Event {
  const now = new Date(clock.now()).toISOString().replace(/\.\d+Z$/, "Z");
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: `${node}.${random.hex(16)}`, namespace: "default" },
    involvedObject: { kind: "Node", name: node, uid: node },
    reason,
    message,
    type,
    count: 1,
    firstTimestamp: now,
    lastTimestamp: now,
    source: { component: COMPONENT },
  };
}
