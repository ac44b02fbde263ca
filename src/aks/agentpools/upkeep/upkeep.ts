import type { NodeBootstrap } from "#api/kubelet";
import type { Node } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import { isStatus } from "#api/kubernetes/status";
import type { Instance } from "#compute";
import type { Requeue } from "#lib";
import type { ClusterView } from "../../cluster-view.ts";
import type { AksContext } from "../../context.ts";
import type { StoredCluster, StoredPool } from "../../documents.ts";
import { durations, SHORTEST_REPAIR_MS } from "../../durations.ts";
import { each } from "../../each.ts";
import { bootstrapOf } from "../bootstrap.ts";
import { retagged } from "../change.ts";
import { scaleSetKey } from "../scale-set.ts";
import { withStanding } from "../virtual-machines.ts";
import { type Patient, planRepair, type Repair, type RepairAction, type RepairStep } from "./repair-plan.ts";

/** A pool that nobody works on, in a cluster that runs. */
export interface Rested {
  readonly context: AksContext;
  readonly cluster: StoredCluster;
  readonly pool: StoredPool;
  readonly view: ClusterView;
  /** Id and revision of the pool's document. */
  readonly document: { readonly id: string; readonly revision: number };
}

/**
 * What AKS does by itself about the nodes of a pool at rest: evicted ones are forgotten, unhealthy ones repaired.
 * Differs from AKS: nodes of a pool that is being worked on are not repaired, where AKS leaves those alone that are being upgraded.
 */
export async function keepUp(rested: Rested): Promise<Requeue | undefined> {
  const { context, cluster, pool, view } = rested;
  const instances = context.compute.instances(scaleSetKey(cluster, pool));
  if (await forgetEvicted(rested, instances)) return undefined;
  const nodes = new Map(view.nodesOf(pool.name).map((node) => [node.metadata.name, node]));
  const patients = instances.flatMap((instance) => patientOf(pool, instance, nodes.get(instance.computerName)) ?? []);
  const nowMs = context.clock.now();
  const { osType } = pool.properties;
  const periodMs = Math.max(context.pace(durations.repairAfterMs), SHORTEST_REPAIR_MS);
  const step = planRepair(patients, { osType, nowMs, periodMs });
  return await carryOut(rested, step);
}

/**
 * Machines that Azure took back are gone for good: the pool has fewer nodes, and their node objects go. Those that it deallocated stay,
 * and count, until work on the pool replaces them.
 * Source: azure-docs articles/aks/spot-node-pool.md: without a cluster autoscaler the pool decreases, to 0 in the end.
 * @returns whether the pool's document has changed, which asks for the next turn.
 */
async function forgetEvicted(rested: Rested, instances: readonly Instance[]): Promise<boolean> {
  const { context, pool, view } = rested;
  const { scaleSetPriority, provisioningState, count } = pool.properties;
  if (scaleSetPriority !== "Spot") return false;
  const names = new Set(instances.map(({ computerName }) => computerName));
  const gone = view.nodesOf(pool.name).filter(({ metadata }) => !names.has(metadata.name));
  await each(gone, async ({ metadata: { name } }) => {
    await view.client.delete(resources.nodes, { name }).catch((error: unknown) => {
      if (!isStatus(error, "NotFound")) throw error;
    });
  });
  const standing = instances.filter(({ state }) => state !== "Deleting");
  if (provisioningState !== "Succeeded" || standing.length >= count) return false;
  context.log.info("spot machines were evicted", { agentPool: rested.document.id, count: standing.length });
  await store(rested, { ...pool, properties: retagged(context, withStanding(pool.properties, standing)) });
  return true;
}

/** Taints of nodes that are not repaired. Source: azure-docs articles/aks/node-auto-repair.md. */
const EXEMPTING: readonly string[] = ["node.cloudprovider.kubernetes.io/shutdown", "ToBeDeletedByClusterAutoscaler"];

function patientOf({ repairs = {} }: StoredPool, instance: Instance, node: Node | undefined): Patient | undefined {
  if (node === undefined) return undefined;
  const { computerName: name, id, boot, state, settledMs = 0 } = instance;
  const conditions = node.status?.conditions ?? [];
  const ready = conditions.find(({ type }) => type === "Ready");
  const repair = repairs[name];
  return {
    name,
    id,
    boot,
    runs: state === "Running",
    ready: ready?.status === "True",
    sinceMs: Math.max(Date.parse(ready?.lastTransitionTime ?? "") || 0, settledMs),
    // The network of a node is told of once it has been healthy. Nodes that never were are not repaired.
    exempt:
      !conditions.some(({ type }) => type === "NetworkUnavailable") ||
      node.spec.taints?.some(({ key }) => EXEMPTING.includes(key)) === true,
    ...(repair !== undefined && { repair }),
  };
}

async function carryOut(rested: Rested, step: RepairStep): Promise<Requeue | undefined> {
  const { context, pool } = rested;
  switch (step.kind) {
    case "wait":
      return step.untilMs === undefined ? undefined : { requeueAfterMs: Math.max(step.untilMs - context.clock.now(), 0) };
    case "forget":
      await note(rested, Object.fromEntries(step.names.map((name) => [name, undefined])));
      return undefined;
    case "begin": {
      const { name, boot, repair } = step.patient;
      await note(rested, { [name]: { actions: (repair?.actions ?? 0) + 1, boot } });
      context.log.info("a node is repaired", { agentPool: rested.document.id, node: name, action: step.action });
      tell(rested, name, "Start", step.action);
      return undefined;
    }
    case "act":
      await act(rested, step.patient, step.action);
      return undefined;
    // What is left is `end`.
    default: {
      const { name } = step.patient;
      const repair = pool.repairs?.[name];
      if (repair !== undefined) await note(rested, { [name]: { ...repair, ended: true } });
      tell(rested, name, "End", step.action);
      return undefined;
    }
  }
}

/** Differs from AKS: machines have no host that they could leave, so a redeployment is a reboot. */
async function act({ context, cluster, pool }: Rested, { id }: Patient, action: RepairAction): Promise<void> {
  const key = scaleSetKey(cluster, pool);
  const instance = context.compute.instance(key, id);
  if (instance === undefined) return;
  if (action !== "reimage") return await context.compute.rebootInstance(key, id);
  const { surge } = instance.userData as NodeBootstrap;
  await context.compute.reimageInstance(key, id, {
    ...bootstrapOf(cluster, pool, instance, context.networks),
    ...(surge === true && { surge }),
  });
}

/** Source: azure-docs articles/aks/node-auto-repair.md, events of aks-auto-repair; "for" is missing in that of a redeployment. */
function tell({ view }: Rested, node: string, moment: "Start" | "End", action: RepairAction): void {
  const name = `${action.charAt(0).toUpperCase()}${action.slice(1)}`;
  const persisting = action === "redeploy" ? "persisting more than" : "persisting for more than";
  const message =
    moment === "Start"
      ? `Node auto-repair is initiating a ${action} action due to NotReady status ${persisting} 5 minutes.`
      : `${name} action from node auto-repair is completed.`;
  view.repairRecorder.record({
    about: { kind: "Node", name: node, uid: node },
    type: moment === "Start" ? "Warning" : "Normal",
    reason: `Node${name}${moment}`,
    message,
  });
}

async function note(rested: Rested, changes: Readonly<Record<string, Repair | undefined>>): Promise<void> {
  const { repairs = {}, ...pool } = rested.pool;
  const noted = Object.entries({ ...repairs, ...changes }).filter((entry): entry is [string, Repair] => entry[1] !== undefined);
  await store(rested, noted.length === 0 ? pool : { ...pool, repairs: Object.fromEntries(noted) });
}

/** Writes the pool if it is still as it was looked at. */
async function store({ context, document }: Rested, value: StoredPool): Promise<void> {
  const { pools } = context;
  const current = pools.get(document.id);
  if (current?.revision !== document.revision) return;
  await context.store.transact([pools.unchanged(document.id, current)], [pools.put(document.id, value)]);
}
