import { resources } from "#api/kubernetes/resources";
import { isStatus } from "#api/kubernetes/status";
import type { ClusterView } from "../../cluster-view.ts";
import { durations, SHORTEST_RETRY_MS } from "../../durations.ts";
import { each } from "../../each.ts";
import { type NodeEvent, nodeEvents, postEvents } from "../events.ts";
import { podsToMove } from "../observe.ts";
import type { Site } from "../site.ts";
import { isForced } from "./budgets.ts";

/** The last attempt to empty a node. Forgotten with the program: the next one then is the first again. */
interface Attempt {
  readonly atMs: number;
  readonly count: number;
}

/** Nodes of a cluster whose attempts are kept at most; those that were tried longest ago go first. */
const MAX_ATTEMPTS = 5000;
const attempts = new WeakMap<ClusterView, Map<string, Attempt>>();

/**
 * Asks for the eviction of every pod on the nodes that is not on its way yet. One that its budget protects is asked for again
 * later, or deleted where the cluster says so; between two attempts on a node lies the same time, whatever happens meanwhile.
 * Source: kubectl drain, evictPods.
 * @returns how long until the next attempt is due.
 */
export async function evict(site: Site, view: ClusterView, nodes: readonly string[]): Promise<number> {
  const { context } = site;
  const nowMs = context.clock.now();
  const retryMs = Math.max(context.pace(durations.evictionRetryMs), SHORTEST_RETRY_MS);
  const past = attempts.get(view) ?? new Map<string, Attempt>();
  attempts.set(view, past);
  const due = nodes.filter((node) => nowMs >= (past.get(node)?.atMs ?? 0) + retryMs);
  for (const node of due) note(past, node, { atMs: nowMs, count: (past.get(node)?.count ?? 0) + 1 });
  const blocked = await evictFrom(site, view, due);
  postEvents(
    view,
    blocked.filter(({ node }) => isToldOf(past.get(node))),
  );
  return Math.max(Math.min(...nodes.map((node) => (past.get(node)?.atMs ?? nowMs) + retryMs)) - nowMs, 0);
}

function note(past: Map<string, Attempt>, node: string, attempt: Attempt): void {
  past.delete(node);
  past.set(node, attempt);
  const [first] = past.keys();
  if (past.size > MAX_ATTEMPTS && first !== undefined) past.delete(first);
}

/** Told of less and less often: a source may write only so many events about a node, and some are still to come. */
function isToldOf(attempt: Attempt | undefined): boolean {
  return attempt !== undefined && Number.isInteger(Math.log2(attempt.count));
}

/** Returns what there is to tell of pods that are protected: one of each node. */
async function evictFrom({ cluster, work }: Site, view: ClusterView, nodes: readonly string[]): Promise<readonly NodeEvent[]> {
  const forced = work.kind !== "Deleting" && isForced(cluster, work.startedMs);
  const blocked = new Map<string, NodeEvent>();
  const pods = nodes.flatMap((node) => podsToMove(view.podsOn(node)).map((pod) => ({ node, pod })));
  const staying = pods.filter(({ pod }) => pod.metadata.deletionTimestamp === undefined);
  await each(staying, async ({ node, pod: { metadata } }) => {
    const name = { name: metadata.name, ...(metadata.namespace !== undefined && { namespace: metadata.namespace }) };
    const going = forced ? view.client.delete(resources.pods, name) : view.client.evict(name);
    await ignoringAbsence(going).catch((error: unknown) => {
      if (!isStatus(error, "TooManyRequests")) throw error;
      if (!blocked.has(node)) blocked.set(node, nodeEvents.blocked(node, metadata.name));
    });
  });
  return [...blocked.values()];
}

/** For calls about what may have gone meanwhile. */
export async function ignoringAbsence(call: Promise<unknown> | undefined): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!isStatus(error, "NotFound")) throw error;
  }
}
