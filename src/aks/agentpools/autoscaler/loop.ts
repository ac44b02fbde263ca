import { createReconciler, type Requeue } from "#lib";
import type { AksContext } from "../../context.ts";
import { durations, SHORTEST_SCAN_MS } from "../../durations.ts";
import { poolDocuments } from "../../lookup.ts";
import { isAutoscaled, type Scan, scanOf } from "./observe.ts";
import { scanCluster, tidy } from "./scan.ts";
import { type ClusterStatus, statusText, type Transitions, writeStatus } from "./status.ts";

/** The cluster autoscalers of all clusters. One works while its cluster runs and some pool of it is autoscaled. */
export interface Autoscalers {
  /** The cluster, or a pool of it, has changed: it may need an autoscaler. */
  consider(clusterKey: string): void;
  /** The cluster's control plane has come up: what an earlier life left on its nodes is looked at once. */
  appeared(clusterKey: string): void;
  stop(): Promise<void>;
}

/** Clusters looked at at the same time. */
const CONCURRENCY = 8;
/** A status of which only the times have changed is written again after this. */
const STATUS_MS = 10_000;

interface Told {
  readonly transitions: Transitions;
  text: string;
  atMs: number;
}

/** Makes them. Nothing happens before a cluster is to be considered, and nothing for a cluster without autoscaled pools. */
export function createAutoscalers(context: AksContext): Autoscalers {
  /** Clusters whose autoscaler works, with what was told last. */
  const active = new Map<string, Told>();
  const reconciler = createReconciler({
    name: "cluster autoscaler",
    clock: context.clock,
    log: context.log,
    concurrency: CONCURRENCY,
    reconcile: (key) => turn(context, key, active),
  });
  const begin = (key: string): void => {
    if (active.has(key)) return;
    active.set(key, { transitions: new Map(), text: "", atMs: 0 });
    reconciler.enqueue(key);
  };
  return {
    consider(key) {
      if (!active.has(key) && context.views.get(key) !== undefined && hasWork(context, key)) begin(key);
    },
    appeared: begin,
    stop: () => reconciler.stop(),
  };
}

function hasWork(context: AksContext, key: string): boolean {
  return context.pools.list(`${key}/`).some(({ value }) => isAutoscaled(value));
}

async function turn(context: AksContext, key: string, active: Map<string, Told>): Promise<Requeue | undefined> {
  const cluster = context.clusters.get(key);
  const view = context.views.get(key);
  if (cluster === undefined || view === undefined) return rest();
  const scan = scanOf(context, cluster, view);
  await tidy(scan);
  if (!poolDocuments(context, cluster.value).some(({ value }) => isAutoscaled(value))) return rest();
  const waitMs = Math.max(context.pace(scan.settings.scanMs), SHORTEST_SCAN_MS);
  // What is done to the cluster is done to its pools, or may be.
  if (cluster.value.work !== undefined) return { requeueAfterMs: waitMs };
  const { leaving, healthy, groups } = await scanCluster(scan);
  await tell(scan, active.get(key), { healthy, groups });
  const soonMs = Math.max(context.pace(durations.nodeDeleteDelayMs), SHORTEST_SCAN_MS);
  return { requeueAfterMs: leaving ? Math.min(waitMs, soonMs) : waitMs };

  function rest(): undefined {
    active.delete(key);
  }
}

async function tell(
  { view, release, nowMs }: Scan,
  told: Told | undefined,
  found: Pick<ClusterStatus, "healthy" | "groups">,
): Promise<void> {
  if (told === undefined) return;
  const fresh = JSON.stringify(found);
  if (told.text === fresh && nowMs - told.atMs < STATUS_MS) return;
  await writeStatus(view.client, statusText({ release, nowMs, ...found }, told.transitions), nowMs);
  told.text = fresh;
  told.atMs = nowMs;
}
