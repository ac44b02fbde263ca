import type { Requeue } from "#lib";
import type { AksContext } from "../context.ts";
import { poolsInOrder } from "../lookup.ts";
import { beginUpkeep, isAtRest } from "./begin.ts";
import { observeUpkeep } from "./observe.ts";
import { planUpkeep } from "./plan.ts";

/** What could not be begun is tried again after this, by the clock: windows are hours of a day, which no speed shortens. */
const RETRY_MS = 5 * 60_000;

/**
 * One turn for the cluster with this key: what its channels want is begun while its maintenance configuration allows it. Nothing but the
 * documents is remembered, so a restart goes on. A cluster that is stopped, or worked on, has its turn when that is over.
 */
export async function reconcileUpkeep(context: AksContext, key: string): Promise<Requeue | undefined> {
  const cluster = context.clusters.get(key)?.value;
  if (cluster === undefined || !isAtRest(context, cluster)) return undefined;
  const state = observeUpkeep(context, cluster, poolsInOrder(context, cluster));
  if (state === undefined) return undefined;
  const step = planUpkeep(state);
  if (step.kind === "wait") return { requeueAfterMs: Math.max(step.untilMs - state.nowMs, 0) };
  const refusal = await beginUpkeep(context, cluster, step);
  if (refusal === undefined) {
    context.log.info("an automatic upgrade begins", { managedCluster: key, kind: step.kind, goal: step.goal });
    return undefined;
  }
  context.log.warn("an automatic upgrade cannot begin", { managedCluster: key, kind: step.kind, goal: step.goal, error: refusal.message });
  return { requeueAfterMs: RETRY_MS };
}
