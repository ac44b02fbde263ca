import type { Drain, Failure } from "../documents.ts";
import type { Machine, ObservedPool, Step } from "./step.ts";

/**
 * Empties nodes: note and cordon them, evict their pods until none is left, let them soak, then `whenEmpty`.
 * Each node goes at its own pace; a node that is not empty in time fails the work, or is taken for empty where it stops.
 */
export function planDrain(pool: ObservedPool, machines: readonly Machine[], whenEmpty: (empty: readonly Machine[]) => Step): Step {
  const drainOf = (machine: Machine): Drain | undefined => pool.drains[machine.name];
  const names = (some: readonly Machine[]): string[] => some.map(({ name }) => name);
  const fresh = machines.filter((machine) => drainOf(machine) === undefined);
  if (fresh.length > 0) return { kind: "startDrain", nodes: names(fresh) };
  const schedulable = machines.filter(({ node }) => node !== undefined && !node.unschedulable);
  if (schedulable.length > 0) return { kind: "cordon", nodes: names(schedulable) };
  const isLate = (machine: Machine): boolean => pool.nowMs >= (drainOf(machine)?.sinceMs ?? pool.nowMs) + pool.drainTimeoutMs;
  const empty = machines.filter((machine) => (machine.node?.podsLeft ?? 0) === 0 || (pool.drainFor === "stop" && isLate(machine)));
  const unmarked = empty.filter((machine) => pool.soakMs > 0 && drainOf(machine)?.emptyMs === undefined);
  if (unmarked.length > 0) return { kind: "drained", nodes: names(unmarked) };
  const soaked = empty.filter((machine) => soakEnd(pool, drainOf(machine)) <= pool.nowMs);
  if (soaked.length > 0) return whenEmpty(soaked);
  const full = machines.filter((machine) => !empty.includes(machine));
  if (full.length === 0)
    return { kind: "wait", reason: "soak", untilMs: Math.min(...empty.map((machine) => soakEnd(pool, drainOf(machine)))) };
  const late = full.find(isLate);
  if (late !== undefined) return { kind: "fail", failure: drainFailed(pool, late), uncordon: Object.keys(pool.drains) };
  return { kind: "evict", nodes: names(full) };
}

function soakEnd(pool: ObservedPool, drain: Drain | undefined): number {
  return pool.soakMs === 0 ? 0 : (drain?.emptyMs ?? pool.nowMs) + pool.soakMs;
}

/** Source: operation error quoted in cloudnative-pg#7346; the part about single budgets is left out there too when unknown. */
function drainFailed(pool: ObservedPool, { name, node }: Machine): Failure {
  if (pool.drainFor === "deletion") return deletionDrainFailed(name, node?.podNames ?? []);
  const message =
    `Drain node ${name} failed: ${node?.podsLeft ?? 0} pods were not evicted in time. ` +
    "This is often caused by a restrictive Pod Disruption Budget (PDB) policy. See http://aka.ms/aks/debugdrainfailures.";
  return { code: "UpgradeFailed", message };
}

/** Source: operation error quoted in hashicorp/terraform-provider-azurerm#10411, of the same case as Azure/AKS#2090. */
function deletionDrainFailed(node: string, pods: readonly string[]): Failure {
  const cause = {
    code: "PodDrainFailure",
    message: `Node '${node}' failed to be drained with error: 'Drain did not complete pods [${pods.join(" ")}] within 10m0s'`,
  };
  const text = JSON.stringify(cause, undefined, 2).replace(/\n}$/, "\n }");
  return { code: "DeleteVMSSAgentPoolFailed", message: `VMSSAgentPoolReconciler retry failed: ${text}` };
}
