import type { Failure } from "../documents.ts";
import { planDrain } from "./drain-plan.ts";
import { isLeaving, isReady, type Machine, type ObservedPool, type Step, waitFor } from "./step.ts";
import { planUpgrade } from "./upgrade/plan.ts";

/**
 * What to do next to bring a pool to what is wanted. Every state is a fresh start: nothing is remembered but what the
 * pool's document says, so a restart in the middle resumes by itself.
 *
 * Three nodes, one more wanted → createInstances(1) → wait until it is Ready → finish.
 * Three old nodes, surge 1 → createInstances(1) → wait → startDrain(000000) → cordon → evict … → reimage(0) → wait →
 * startDrain(000001) … → the fourth node is surplus: startDrain(000003) → … → deleteInstances(3) → deleteNodes → finish.
 */
export function planAgentPool(pool: ObservedPool): Step {
  const step = pool.kind === "Deleting" ? planDeletion(pool) : planWork(pool);
  const ends = step.kind === "finish" || step.kind === "forget" || step.kind === "fail";
  if (ends || pool.kind === "Deleting" || !pool.begun || pool.nowMs < pool.deadlineMs) return step;
  return { kind: "fail", failure: nodesNotReady(pool), uncordon: Object.keys(pool.drains) };
}

function planDeletion(pool: ObservedPool): Step {
  // AKS neither cordons nor drains the nodes of a pool that is deleted. Source: azure-docs articles/aks/delete-node-pool.md.
  if (pool.scaleSet) return pool.machines.every(isLeaving) && pool.machines.length > 0 ? waitFor("machines") : { kind: "deleteScaleSet" };
  if (pool.orphans.length > 0) return { kind: "deleteNodes", nodes: pool.orphans };
  if (pool.nowMs < pool.earliestEndMs) return { kind: "wait", reason: "pace", untilMs: pool.earliestEndMs };
  return { kind: "forget" };
}

function planWork(pool: ObservedPool): Step {
  if (!pool.turn) return waitFor("the cluster");
  if (!pool.begun) return { kind: "begin" };
  if (!pool.scaleSet) return { kind: "ensureScaleSet" };
  const failed = pool.machines.filter((machine) => machine.state === "Failed");
  if (failed.length > 0) return { kind: "deleteInstances", ids: failed.map(({ id }) => id) };
  if (pool.orphans.length > 0) return { kind: "deleteNodes", nodes: pool.orphans };
  const live = pool.machines.filter((machine) => !isLeaving(machine));
  if (live.length < pool.count) return { kind: "createInstances", count: pool.count - live.length, surge: false };
  return planUpgrade(pool, live) ?? planConformance(pool, live) ?? planSurplus(pool, live) ?? planEnd(pool, live);
}

/** Nodes that stay: labels and taints as wanted, and schedulable again if this work cordoned them. */
function planConformance(pool: ObservedPool, live: readonly Machine[]): Step | undefined {
  const stay = live.slice(0, pool.count);
  const strays = stay.filter((machine) => machine.node?.conforms === false);
  if (strays.length > 0) return { kind: "conform", nodes: strays.map(({ name }) => name) };
  const cordoned = stay.filter(
    (machine) => machine.node?.unschedulable === true && pool.drains[machine.name] !== undefined && isReady(machine),
  );
  return cordoned.length > 0 ? { kind: "uncordon", nodes: cordoned.map(({ name }) => name) } : undefined;
}

/**
 * Machines beyond the count go, highest ids first: those that a smaller count leaves over, and the surge nodes of an
 * upgrade, whose places the reimaged nodes have taken again.
 */
function planSurplus(pool: ObservedPool, live: readonly Machine[]): Step | undefined {
  const surplus = live.slice(pool.count);
  if (surplus.length === 0) return undefined;
  if (pool.kind === "Upgrading" && !live.slice(0, pool.count).every(isReady)) return waitFor("nodes");
  return planDrain(pool, surplus, (empty) => ({ kind: "deleteInstances", ids: empty.map(({ id }) => id) }));
}

function planEnd(pool: ObservedPool, live: readonly Machine[]): Step {
  if (!live.every(isReady)) return waitFor("nodes", pool.deadlineMs);
  if (live.length < pool.machines.length) return waitFor("machines", pool.deadlineMs);
  if (pool.nowMs < pool.earliestEndMs) return { kind: "wait", reason: "pace", untilMs: pool.earliestEndMs };
  return { kind: "finish" };
}

/** Source: the error of a failed operation quoted in Azure/AKS#1746. */
function nodesNotReady(pool: ObservedPool): Failure {
  const actual = pool.machines.filter(isReady).length;
  return { code: "NodesNotReady", message: `Not all nodes reached Ready state. Expected: ${pool.count}, Actual: ${actual}` };
}
