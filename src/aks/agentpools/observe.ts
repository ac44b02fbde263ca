import type { NodeBootstrap } from "#api/kubelet";
import type { Node, Pod } from "#api/kubernetes/core";
import type { Instance } from "#compute";
import { isDaemonPod, isMirrorPod, isNodeReady } from "#kube/apimachinery";
import type { ClusterView } from "../cluster-view.ts";
import type { AksContext } from "../context.ts";
import { type Drain, poolsOf, type StoredCluster, type StoredPool, type WorkKind } from "../documents.ts";
import { durations, SHORTEST_BOUND_MS, SHORTEST_DRAIN_MS, SHORTEST_STOP_DRAIN_MS } from "../durations.ts";
import { autoscalerSettings } from "./autoscaler/settings.ts";
import { conforms } from "./conformance.ts";
import { scaleSetKey } from "./scale-set.ts";
import { machineSettings } from "./machine-settings.ts";
import { type Blockade, isAsleep, type Machine, type ObservedNode, type ObservedPool } from "./step.ts";
import { toleratedNodes, upgradeBatch } from "./upgrade/batch.ts";
import { blockadeOf } from "./upgrade/blockade.ts";
import { blueGreenBoundMs, blueGreenSettings, observeBlueGreen } from "./upgrade/blue-green/settings.ts";
import { isQuarantined } from "./upgrade/quarantine.ts";
import { sizeGroups } from "./virtual-machines.ts";

/** Pods that a failed drain names at most. */
const MAX_NAMED_PODS = 10;

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
  const { orchestratorVersion: version } = pool.properties;
  const count = nodesWanted(pool);
  const sizes = count === 0 ? sizeGroups(pool.properties)?.map(({ size }) => ({ size, count: 0 })) : sizeGroups(pool.properties);
  const nodes = new Map((view?.nodesOf(pool.name) ?? []).map((node) => [node.metadata.name, node]));
  const instances = context.compute.instances(key);
  const isStale = staleness(cluster, pool);
  const drains = drainsSinceStart(context, work.drains);
  const blueGreen = observeBlueGreen(context.pace, pool, work);
  const timing = times(context, subject);
  const blocked = new Set(pool.blocked);
  // Pods are counted only where a drain is under way: a pool has many, and a turn is taken for each that changes.
  const draining = (name: string): boolean => {
    const drain = work.drains[name];
    return work.kind === "Deleting" || blocked.has(name) || (drain !== undefined && drain.upgradedMs === undefined);
  };
  const machines = instances.map((instance) =>
    machineOf(instance, nodes.get(instance.computerName), {
      isStale,
      isBlocked: (name) => blocked.has(name),
      conforms: (node) => conforms(node, pool),
      podsLeft: (name) => (draining(name) ? podsToMove(view?.podsOn(name) ?? []) : []),
      // Every pod and budget is looked through, so only where somebody is going to be told.
      blockade: (name, pods) =>
        view !== undefined && (blocked.has(name) || isOverdue(drains[name], context.clock.now() - timing.drainTimeoutMs))
          ? blockadeOf(pods, { pods: view.pods(), budgets: view.budgets() })
          : undefined,
    }),
  );
  const standing = new Set(machines.filter(({ state }) => state !== "Deleting").map(({ name }) => name));
  return {
    kind: work.kind,
    count,
    ...(sizes !== undefined && { sizes }),
    version,
    keepsMachines: pool.properties.scaleDownMode === "Deallocate",
    ...removalsOf(pool, work),
    ...(work.abortion !== undefined && { canceledAtMs: work.abortion.sinceMs + context.pace(durations.abortMs) }),
    ...drainOf(subject),
    scaleSet: context.compute.scaleSet(key) !== undefined,
    machines,
    orphans: [...nodes.keys()].filter((name) => !standing.has(name)),
    drains,
    turn: isTurn(context, subject),
    begun: work.begunMs !== undefined,
    nowMs: context.clock.now(),
    ...upgradeBatch(pool.properties, cluster.generation, work.surgeLimit),
    tolerated: toleratedNodes(pool.properties, cluster.generation),
    ...(blueGreen !== undefined && { blueGreen }),
    ...(work.givenUp !== undefined && { givenUp: work.givenUp }),
    ...timing,
  };
}

function isOverdue(drain: Drain | undefined, beforeMs: number): boolean {
  return drain !== undefined && drain.sinceMs <= beforeMs;
}

/** What the autoscaler takes out of a pool that keeps its machines is kept. Source: azure-docs articles/aks/scale-down-mode.md. */
function removalsOf({ properties }: StoredPool, { removal, autoscaled }: Subject["work"]): Pick<ObservedPool, "removals" | "retirements"> {
  const machines = removal?.machines ?? [];
  return autoscaled !== undefined && properties.scaleDownMode === "Deallocate" ? { retirements: machines } : { removals: machines };
}

/** Time that passed while the program was stopped does not count against a drain. */
function drainsSinceStart({ startedMs }: AksContext, drains: Readonly<Record<string, Drain>>): Readonly<Record<string, Drain>> {
  const entries = Object.entries(drains);
  if (entries.every(([, { sinceMs }]) => sinceMs >= startedMs)) return drains;
  return Object.fromEntries(entries.map(([name, drain]) => [name, { ...drain, sinceMs: Math.max(drain.sinceMs, startedMs) }]));
}

/** Pods that are neither of a DaemonSet nor the machine's own: those that a drain evicts. Source: kubectl drain, filters. */
export function podsToMove(pods: readonly Pod[]): readonly Pod[] {
  return pods.filter((pod) => !isMirrorPod(pod) && !isDaemonPod(pod));
}

function machineOf(
  instance: Instance,
  node: Node | undefined,
  look: {
    isStale(instance: Instance): boolean;
    isBlocked(name: string): boolean;
    conforms(node: Node): boolean;
    podsLeft(name: string): readonly Pod[];
    blockade(name: string, pods: readonly Pod[]): Blockade | undefined;
  },
): Machine {
  const { id, computerName: name, state, vmSize: size } = instance;
  const machine = {
    id,
    name,
    state,
    ...(size !== undefined && { size }),
    version: versionOf(instance),
    stale: look.isStale(instance),
    surge: (instance.userData as NodeBootstrap).surge === true,
    ...(look.isBlocked(name) && { blocked: node !== undefined && isQuarantined(node) ? ("held" as const) : ("released" as const) }),
  };
  if (node === undefined) return machine;
  const ready = isNodeReady(node);
  const pods = look.podsLeft(name);
  const blockade = pods.length === 0 ? undefined : look.blockade(name, pods);
  const observed: ObservedNode = {
    ready,
    version: withoutV(node.status?.nodeInfo?.["kubeletVersion"] ?? ""),
    unschedulable: node.spec.unschedulable === true,
    conforms: (!ready && !isAsleep(machine)) || look.conforms(node),
    podsLeft: pods.length,
    podNames: pods.slice(0, MAX_NAMED_PODS).map(({ metadata }) => metadata.name),
    ...(blockade !== undefined && { blockade }),
  };
  return { ...machine, node: observed };
}

/** Nodes that the pool is to have when its work is done. */
export function nodesWanted({ properties, work }: Pick<StoredPool, "properties" | "work">): number {
  return properties.powerState?.code === "Stopped" ? 0 : (work?.removal?.count ?? properties.count);
}

/** Whether a machine booted from another image than the pool's, with other settings, or with certificates that are no longer the cluster's. */
function staleness({ certificateRotation = 0 }: StoredCluster, { properties }: StoredPool): (instance: Instance) => boolean {
  const wanted = machineSettings(properties);
  return ({ userData }) => {
    const { nodeImageVersion: image, certificateRotation: rotation = 0, settings } = userData as NodeBootstrap;
    if (settings !== wanted) return true;
    return rotation !== certificateRotation || (image !== undefined && image !== properties.nodeImageVersion);
  };
}

/**
 * The preview of 2019 did not drain what it deleted, a deletion may be told not to ask budgets, and the nodes of a cluster
 * that goes are not emptied. Unverified: when AKS began to drain before it deletes; Azure/AKS#2090 is of 2021-02.
 * Spot nodes get a notice only when they are upgraded. Source: MicrosoftDocs/azure-aks-docs articles/aks/spot-node-pool.md, "a cordon
 * and an eviction notice, but no drain is applied". Unverified: that the notice is a request to evict, as long as that of Azure.
 */
function drainOf({ cluster, pool, work }: Subject): Pick<ObservedPool, "drainFor"> {
  if (work.kind === "Stopping") return { drainFor: "stop" };
  if (getsNotice(pool, work)) return { drainFor: "notice" };
  if (work.kind !== "Deleting") return { drainFor: "upgrade" };
  const isOwn = work.operationId !== undefined && pool.machine === undefined;
  const drains = cluster.generation === "current" && work.ignoresBudgets !== true && (isOwn || work.emptiesFirst === true);
  return drains ? { drainFor: "deletion" } : {};
}

function getsNotice({ properties, blueGreen }: StoredPool, { kind }: Subject["work"]): boolean {
  return properties.scaleSetPriority === "Spot" && MAY_UPGRADE.has(kind) && blueGreen === undefined;
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
  // A stop waits for nothing: the control plane may be of the version before an upgrade that was aborted.
  if (work.operationId !== undefined || work.autoscaled !== undefined || work.kind === "Deleting" || work.kind === "Stopping") return true;
  if (cluster.controlPlane?.version !== cluster.version) return false;
  if (cluster.controlPlane.certificateRotation !== cluster.certificateRotation) return false;
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
  const { surge, batch } = upgradeBatch(pool.properties, cluster.generation, work.surgeLimit);
  const drainTimeoutMs = drainBoundMs(context, pool, work);
  const soakMs = pace(minutes(settings?.nodeSoakDurationInMinutes) ?? 0);
  if (work.autoscaled !== undefined) {
    const boundMs = Math.max(pace(autoscalerSettings(cluster.properties["autoScalerProfile"]).maxNodeProvisionMs), SHORTEST_BOUND_MS);
    return { earliestEndMs: begunMs, deadlineMs: Math.max(begunMs, context.startedMs) + boundMs, drainTimeoutMs, soakMs };
  }
  // An upgrade takes a turn per batch, one more for the surge nodes and for each node that cannot be emptied; every other kind
  // of work is a single turn.
  const turns = 1 + Math.ceil((count + surge) / Math.max(batch, 1)) + toleratedNodes(pool.properties, cluster.generation);
  const readyMs = Math.max(pace(durations.nodeReadyMs), SHORTEST_BOUND_MS);
  const turnMs = readyMs + drainTimeoutMs + soakMs;
  const rollingMs = (MAY_UPGRADE.has(work.kind) ? turns : 1) * turnMs;
  const boundMs =
    pool.blueGreen === undefined
      ? rollingMs
      : blueGreenBoundMs(pace, { nodes: pool.blueGreen.nodes, properties: pool.properties }, { readyMs, drainMs: drainTimeoutMs });
  return {
    earliestEndMs: begunMs + pace(durations.poolWorkMs[work.kind]),
    deadlineMs: Math.max(
      Math.max(begunMs, context.startedMs) + boundMs,
      work.givenUp === undefined ? 0 : Math.max(work.givenUp.atMs, context.startedMs) + turnMs,
    ),
    drainTimeoutMs,
    soakMs,
  };
}

/** Work in which nodes are replaced: an update, too, takes up an upgrade that failed or was aborted. */
const MAY_UPGRADE: ReadonlySet<WorkKind> = new Set<WorkKind>(["Upgrading", "UpgradingNodeImageVersion", "Updating", "Starting"]);

function drainBoundMs({ pace }: AksContext, pool: StoredPool, work: Subject["work"]): number {
  const { properties, blueGreen } = pool;
  const { kind } = work;
  if (kind === "Stopping") return Math.max(pace(durations.stopDrainMs), SHORTEST_STOP_DRAIN_MS);
  if (kind === "Deleting") return Math.max(pace(durations.deletionDrainMs), SHORTEST_DRAIN_MS);
  if (getsNotice(pool, work)) return Math.max(pace(durations.evictionNoticeMs), SHORTEST_STOP_DRAIN_MS);
  const settings = blueGreen === undefined ? properties.upgradeSettings : blueGreenSettings(properties);
  const realMs = minutes(settings?.drainTimeoutInMinutes) ?? durations.drainTimeoutMs;
  return Math.max(pace(realMs), SHORTEST_DRAIN_MS);
}

function minutes(value: number | undefined): number | undefined {
  return value === undefined || value === 0 ? undefined : value * 60_000;
}
