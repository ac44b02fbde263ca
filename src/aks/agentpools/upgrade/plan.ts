import { planDrain } from "../drain-plan.ts";
import { likeMachine } from "../size-plan.ts";
import { isOutdated, isReady, type Machine, type ObservedPool, type Step, waitFor } from "../step.ts";
import { planBlueGreen } from "./blue-green/plan.ts";

/**
 * The next step of moving machines to the pool's version and image, or undefined when all that stay have it.
 *
 * Extra nodes come up first; then nodes are emptied and reimaged in batches, each only when every node that has the
 * new version is Ready. The extra nodes are surplus at the end, so names and instance ids stay as they were.
 * Source: azure-docs articles/aks/upgrade-aks-node-pools-rolling.md.
 */
export function planUpgrade(pool: ObservedPool, live: readonly Machine[]): Step | undefined {
  if (pool.blueGreen !== undefined) return planBlueGreen(pool, pool.blueGreen, live);
  const step = planNext(pool, live);
  const told = step === undefined || step.kind === "wait" || step.kind === "startDrain" ? planNews(pool, live) : undefined;
  return told ?? step;
}

/** Nodes that came back upgraded and of which nobody has been told. */
function planNews(pool: ObservedPool, live: readonly Machine[]): Step | undefined {
  if (pool.kind !== "Upgrading" && pool.kind !== "UpgradingNodeImageVersion") return undefined;
  const upgraded = live.slice(0, pool.count).filter((machine) => {
    const drain = pool.drains[machine.name];
    return drain !== undefined && drain.upgradedMs === undefined && !isOutdated(machine, pool) && isReady(machine);
  });
  return upgraded.length > 0 ? { kind: "upgraded", nodes: upgraded.map(({ name }) => name) } : undefined;
}

function planNext(pool: ObservedPool, live: readonly Machine[]): Step | undefined {
  const outdated = live.slice(0, pool.count).filter((machine) => isOutdated(machine, pool));
  if (outdated.length === 0) return undefined;
  const under = outdated.filter((machine) => pool.drains[machine.name] !== undefined);
  const missing = pool.count + Math.min(pool.surge, outdated.length) - live.length;
  if (missing > 0 && under.length === 0) return { kind: "createInstances", count: missing, surge: true, ...likeMachine(outdated[0]) };
  const reimage = (empty: readonly Machine[]): Step => ({ kind: "reimage", ids: empty.map(({ id }) => id) });
  if (under.length > 0) return planDrain(pool, under, reimage);
  // A surge node left over from a failed upgrade may have another version: it is removed at the end, but counts for nothing here.
  const current = live.filter((machine) => !isOutdated(machine, pool));
  const back = current.filter(
    (machine) => machine.node?.unschedulable === true && pool.drains[machine.name] !== undefined && isReady(machine),
  );
  if (back.length > 0) return { kind: "uncordon", nodes: back.map(({ name }) => name) };
  if (!current.every(isReady)) return waitFor("nodes", pool.deadlineMs);
  return planDrain(pool, outdated.slice(0, Math.max(pool.batch, 1)), reimage);
}
