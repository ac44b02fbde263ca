import type { Drain, Failure } from "../documents.ts";
import { givenBack, type Machine, type ObservedPool, type Step } from "./step.ts";

/**
 * Empties nodes: note and cordon them, evict their pods until none is left, let them soak, then `whenEmpty`.
 * Each node goes at its own pace; a node that is not empty in time fails the work, or is taken for empty where it goes by force.
 */
export function planDrain(pool: ObservedPool, machines: readonly Machine[], whenEmpty: (empty: readonly Machine[]) => Step): Step {
  const drainOf = (machine: Machine): Drain | undefined => pool.drains[machine.name];
  const names = (some: readonly Machine[]): string[] => some.map(({ name }) => name);
  const fresh = machines.filter((machine) => drainOf(machine) === undefined);
  if (fresh.length > 0) return { kind: "startDrain", nodes: names(fresh) };
  const schedulable = machines.filter(({ node }) => node !== undefined && !node.unschedulable);
  if (schedulable.length > 0) return { kind: "cordon", nodes: names(schedulable) };
  const late = (machine: Machine): boolean => isLate(pool, machine);
  const isForced = pool.drainFor === "stop" || pool.drainFor === "notice";
  const empty = machines.filter((machine) => (machine.node?.podsLeft ?? 0) === 0 || (isForced && late(machine)));
  const unmarked = empty.filter((machine) => pool.soakMs > 0 && drainOf(machine)?.emptyMs === undefined);
  if (unmarked.length > 0) return { kind: "drained", nodes: names(unmarked) };
  const soaked = empty.filter((machine) => soakEnd(pool, drainOf(machine)) <= pool.nowMs);
  if (soaked.length > 0) return whenEmpty(soaked);
  const full = machines.filter((machine) => !empty.includes(machine));
  if (full.length === 0)
    return { kind: "wait", reason: "soak", untilMs: Math.min(...empty.map((machine) => soakEnd(pool, drainOf(machine)))) };
  const first = full.find(late);
  return first === undefined ? { kind: "evict", nodes: names(full) } : planLate(pool, first, full.filter(late));
}

/** Whether a node that is to be emptied is not empty in time. */
export function isLate(pool: ObservedPool, { name, node }: Machine): boolean {
  const sinceMs = pool.drains[name]?.sinceMs ?? pool.nowMs;
  return (node?.podsLeft ?? 0) > 0 && pool.nowMs >= sinceMs + pool.drainTimeoutMs;
}

/** Source: error quoted in canonical/bundle-kubeflow#1339, without a space before what follows. */
const SURGE_USED_UP =
  "Cordoned nodes have used all surge nodes but there are more nodes to be upgraded. " +
  "Please fix your PDBs blocking node drain and kindly retry upgrade operation.";

/**
 * What becomes of nodes that are not empty in time: as many as are put up with stay cordoned and marked while others take
 * their places; one more, and the work is over.
 * Source: Azure/azure-rest-api-specs managedClusters.json, UndrainableNodeBehavior: `Schedule` ends in Failed, and so does
 * `Cordon` as long as there are nodes for the places of those that are blocked, else in Canceled.
 */
function planLate(pool: ObservedPool, first: Machine, late: readonly Machine[]): Step {
  const { tolerated = 0 } = pool;
  const room = tolerated - pool.machines.filter(({ blocked }) => blocked === "held").length;
  if (room > 0) return { kind: "quarantine", nodes: late.slice(0, room).map(({ name }) => name) };
  const failure = drainFailed(pool, first);
  if (tolerated === 0) return { kind: "fail", failure, uncordon: givenBack(pool) };
  return {
    kind: "fail",
    failure: { ...failure, message: `${SURGE_USED_UP}${failure.message}` },
    uncordon: givenBack(pool),
    state: "Canceled",
  };
}

function soakEnd(pool: ObservedPool, drain: Drain | undefined): number {
  return pool.soakMs === 0 ? 0 : (drain?.emptyMs ?? pool.nowMs) + pool.soakMs;
}

/**
 * Sources: operation errors quoted in cloudnative-pg/cloudnative-pg#7346 and in MicrosoftDocs/SupportArticles-docs,
 * error-code-poddrainfailure. Unverified: the text for pods that no budget protects.
 */
export function drainFailed(pool: ObservedPool, { name, node }: Machine): Failure {
  if (pool.drainFor === "deletion") return deletionDrainFailed(name, node?.podNames ?? []);
  const { blockade } = node ?? {};
  const advice = "This is often caused by a restrictive Pod Disruption Budget (PDB) policy. See http://aka.ms/aks/debugdrainfailures.";
  if (blockade === undefined) {
    const message = `Drain node ${name} failed: ${node?.podsLeft ?? 0} pods were not evicted in time. ${advice}`;
    return { code: "UpgradeFailed", message };
  }
  const message =
    `Drain node ${name} failed when evicting pod ${blockade.pod} failed with Too Many Requests error. ${advice} ` +
    "Original error: Cannot evict pod as it would violate the pod's disruption budget.. " +
    `PDB debug info: ${blockade.namespace}/${blockade.pod} blocked by pdb ${blockade.budget}`;
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
