import type { Node, Pod } from "#api/kubernetes/core";
import type { PodDisruptionBudget } from "#api/kubernetes/workloads";
import { isNodeReady } from "#kube/apimachinery";
import { SHORTEST_UNNEEDED_MS } from "../../durations.ts";
import { each } from "../../each.ts";
import type { Backoff } from "../../documents.ts";
import { generations } from "../../generations/index.ts";
import { beginScaling } from "./begin.ts";
import { type AutoscalerEvents, eventsOf, growthsText, postChosen, postGrowth } from "./events.ts";
import { isExpendable } from "./expendable.ts";
import type { Choice } from "./expander.ts";
import { daemonSets, pendingPods, type Scan, type ScannedPool, takesPods } from "./observe.ts";
import { readPriorities } from "./priorities.ts";
import { advanceRemovals } from "./remove.ts";
import { type Member, planScaleDown } from "./scale-down.ts";
import { type Group, planScaleUp } from "./scale-up.ts";
import type { GroupStatus } from "./status.ts";
import { CANDIDATE, mark, taintedSince, TO_BE_DELETED, unmark } from "./taints.ts";
import { isComplete, replicaOf, type Template, templateOf } from "./template.ts";

/** What a scan has come to. */
export interface Scanned {
  readonly healthy: boolean;
  readonly groups: readonly GroupStatus[];
  /** Whether a node is on its way out. */
  readonly leaving: boolean;
}

/**
 * One look at a cluster, and what follows from it: nodes that are to go go on, pods without a node get nodes, and nodes that
 * nothing needs are marked or chosen. Nothing is remembered but what documents, nodes and their taints say.
 * Source: cluster-autoscaler core/static_autoscaler.go, RunOnce.
 */
export async function scanCluster(scan: Scan): Promise<Scanned> {
  const events = eventsOf(scan.context, scan.view);
  const healthy = isHealthy(scan);
  const budgets = [...scan.view.budgets()];
  const leaving = await advanceRemovals(scan, budgets, events);
  const grows = healthy && (await scaleUp(scan, events));
  const chosen = healthy ? await scaleDown(scan, { budgets, events, grows, draining: leaving > 0 }) : 0;
  return {
    healthy,
    groups: scan.pools.filter(({ autoscaled }) => autoscaled).map((pool) => statusOf(scan, pool)),
    leaving: leaving + chosen > 0,
  };
}

/** Takes its taints off the nodes of pools that the autoscaler does not look after any more. */
export async function tidy({ pools, view }: Scan): Promise<void> {
  const nodes = pools.filter(({ autoscaled }) => !autoscaled).flatMap(({ nodes }) => nodes);
  await each(nodes, (node) => unmark(view, node));
}

/** Nodes whose machines are to run. */
function standing({ nodes, instances }: ScannedPool): readonly Node[] {
  return nodes.filter(({ metadata }) => instances.get(metadata.name)?.state === "Running");
}

/** Source: cluster-autoscaler FAQ.md, ok-total-unready-count and max-total-unready-percentage. */
function isHealthy({ pools, settings }: Scan): boolean {
  const nodes = pools.flatMap(standing);
  const unready = nodes.filter((node) => !isNodeReady(node)).length;
  return unready <= settings.okTotalUnready || (100 * unready) / nodes.length <= settings.maxTotalUnready;
}

async function scaleUp(scan: Scan, events: AutoscalerEvents): Promise<boolean> {
  const pods = pendingPods(scan);
  if (pods.length === 0) return false;
  const daemons = await daemonSets(scan);
  const choice = await choiceOf(scan, events);
  const stage = scan.stage();
  const pools = scan.pools.filter(({ autoscaled }) => autoscaled);
  const templates = pools.map((pool) => ({ pool, template: templateOf(scan, pool, daemons, stage) }));
  const upcoming = templates.flatMap(({ pool, template }) => upcomingOf(pool, template, pods));
  for (const { node, pods: daemonPods } of upcoming) stage.addNode(node, daemonPods);
  const nodes = [...scan.pools.flatMap(({ nodes }) => nodes.filter(takesPods)), ...upcoming.map(({ node }) => node)];
  const plan = planScaleUp({
    pods,
    stage,
    choice,
    groups: templates.map(({ pool, template }): Group => groupOf(scan, pool, template)),
    nodes: nodes.map(({ metadata }) => metadata.name),
    balanceSimilar: scan.settings.balanceSimilar,
  });
  for (const { pod, reasons } of plan.helpless) events.pod(pod, "NotTriggerScaleUp", `pod didn't trigger scale-up: ${reasons}`);
  const grown = [];
  for (const growth of plan.growths) {
    const pool = pools.find(({ group }) => group === growth.group);
    if (pool === undefined) continue;
    if (await beginScaling(scan.context, scan.cluster, pool.document, { direction: "up", vmSize: pool.vmSize, count: growth.to }))
      grown.push(growth);
  }
  for (const growth of grown) postGrowth(events, growth);
  if (grown.length > 0)
    for (const pod of plan.triggered) events.pod(pod, "TriggeredScaleUp", `pod triggered scale-up: ${growthsText(grown)}`);
  return grown.length > 0;
}

async function choiceOf({ context, view, settings: { expander } }: Scan, events: AutoscalerEvents): Promise<Choice> {
  const { priorities: warn } = events;
  const priorities = expander === "priority" ? await readPriorities(view.client, warn) : undefined;
  return { expander, priorities, random: context.random, warn };
}

/** A pool grows no further than it may, nor than its cluster may. */
function groupOf({ cluster, nodes, nowMs }: Scan, pool: ScannedPool, template: Template): Group {
  const { group, size, idle, document } = pool;
  const { maxNodesPerCluster, maxNodesPerAgentPool } = generations[cluster.value.generation];
  const spare = Math.min(maxNodesPerCluster - nodes, maxNodesPerAgentPool - document.value.properties.count);
  const max = Math.max(size, Math.min(pool.max, size + spare));
  const backoff = (backoffOf(pool)?.untilMs ?? 0) > nowMs;
  return { name: group, size, max, template, ...(backoff ? { barred: "backoff" } : !idle && { barred: "busy" }) };
}

/** Nodes that the pool is about to have, those without their GPUs yet among them: no more of them than there are pods for. */
function upcomingOf(pool: ScannedPool, template: Template, pods: readonly Pod[]): readonly Template[] {
  const { nodes, size, idle } = pool;
  const complete = nodes.filter((node) => isComplete(node, pool)).length;
  const coming = (idle ? nodes.filter(isNodeReady).length : size) - complete;
  return Array.from({ length: Math.min(Math.max(coming, 0), pods.length) }, (_, index) => replicaOf(template, index));
}

async function scaleDown(
  scan: Scan,
  state: {
    readonly budgets: readonly PodDisruptionBudget[];
    readonly events: AutoscalerEvents;
    readonly grows: boolean;
    readonly draining: boolean;
  },
): Promise<number> {
  const { context, settings, pools, view, nowMs } = scan;
  const own = pools.filter(({ autoscaled }) => autoscaled);
  const nodes = new Map(own.flatMap((pool) => standing(pool).map((node) => [node.metadata.name, node] as const)));
  const members = own.flatMap((pool) =>
    standing(pool)
      .filter(isNotLeaving)
      .map((node) => memberOf(scan, pool, node)),
  );
  const others = pools.filter(({ autoscaled }) => !autoscaled).flatMap((pool) => pool.nodes.filter(takesPods));
  const plan = planScaleDown({
    ...scan,
    members,
    destinations: [...members.filter(({ ready }) => ready).map(({ node }) => node), ...others].map(({ metadata }) => metadata.name),
    spare: new Map(own.map((pool) => [pool.group, spareOf(pool)])),
    budgets: state.budgets,
    unneededMs: Math.max(context.pace(settings.unneededMs), SHORTEST_UNNEEDED_MS),
    unreadyMs: Math.max(context.pace(settings.unreadyMs), SHORTEST_UNNEEDED_MS),
    cooling: state.grows || isCooling(scan),
    draining: state.draining,
  });
  const unneeded = new Set(plan.unneeded);
  await each(members, async ({ node, unneededMs }) => {
    const { name } = node.metadata;
    if (unneeded.has(name) === (unneededMs !== undefined)) return;
    if (unneeded.has(name)) await mark(view, node, CANDIDATE, nowMs);
    else await unmark(view, node, [CANDIDATE]);
  });
  for (const removal of plan.removals) {
    const node = nodes.get(removal.node);
    if (node !== undefined && (await mark(view, node, TO_BE_DELETED, nowMs))) postChosen(state.events, removal);
  }
  return plan.removals.length;
}

function isNotLeaving(node: Node): boolean {
  return taintedSince(node, TO_BE_DELETED) === undefined;
}

/** Source: cluster-autoscaler FAQ.md, "How can I prevent Cluster Autoscaler from scaling down a particular node?". */
const KEEP = "cluster-autoscaler.kubernetes.io/scale-down-disabled";

function memberOf(scan: Scan, { group }: ScannedPool, node: Node): Member {
  return {
    group,
    node,
    pods: scan.view.podsOn(node.metadata.name).filter((pod) => !isExpendable(pod)),
    ready: isNodeReady(node),
    kept: node.metadata.annotations?.[KEEP] === "true",
    unneededMs: taintedSince(node, CANDIDATE),
  };
}

/** Nodes that the pool can lose, besides those that are about to go. */
function spareOf({ idle, size, min, nodes }: ScannedPool): number {
  return idle ? size - min - nodes.filter((node) => !isNotLeaving(node)).length : 0;
}

function isCooling({ context: { pace }, pools, settings, nowMs }: Scan): boolean {
  return pools.some(({ document: { value: pool } }) => {
    const { upMs, downMs, downFailedMs } = pool.scaled ?? {};
    const cools = (sinceMs: number | undefined, delayMs: number): boolean => sinceMs !== undefined && nowMs < sinceMs + pace(delayMs);
    const growing = pool.work?.autoscaled === "up";
    return (
      growing ||
      cools(upMs, settings.delayAfterAddMs) ||
      cools(downMs, settings.delayAfterDeleteMs) ||
      cools(downFailedMs, settings.delayAfterFailureMs)
    );
  });
}

function backoffOf({ document, vmSize }: ScannedPool): Backoff | undefined {
  const { backoff, backoffs } = document.value.scaled ?? {};
  return vmSize === undefined ? backoff : backoffs?.[vmSize];
}

function statusOf({ nowMs }: Scan, pool: ScannedPool): GroupStatus {
  const { work } = pool.document.value;
  const nodes = standing(pool);
  const ready = nodes.filter(isNodeReady).length;
  const backoff = backoffOf(pool);
  const isBarred = (backoff?.untilMs ?? 0) > nowMs;
  const grows = work?.autoscaled === "up" && work.autoscaledSize === pool.vmSize;
  return {
    name: pool.group,
    counts: { registered: nodes.length, ready, unready: nodes.length - ready, notStarted: 0 },
    target: pool.size,
    min: pool.min,
    max: pool.max,
    scaleUp: grows ? "InProgress" : isBarred ? "Backoff" : "NoActivity",
    failure: isBarred ? backoff : undefined,
    candidates: nodes.filter((node) => taintedSince(node, CANDIDATE) !== undefined).length,
  };
}
