import type { Node, Pod } from "#api/kubernetes/core";
import type { PodDisruptionBudget } from "#api/kubernetes/workloads";
import { isStatus } from "#api/kubernetes/status";
import { isNodeReady, parseTime } from "#kube/apimachinery";
import { durations, SHORTEST_DRAIN_MS } from "../../durations.ts";
import { each } from "../../each.ts";
import { beginScaling, noteFailedRemoval } from "./begin.ts";
import { blockerOf, daemonsToEvict, podsToMove } from "./blockers.ts";
import { type AutoscalerEvents, postRemoved } from "./events.ts";
import type { Scan, ScannedPool } from "./observe.ts";
import { CANDIDATE, taintedSince, TO_BE_DELETED, unmark } from "./taints.ts";

/** A node that is to go, and what is to be done about it now. */
type Leaving =
  | { readonly kind: "wait" }
  /** It stays after all. */
  | { readonly kind: "spare"; readonly failure?: string }
  | { readonly kind: "evict"; readonly pods: readonly Pod[] }
  | { readonly kind: "remove" };

interface Facts {
  readonly sinceMs: number;
  readonly nowMs: number;
  /** Milliseconds. */
  readonly delayMs: number;
  readonly timeoutMs: number;
  /** Whether the pool can be changed now. */
  readonly idle: boolean;
  /** Whether the pool is still the autoscaler's, and larger than its minimum. */
  readonly removable: boolean;
  /** Its machine is kept and does not run any more. */
  readonly asleep: boolean;
  /** Pods that have to move. */
  readonly pods: readonly Pod[];
  /** What has come to keep the node meanwhile, budgets apart. */
  readonly blocker?: string | undefined;
}

/**
 * What to do about a node that carries the taint: everything follows from the taint's time and from what is there, so that a
 * restart goes on. Source: cluster-autoscaler core/scaledown/actuation, drain.go and delete_in_batch.go.
 */
export function planLeaving(facts: Facts): Leaving {
  if (facts.asleep || !facts.removable) return { kind: "spare" };
  if (!facts.idle) return { kind: "wait" };
  const staying = facts.pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  if (facts.blocker !== undefined) return { kind: "spare", failure: `failed to drain the node, aborting ScaleDown: ${facts.blocker}` };
  if (facts.pods.length === 0) return facts.nowMs >= facts.sinceMs + facts.delayMs ? { kind: "remove" } : { kind: "wait" };
  if (facts.nowMs < facts.sinceMs + facts.timeoutMs) return staying.length > 0 ? { kind: "evict", pods: staying } : { kind: "wait" };
  const names = facts.pods.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).join(", ");
  return { kind: "spare", failure: `failed to drain the node, aborting ScaleDown: pods remaining after timeout: ${names}` };
}

/**
 * Takes every node that is to go one step further. @returns how many are still on their way.
 */
export async function advanceRemovals(scan: Scan, budgets: readonly PodDisruptionBudget[], events: AutoscalerEvents): Promise<number> {
  let leaving = 0;
  for (const pool of scan.pools) leaving += await advancePool(scan, pool, { budgets, events });
  return leaving;
}

async function advancePool(
  scan: Scan,
  pool: ScannedPool,
  { budgets, events }: { readonly budgets: readonly PodDisruptionBudget[]; readonly events: AutoscalerEvents },
): Promise<number> {
  const tainted = pool.nodes.filter((node) => taintedSince(node, TO_BE_DELETED) !== undefined);
  const going: string[] = [];
  for (const node of tainted) {
    const facts = factsOf(scan, pool, node, { budgets, spare: pool.size - pool.min - going.length });
    const step = planLeaving(facts);
    // Nobody waits for them. Source: cluster-autoscaler core/scaledown/actuation/drain.go, EvictDaemonSetPods.
    if (step.kind !== "spare" && pool.idle) await evict(scan, daemonsOf(scan, node, facts), events);
    if (step.kind === "remove") going.push(node.metadata.name);
    if (step.kind === "evict") await evict(scan, step.pods, events);
    if (step.kind === "spare") await spare(scan, pool, node, { failure: step.failure, events });
  }
  if (going.length === 0) return tainted.length;
  const scaling = { direction: "down", vmSize: pool.vmSize, count: pool.size - going.length, machines: going } as const;
  if (await beginScaling(scan.context, scan.cluster, pool.document, scaling)) for (const node of going) postRemoved(events, node);
  return tainted.length;
}

function factsOf(
  { context, view, settings, nowMs }: Scan,
  pool: ScannedPool,
  node: Node,
  { budgets, spare }: { readonly budgets: readonly PodDisruptionBudget[]; readonly spare: number },
): Facts {
  const { name } = node.metadata;
  const pods = podsToMove(view.podsOn(name), nowMs);
  const blocker = blockerOf(pods, budgets, settings);
  const state = pool.instances.get(name)?.state;
  return {
    // Time that passed while the program was stopped counts against nobody.
    sinceMs: Math.max(taintedSince(node, TO_BE_DELETED) ?? nowMs, context.startedMs),
    nowMs,
    delayMs: context.pace(durations.nodeDeleteDelayMs),
    timeoutMs: Math.max(context.pace(settings.maxGracefulTerminationMs), SHORTEST_DRAIN_MS),
    idle: pool.idle,
    removable: pool.autoscaled && (spare > 0 || !pool.idle),
    asleep: (state === "Deallocating" || state === "Deallocated") && !isNodeReady(node),
    pods,
    // A budget is asked by the eviction itself, which is tried again.
    blocker: blocker === "NotEnoughPdb" ? undefined : blocker,
  };
}

/** Pods of daemon sets that have been there since before the node was chosen: what comes after them comes again. */
function daemonsOf({ view, settings }: Scan, node: Node, { sinceMs, pods }: Pick<Facts, "sinceMs" | "pods">): readonly Pod[] {
  const { fromEmpty, fromOccupied } = settings.evictsDaemons;
  const isOld = ({ metadata }: Pod): boolean => (parseTime(metadata.creationTimestamp) ?? 0) < sinceMs;
  return daemonsToEvict(view.podsOn(node.metadata.name), pods.length > 0 ? fromOccupied : fromEmpty).filter(
    (pod) => pod.metadata.deletionTimestamp === undefined && isOld(pod),
  );
}

async function evict({ view }: Scan, pods: readonly Pod[], events: AutoscalerEvents): Promise<void> {
  await each(pods, async (pod) => {
    const { name, namespace } = pod.metadata;
    try {
      await view.client.evict({ name, ...(namespace !== undefined && { namespace }) });
      events.pod(pod, "ScaleDown", "deleting pod for node scale down");
    } catch (error) {
      if (!isStatus(error, "NotFound") && !isStatus(error, "TooManyRequests")) throw error;
    }
  });
}

async function spare(
  { context, cluster, view }: Scan,
  { document, idle }: ScannedPool,
  node: Node,
  { failure, events }: { readonly failure: string | undefined; readonly events: AutoscalerEvents },
): Promise<void> {
  await unmark(view, node, [TO_BE_DELETED, CANDIDATE]);
  if (failure === undefined) return;
  events.node(node.metadata.name, "ScaleDownFailed", failure);
  if (idle) await noteFailedRemoval(context, cluster, document);
}
