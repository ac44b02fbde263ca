import type { StoredCluster, StoredPool } from "./documents.ts";
import { refusals } from "./errors.ts";

/** What a caller may want to do to something that exists. */
export type Action =
  | "putAgentPool"
  | "stopAgentPool"
  | "deleteAgentPool"
  | "deleteMachines"
  | "upgradeNodeImageVersion"
  | "putManagedCluster"
  | "patchManagedCluster"
  | "startManagedCluster"
  | "stopManagedCluster"
  | "rotateClusterCertificates"
  | "rotateServiceAccountSigningKeys"
  | "resetServicePrincipalProfile"
  | "resetAADProfile";

interface Rule {
  /** Work on the cluster: what it does to the wish. `save` refuses it with the words of a failed save. */
  readonly clusterWork: "refuses" | "save";
  /** Work on the pool, or on any pool of the cluster where the wish is about the cluster. */
  readonly poolWork: "refuses" | "preempted";
  /** Powers of the cluster that allow it. */
  readonly power: readonly ("Running" | "Stopped")[];
  /** Whether the control plane must have been created. */
  readonly created: boolean;
  /** States of rest of the pool that allow it; all when absent. */
  readonly poolStates?: readonly string[];
  /** As refusals call it. */
  readonly gerund: string;
}

const IDLE = { clusterWork: "refuses", poolWork: "refuses", power: ["Running"], created: true } as const;

/**
 * What may be done beside what. Deletion of a cluster preempts everything and has no rule; abortion needs work to abort.
 *
 * Sources: the recorded 409 of a PUT while the cluster was Updating, and of a DELETE beside another operation; Azure/AKS
 * CHANGELOG 2019, no PUT while a pool is deleted; azure-docs articles/aks/start-stop-cluster.md, "You can only perform start or
 * delete operations on a stopped AKS cluster"; start-stop-nodepools.md, a pool that stops is Succeeded.
 * Unverified: that a deletion preempts work on the same pool (support docs name AKSOperationPreemptedByDelete), and that a
 * start or stop is taken again after one that failed or was aborted.
 */
const rules: Readonly<Record<Action, Rule>> = {
  putAgentPool: { ...IDLE, gerund: "updating" },
  stopAgentPool: { ...IDLE, poolStates: ["Succeeded"], gerund: "stopping" },
  deleteAgentPool: { ...IDLE, clusterWork: "save", poolWork: "preempted", created: false, gerund: "deleting" },
  deleteMachines: { ...IDLE, gerund: "deleting machines" },
  upgradeNodeImageVersion: { ...IDLE, gerund: "upgrading" },
  putManagedCluster: { ...IDLE, created: false, gerund: "updating" },
  patchManagedCluster: { ...IDLE, created: false, gerund: "updating" },
  startManagedCluster: { ...IDLE, power: ["Stopped"], gerund: "starting" },
  stopManagedCluster: { ...IDLE, gerund: "stopping" },
  rotateClusterCertificates: { ...IDLE, gerund: "rotating" },
  rotateServiceAccountSigningKeys: { ...IDLE, gerund: "rotating" },
  resetServicePrincipalProfile: { ...IDLE, gerund: "updating" },
  resetAADProfile: { ...IDLE, gerund: "updating" },
};

/** Power changes that end halfway can be asked for again, whatever the power they left. */
const REPEATABLE: ReadonlySet<Action> = new Set<Action>(["startManagedCluster", "stopManagedCluster"]);

/**
 * Refuses what cannot be done now. What the cluster autoscaler does is in nobody's way: it shows in no provisioningState.
 * @param pools those that the action is about: one pool or none, or all of the cluster.
 * @throws {ProviderError} 409 while something else is under way or before the cluster is there, 400 for a power or state that
 * does not allow it.
 */
export function refuseConflict(action: Action, cluster: StoredCluster, pools: readonly StoredPool[]): void {
  const rule = rules[action];
  if (cluster.work !== undefined)
    throw rule.clusterWork === "save" ? refusals.deleteWhileBusy(cluster) : refusals.clusterBusy(cluster.work.kind);
  const busy = rule.poolWork === "refuses" ? pools.find(({ work }) => work !== undefined && work.autoscaled === undefined) : undefined;
  if (busy?.work !== undefined) throw refusals.agentPoolBusy(busy.name, busy.work.kind);
  const { powerState, provisioningState } = cluster.properties;
  const power = powerState?.code ?? "Running";
  const unfinished = REPEATABLE.has(action) && (provisioningState === "Failed" || provisioningState === "Canceled");
  if (!rule.power.includes(power) && !unfinished) throw refusals.powerForbids({ state: provisioningState, power, gerund: rule.gerund });
  if (rule.created && cluster.controlPlane === undefined) throw refusals.notCreated(cluster.name);
  const [pool] = pools;
  const state = pool?.properties.provisioningState;
  if (pool !== undefined && state !== undefined && rule.poolStates?.includes(state) === false) {
    throw refusals.poolPower(pool.name, `Its provisioning state is ${state}, ${rule.gerund} cannot be performed.`);
  }
}
