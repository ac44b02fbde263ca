import type { GivenUp } from "../../documents.ts";
import { isLate, planDrain } from "../drain-plan.ts";
import { isAsleep, isLeaving, type Machine, type ObservedPool, type Step, waitFor } from "../step.ts";

/**
 * The end of an upgrade that nodes are in the way of: nodes that were to be emptied take pods again, the extra nodes that
 * have taken nobody's place are emptied and go, then the work ends. An extra node that cannot be emptied either stays, and
 * the next PUT finds it as surplus.
 * Source: Azure/azure-rest-api-specs managedClusters.json, UndrainableNodeBehavior: "A best-effort attempt will be made to delete
 * all surge nodes", and all other ones where some replace blocked nodes.
 */
export function planGivingUp(pool: ObservedPool, givenUp: GivenUp): Step {
  const standing = pool.machines.filter((machine) => !isLeaving(machine) && !isAsleep(machine));
  const live = standing.filter(({ blocked }) => blocked === undefined);
  const extra = live.slice(pool.count).filter(({ surge }) => surge === true);
  const stuck = extra.filter((machine) => isLate(pool, machine));
  const going = extra.filter((machine) => !stuck.includes(machine));
  const cordoned = live.filter((machine) => !going.includes(machine) && isCordoned(pool, machine));
  if (cordoned.length > 0) return { kind: "uncordon", nodes: cordoned.map(({ name }) => name) };
  if (going.length > 0) {
    return planDrain({ ...pool, soakMs: 0, tolerated: 0 }, going, (empty) => ({
      kind: "deleteInstances",
      ids: empty.map(({ id }) => id),
    }));
  }
  if (pool.orphans.length > 0) return { kind: "deleteNodes", nodes: pool.orphans };
  if (pool.machines.some(isLeaving)) return waitFor("machines", pool.deadlineMs);
  return { kind: "fail", failure: { code: givenUp.code, message: givenUp.message }, state: givenUp.state, uncordon: [] };
}

function isCordoned({ drains }: ObservedPool, { name, node }: Machine): boolean {
  return node?.unschedulable === true && drains[name] !== undefined;
}
