import type { Requeue } from "#lib";
import type { AksContext } from "../context.ts";
import { clusterKeyOfPool } from "../documents.ts";
import { execute } from "./execute.ts";
import { observePool, type Subject } from "./observe.ts";
import { planAgentPool } from "./plan.ts";

/**
 * One turn of the loop for the pool with this key: observe, plan, one step. A pool at rest needs none. What the step
 * changes — documents, machines, nodes, pods — asks for the next turn.
 */
export async function reconcileAgentPool(context: AksContext, key: string): Promise<Requeue | undefined> {
  const document = context.pools.get(key);
  const cluster = context.clusters.get(clusterKeyOfPool(key));
  if (document?.value.work === undefined || cluster === undefined) return undefined;
  const subject = {
    cluster: cluster.value,
    pool: document.value,
    work: document.value.work,
    view: context.views.get(cluster.id),
  };
  const step = planAgentPool(observePool(context, subject));
  const needsView = step.kind !== "wait" && step.kind !== "cancel";
  if (subject.view === undefined && needsView && !goesWithoutView(subject)) return undefined;
  if (step.kind !== "wait") context.log.debug("agent pool step", { agentPool: key, step: step.kind });
  const requeueAfterMs = await execute({ ...subject, context, document }, step);
  return requeueAfterMs === undefined ? undefined : { requeueAfterMs };
}

/** A pool waits for its cluster's control plane, without which its nodes are not seen; what goes with its cluster has none to wait for. */
function goesWithoutView({ cluster, work }: Subject): boolean {
  return work.kind === "Deleting" && (cluster.work?.kind === "Deleting" || cluster.controlPlane === undefined);
}
