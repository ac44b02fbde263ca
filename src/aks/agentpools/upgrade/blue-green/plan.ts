import type { Drain } from "../../../documents.ts";
import { planDrain } from "../../drain-plan.ts";
import { isOutdated, isReady, type Machine, type ObservedBlueGreen, type ObservedPool, type Step, waitFor } from "../../step.ts";

/**
 * The next step of replacing all of a pool's machines at once, or undefined when no old one is left.
 *
 * Blue are those that have not what the pool is to run, green those that have: blue nodes take no more pods, as many green ones
 * come up, blue ones are emptied in batches with a soak after each, and after the last soak they go. In a rollback the pool is to
 * run what it ran before, so the colours change places: the old nodes take pods again, and the new ones are emptied and go.
 * Source: MicrosoftDocs/azure-aks-docs articles/aks/blue-green-node-pool-upgrade.md, both workflows and their order.
 * Unverified: that a rollback empties nodes in batches too, without a soak.
 */
export function planBlueGreen(pool: ObservedPool, blueGreen: ObservedBlueGreen, live: readonly Machine[]): Step | undefined {
  if (pool.count === 0) return undefined;
  const blue = live.filter((machine) => isOutdated(machine, pool));
  const green = live.filter((machine) => !isOutdated(machine, pool));
  const revived = green.filter(({ name, node }) => node?.unschedulable === true && blueGreen.retired.includes(name));
  if (revived.length > 0) return { kind: "uncordon", nodes: names(revived) };
  if (blue.length === 0) return undefined;
  return planTakeover(pool, blueGreen, { blue, green }) ?? planMigration(pool, blueGreen, blue);
}

/** Blue nodes take no more pods, and as many green ones as the pool is to have are Ready. */
function planTakeover(
  pool: ObservedPool,
  { retired }: ObservedBlueGreen,
  { blue, green }: Readonly<Record<"blue" | "green", readonly Machine[]>>,
): Step | undefined {
  const fresh = blue.filter(({ name }) => !retired.includes(name));
  if (fresh.length > 0) return { kind: "retire", nodes: names(fresh) };
  const schedulable = blue.filter(({ node }) => node?.unschedulable === false);
  if (schedulable.length > 0) return { kind: "cordon", nodes: names(schedulable) };
  const missing = pool.count - green.length;
  if (missing > 0) return { kind: "createInstances", count: missing, surge: false, instead: names(blue) };
  return green.every(isReady) ? undefined : waitFor("nodes", pool.deadlineMs);
}

/** Blue nodes are emptied batch by batch; when all have been and have soaked, they go. */
function planMigration(pool: ObservedPool, blueGreen: ObservedBlueGreen, blue: readonly Machine[]): Step {
  const drainOf = ({ name }: Machine): Drain | undefined => pool.drains[name];
  const waiting = blue.filter((machine) => drainOf(machine) === undefined);
  const draining = blue.filter((machine) => drainOf(machine) !== undefined && drainOf(machine)?.emptyMs === undefined);
  const soak = blueGreen.rushed ? "none" : waiting.length > 0 ? "batch" : "final";
  const drain = (some: readonly Machine[]): Step =>
    planDrain({ ...pool, soakMs: 0, tolerated: 0 }, some, (empty) => ({ kind: "drained", nodes: names(empty), soak }));
  if (draining.length > 0) return drain(draining);
  const soakMs = waiting.length > 0 ? blueGreen.batchSoakMs : blueGreen.finalSoakMs;
  const soakedMs = Math.max(...blue.map((machine) => (drainOf(machine)?.emptyMs ?? -Infinity) + soakMs));
  if (pool.nowMs < soakedMs) return { kind: "wait", reason: "soak", untilMs: soakedMs };
  if (waiting.length > 0) return drain(waiting.slice(0, blueGreen.batch));
  // Pods that were bound to a node by hand since it was emptied are asked to go as well.
  const full = blue.filter(({ node }) => (node?.podsLeft ?? 0) > 0);
  return full.length > 0 ? { kind: "evict", nodes: names(full) } : { kind: "deleteInstances", ids: blue.map(({ id }) => id) };
}

function names(machines: readonly Machine[]): readonly string[] {
  return machines.map(({ name }) => name);
}
