import type { Failure } from "../documents.ts";
import { drainFailed, planDrain } from "./drain-plan.ts";
import { givenBack, isAsleep, isLeaving, isOutdated, isReady, type Machine, type ObservedPool, type Step, waitFor } from "./step.ts";
import { fills, inOrderOfStaying, shortageOf } from "./size-plan.ts";
import { planGivingUp } from "./upgrade/giving-up.ts";
import { planUpgrade } from "./upgrade/plan.ts";

/**
 * What to do next to bring a pool to what is wanted. Every state is a fresh start: nothing is remembered but what the
 * pool's document says, so a restart in the middle resumes by itself.
 *
 * Three nodes, one more wanted → createInstances(1) → wait until it is Ready → finish.
 * Three old nodes, surge 1 → createInstances(1) → wait → startDrain(000000) → cordon → evict … → reimage(0) → wait →
 * startDrain(000001) … → the fourth node is surplus: startDrain(000003) → … → deleteInstances(3) → deleteNodes → finish.
 * A stop wants no nodes: all are surplus. Where machines are kept they are deallocated instead, and the next that is
 * missing is started before any is made.
 */
export function planAgentPool(pool: ObservedPool): Step {
  const step = pool.canceledAtMs !== undefined ? planCancellation(pool, pool.canceledAtMs) : planGoal(pool);
  const ends = step.kind === "finish" || step.kind === "forget" || step.kind === "fail" || step.kind === "cancel";
  if (ends || pool.kind === "Deleting" || !pool.begun || pool.nowMs < pool.deadlineMs) return step;
  const { givenUp } = pool;
  if (givenUp !== undefined) return { kind: "fail", failure: givenUp, state: givenUp.state, uncordon: givenBack(pool) };
  return { kind: "fail", failure: nodesNotReady(pool), uncordon: givenBack(pool) };
}

function planGoal(pool: ObservedPool): Step {
  if (pool.kind === "Deleting") return planDeletion(pool);
  if (pool.givenUp !== undefined) return planGivingUp(pool, pool.givenUp);
  const step = planWork(pool);
  const surged = pool.machines.some((machine) => machine.surge === true && !isLeaving(machine));
  return step.kind === "fail" && surged ? { kind: "giveUp", failure: step.failure, state: step.state ?? "Failed" } : step;
}

/** What has been done stays as it is; nodes that were to be emptied take pods again. */
function planCancellation(pool: ObservedPool, atMs: number): Step {
  if (pool.nowMs < atMs) return { kind: "wait", reason: "pace", untilMs: atMs };
  const awake = pool.machines.filter((machine) => !isLeaving(machine) && !isAsleep(machine)).map(({ name }) => name);
  return { kind: "cancel", uncordon: givenBack(pool).filter((name) => awake.includes(name)) };
}

/**
 * Where a deletion drains, nodes that can still end their pods are emptied first.
 * Sources: Azure/AKS#3996 and MicrosoftDocs/azure-docs#117049, nodes of a pool that is deleted are drained.
 */
function planDeletion(pool: ObservedPool): Step {
  const standing = pool.machines.filter((machine) => !isLeaving(machine));
  const full = standing.filter((machine) => pool.drainFor === "deletion" && machine.node?.ready === true);
  if (full.some(({ node }) => (node?.podsLeft ?? 0) > 0)) {
    return planDrain({ ...pool, soakMs: 0 }, full, (empty) => ({ kind: "deleteInstances", ids: empty.map(({ id }) => id) }));
  }
  if (pool.scaleSet) return standing.length === 0 && pool.machines.length > 0 ? waitFor("machines") : { kind: "deleteScaleSet" };
  if (pool.orphans.length > 0) return { kind: "deleteNodes", nodes: pool.orphans };
  if (pool.nowMs < pool.earliestEndMs) return { kind: "wait", reason: "pace", untilMs: pool.earliestEndMs };
  return { kind: "forget" };
}

function planWork(pool: ObservedPool): Step {
  if (!pool.turn) return waitFor("the cluster");
  if (!pool.begun) return { kind: "begin" };
  if (!pool.scaleSet) return { kind: "ensureScaleSet" };
  const standing = pool.machines.filter((machine) => !isLeaving(machine));
  const asleep = standing.filter(isAsleep);
  const blocked = standing.filter((machine) => machine.blocked !== undefined && !isAsleep(machine));
  const awake = standing.filter((machine) => machine.blocked === undefined && !isAsleep(machine));
  const live = inOrderOfStaying(pool, awake);
  return (
    planRemoval(pool, standing) ??
    planMissing(pool, live, asleep) ??
    planReplacement(pool, live) ??
    planUpgrade(pool, live) ??
    planConformance(pool, live, asleep) ??
    planSurplus(pool, live, blocked) ??
    planEnd(pool, { live, asleep, blocked })
  );
}

/** Machines and nodes that are to be there no more, whatever the count. */
function planRemoval(pool: ObservedPool, standing: readonly Machine[]): Step | undefined {
  const { removals = [], retirements = [], keepsMachines = false } = pool;
  const goes = (machine: Machine): boolean =>
    machine.state === "Failed" || removals.includes(machine.name) || (!keepsMachines && isAsleep(machine));
  const going = standing.filter(goes);
  if (going.length > 0) return { kind: "deleteInstances", ids: going.map(({ id }) => id) };
  const retiring = standing.filter((machine) => !isAsleep(machine) && retirements.includes(machine.name));
  if (retiring.length > 0) return { kind: "deallocateInstances", ids: retiring.map(({ id }) => id) };
  return pool.orphans.length > 0 ? { kind: "deleteNodes", nodes: pool.orphans } : undefined;
}

/** Machines that are kept are started before new ones are made. Source: azure-docs articles/aks/scale-down-mode.md. */
function planMissing(pool: ObservedPool, live: readonly Machine[], asleep: readonly Machine[]): Step | undefined {
  const missing = shortageOf(pool, live);
  if (missing === undefined) return undefined;
  const fitting = asleep.filter((machine) => fills(missing, machine));
  if (fitting.length === 0) return { kind: "createInstances", ...missing, surge: false };
  const startable = fitting.filter(({ state }) => state === "Deallocated").slice(0, missing.count);
  if (startable.length === 0) return waitFor("machines", pool.deadlineMs);
  return { kind: "startInstances", ids: startable.map(({ id }) => id), nodes: startable.map(({ name }) => name) };
}

/**
 * New certificates: every node is made anew at once, without draining.
 * Source: azure-docs articles/aks/rotate-certificates.md, "recreates all of your nodes", up to 30 minutes of downtime.
 */
function planReplacement(pool: ObservedPool, live: readonly Machine[]): Step | undefined {
  if (pool.kind !== "RotatingClusterCertificates") return undefined;
  const outdated = live.filter((machine) => isOutdated(machine, pool));
  return outdated.length > 0 ? { kind: "reimage", ids: outdated.map(({ id }) => id) } : undefined;
}

/**
 * Labels and taints as wanted on every node that stays, also on those of machines that are kept and do not run; and nodes
 * that run are schedulable again if this work cordoned them.
 */
function planConformance(pool: ObservedPool, live: readonly Machine[], asleep: readonly Machine[]): Step | undefined {
  const stay = live.slice(0, pool.count);
  const strays = [...stay, ...asleep].filter((machine) => machine.node?.conforms === false);
  if (strays.length > 0) return { kind: "conform", nodes: strays.map(({ name }) => name) };
  const cordoned = stay.filter(
    (machine) => machine.node?.unschedulable === true && pool.drains[machine.name] !== undefined && isReady(machine),
  );
  return cordoned.length > 0 ? { kind: "uncordon", nodes: cordoned.map(({ name }) => name) } : undefined;
}

/**
 * Machines beyond the count go, highest ids first: those that a smaller count leaves over, and the surge nodes of an
 * upgrade, whose places the reimaged nodes have taken again. Only the former are kept where machines are kept. So do those
 * that could not be emptied, once their mark has been taken off, or when no node is wanted.
 * Source: azure-docs articles/aks/upgrade-options.md, "Resolve undrainable nodes".
 */
function planSurplus(pool: ObservedPool, live: readonly Machine[], blocked: readonly Machine[]): Step | undefined {
  const surplus = [...blocked.filter((machine) => machine.blocked === "released" || pool.count === 0), ...live.slice(pool.count)];
  if (surplus.length === 0) return undefined;
  // Machines of another size take the places of those that go, too. Unverified: that machines of a new size come before those of the old one go.
  const replaced = pool.kind === "Upgrading" || pool.sizes !== undefined || surplus.some(({ surge }) => surge === true);
  if (replaced && !live.slice(0, pool.count).every(isReady)) return waitFor("nodes", pool.deadlineMs);
  return planDrain({ ...pool, tolerated: 0 }, surplus, (empty) => {
    const going = empty.filter((machine) => pool.keepsMachines !== true || machine.surge === true || machine.blocked !== undefined);
    if (going.length > 0) return { kind: "deleteInstances", ids: going.map(({ id }) => id) };
    return { kind: "deallocateInstances", ids: empty.map(({ id }) => id) };
  });
}

/** Nothing is left to do. A node that is still blocked is what the work could not reach. */
function planEnd(pool: ObservedPool, { live, asleep, blocked }: Readonly<Record<"live" | "asleep" | "blocked", readonly Machine[]>>): Step {
  if (!live.every(isReady)) return waitFor("nodes", pool.deadlineMs);
  const standing = live.length + asleep.length + blocked.length;
  const settling = standing < pool.machines.length || asleep.some(({ state }) => state !== "Deallocated");
  if (settling) return waitFor("machines", pool.deadlineMs);
  if (pool.nowMs < pool.earliestEndMs) return { kind: "wait", reason: "pace", untilMs: pool.earliestEndMs };
  const [held] = blocked;
  return held === undefined ? { kind: "finish" } : { kind: "fail", failure: drainFailed(pool, held), uncordon: [] };
}

/** Source: the error of a failed operation quoted in Azure/AKS#1746. */
function nodesNotReady(pool: ObservedPool): Failure {
  const actual = pool.machines.filter(isReady).length;
  return { code: "NodesNotReady", message: `Not all nodes reached Ready state. Expected: ${pool.count}, Actual: ${actual}` };
}
