import type { Requeue } from "#lib";
import type { AksContext } from "../context.ts";
import type { Document } from "#store";
import { clusterKeyOfPool, type StoredCluster, type StoredPool } from "../documents.ts";
import { execute } from "./execute.ts";
import { observePool, type Subject } from "./observe.ts";
import { planAgentPool } from "./plan.ts";
import { asContainer, stepOfContainer } from "../machines/container.ts";
import { holdsMachines } from "../machines/documents.ts";
import type { Step } from "./step.ts";
import { keepUp } from "./upkeep/upkeep.ts";

/**
 * One turn of the loop for the pool with this key: observe, plan, one step. Of a pool at rest, evicted and unhealthy nodes are seen to
 * while its cluster is at rest and runs. What the step
 * changes — documents, machines, nodes, pods — asks for the next turn.
 * @param adjusted what is done in the place of a step.
 */
export async function reconcileAgentPool(
  context: AksContext,
  key: string,
  adjusted = (step: Step): Step => step,
): Promise<Requeue | undefined> {
  const document = context.pools.get(key);
  const cluster = context.clusters.get(clusterKeyOfPool(key));
  if (document === undefined || cluster === undefined) return undefined;
  if (document.value.work === undefined) return await restingTurn(context, cluster, document);
  const subject = {
    cluster: cluster.value,
    pool: document.value,
    work: document.value.work,
    view: context.views.get(cluster.id),
  };
  const isContainer = holdsMachines(subject.pool);
  const observed = observePool(context, subject);
  const planned = planAgentPool(isContainer ? asContainer(observed) : observed);
  const step = adjusted(isContainer ? stepOfContainer(context, subject, planned) : planned);
  const needsView = step.kind !== "wait" && step.kind !== "cancel";
  if (subject.view === undefined && needsView && !goesWithoutView(subject)) return undefined;
  if (step.kind !== "wait") context.log.debug("agent pool step", { agentPool: key, step: step.kind });
  const requeueAfterMs = await execute({ ...subject, context, document }, step);
  return requeueAfterMs === undefined ? undefined : { requeueAfterMs };
}

async function restingTurn(
  context: AksContext,
  cluster: Document<StoredCluster>,
  document: Document<StoredPool>,
): Promise<Requeue | undefined> {
  const view = context.views.get(cluster.id);
  if (view === undefined || cluster.value.work !== undefined || document.value.parked !== undefined) return undefined;
  if (holdsMachines(document.value)) return undefined;
  return await keepUp({ context, cluster: cluster.value, pool: document.value, view, document });
}

/** A pool waits for its cluster's control plane, without which its nodes are not seen; what goes with its cluster has none to wait for. */
function goesWithoutView({ cluster, work }: Subject): boolean {
  return work.kind === "Deleting" && (cluster.work?.kind === "Deleting" || cluster.controlPlane === undefined);
}
