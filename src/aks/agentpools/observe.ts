import type { NodeBootstrap } from "#api/kubelet";
import type { Node, Pod } from "#api/kubernetes/core";
import type { Instance } from "#compute";
import type { ClusterView } from "../cluster-view.ts";
import type { AksContext } from "../context.ts";
import { type Drain, poolsOf, type StoredCluster, type StoredPool } from "../documents.ts";
import { durations, SHORTEST_BOUND_MS, SHORTEST_DRAIN_MS } from "../durations.ts";
import { conforms } from "./conformance.ts";
import { scaleSetKey } from "./scale-set.ts";
import type { Machine, ObservedNode, ObservedPool } from "./step.ts";
import { upgradeBatch } from "./upgrade/batch.ts";

/** A pool that is being worked on, with its cluster. */
export interface Subject {
  readonly cluster: StoredCluster;
  readonly pool: StoredPool;
  readonly work: NonNullable<StoredPool["work"]>;
  readonly view: ClusterView | undefined;
}

/** Gathers what the plan looks at. Reads memory only: documents, machines and the informers' copies. */
export function observePool(context: AksContext, subject: Subject): ObservedPool {
  const { cluster, pool, work, view } = subject;
  const key = scaleSetKey(cluster, pool);
  const { count, orchestratorVersion: version } = pool.properties;
  const nodes = new Map((view?.nodesOf(pool.name) ?? []).map((node) => [node.metadata.name, node]));
  const instances = context.compute.instances(key);
  const upgrading = instances.some((instance) => versionOf(instance) !== version);
  const draining = (name: string, index: number): boolean => upgrading || index >= count || work.drains[name] !== undefined;
  const machines = instances.map((instance, index) =>
    machineOf(instance, nodes.get(instance.computerName), {
      conforms: (node) => conforms(node, pool),
      podsLeft: (name) => (draining(name, index) ? podsToMove(view?.podsOn(name) ?? []).length : 0),
    }),
  );
  const standing = new Set(machines.filter(({ state }) => state !== "Deleting").map(({ name }) => name));
  return {
    kind: work.kind,
    count,
    version,
    scaleSet: context.compute.scaleSet(key) !== undefined,
    machines,
    orphans: [...nodes.keys()].filter((name) => !standing.has(name)),
    drains: drainsSinceStart(context, work.drains),
    turn: isTurn(context, subject),
    begun: work.begunMs !== undefined,
    nowMs: context.clock.now(),
    ...upgradeBatch(pool.properties, cluster.generation),
    ...times(context, subject),
  };
}

/** Time that passed while the program was stopped does not count against a drain. */
function drainsSinceStart({ startedMs }: AksContext, drains: Readonly<Record<string, Drain>>): Readonly<Record<string, Drain>> {
  const entries = Object.entries(drains);
  if (entries.every(([, { sinceMs }]) => sinceMs >= startedMs)) return drains;
  return Object.fromEntries(entries.map(([name, drain]) => [name, { ...drain, sinceMs: Math.max(drain.sinceMs, startedMs) }]));
}

/** Pods that are neither of a DaemonSet nor the machine's own: those that a drain evicts. Source: kubectl drain, filters. */
export function podsToMove(pods: readonly Pod[]): readonly Pod[] {
  return pods.filter((pod) => {
    const mirror = pod.metadata.annotations?.["kubernetes.io/config.mirror"] !== undefined;
    const daemon = pod.metadata.ownerReferences?.some((owner) => owner.controller === true && owner.kind === "DaemonSet") === true;
    return !mirror && !daemon;
  });
}

function machineOf(
  instance: Instance,
  node: Node | undefined,
  look: { conforms(node: Node): boolean; podsLeft(name: string): number },
): Machine {
  const { id, computerName: name, state } = instance;
  const machine = { id, name, state, version: versionOf(instance) };
  if (node === undefined) return machine;
  const ready = node.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true;
  const observed: ObservedNode = {
    ready,
    version: withoutV(node.status?.nodeInfo?.["kubeletVersion"] ?? ""),
    unschedulable: node.spec.unschedulable === true,
    conforms: !ready || look.conforms(node),
    podsLeft: look.podsLeft(name),
  };
  return { ...machine, node: observed };
}

/** The Kubernetes version that the machine was last told to boot with. */
export function versionOf(instance: Instance): string {
  return withoutV((instance.userData as NodeBootstrap).kubeletVersion);
}

function withoutV(version: string): string {
  return version.startsWith("v") ? version.slice(1) : version;
}

/**
 * A pool with an operation of its own works at once. In its cluster's operation it waits for the control plane, and in
 * an upgrade for the pools before it. Source: azure-docs articles/aks/upgrade-aks-cluster.md, control plane first.
 */
function isTurn(context: AksContext, { cluster, pool, work }: Subject): boolean {
  if (work.operationId !== undefined || work.kind === "Deleting") return true;
  if (cluster.controlPlane?.version !== cluster.version) return false;
  if (work.kind !== "Upgrading") return true;
  const others = context.pools.list(poolsOf(cluster)).map(({ value }) => value);
  return !others.some((other) => other.work !== undefined && other.work.operationId === undefined && other.sequence < pool.sequence);
}

function times(
  context: AksContext,
  { cluster, pool, work }: Subject,
): Pick<ObservedPool, "earliestEndMs" | "deadlineMs" | "drainTimeoutMs" | "soakMs"> {
  const { pace } = context;
  const { upgradeSettings: settings, count } = pool.properties;
  const begunMs = work.begunMs ?? work.startedMs;
  const { surge, batch } = upgradeBatch(pool.properties, cluster.generation);
  const drainTimeoutMs = Math.max(pace(minutes(settings?.drainTimeoutInMinutes) ?? durations.drainTimeoutMs), SHORTEST_DRAIN_MS);
  const soakMs = pace(minutes(settings?.nodeSoakDurationInMinutes) ?? 0);
  // An upgrade takes a turn per batch and one more for the surge nodes; every other kind of work is a single turn.
  const turns = 1 + Math.ceil((count + surge) / Math.max(batch, 1));
  const turnMs = Math.max(pace(durations.nodeReadyMs), SHORTEST_BOUND_MS) + drainTimeoutMs + soakMs;
  return {
    earliestEndMs: begunMs + pace(durations.poolWorkMs[work.kind]),
    deadlineMs: Math.max(begunMs, context.startedMs) + (work.kind === "Upgrading" ? turns : 1) * turnMs,
    drainTimeoutMs,
    soakMs,
  };
}

function minutes(value: number | undefined): number | undefined {
  return value === undefined ? undefined : value * 60_000;
}
