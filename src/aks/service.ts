import type { ArmServices, GenericResource, ResourceProvider } from "#arm";
import type { Compute, Quotas, ScaleSetKey } from "#compute";
import type { Networks } from "#network";
import { type Clock, createReconciler, type Logger, type Pace, type Random, type Reconciler } from "#lib";
import { openDocuments, type Store } from "#store";
import { type Autoscalers, createAutoscalers } from "./agentpools/autoscaler/loop.ts";
import { poolsInSubnet } from "./agentpools/in-subnet.ts";
import { reconcileAgentPool } from "./agentpools/reconcile.ts";
import { scaleSetKey, textOf } from "./agentpools/scale-set.ts";
import { reconcileUpkeep } from "./autoupgrade/loop.ts";
import { createClusterViews } from "./cluster-view.ts";
import { COMMANDS_PREFIX, type StoredCommand } from "./commands/documents.ts";
import { createCommandRunner } from "./commands/run.ts";
import type { AksContext } from "./context.ts";
import type { ControlPlanes } from "./control-planes.ts";
import {
  CLUSTERS_PREFIX,
  clusterId,
  clusterKeyOfPool,
  type ClusterName,
  MACHINES_PREFIX,
  POOLS_PREFIX,
  type StoredCluster,
  type StoredPool,
} from "./documents.ts";
import type { GenerationName } from "./generations/index.ts";
import { MAINTENANCE_PREFIX, type StoredMaintenanceConfiguration } from "./maintenanceconfigurations/documents.ts";
import { reconcileMachine } from "./machines/reconcile.ts";
import { wakeMachines } from "./machines/wake.ts";
import { beginClusterDeletion } from "./managedclusters/delete.ts";
import { identitiesOf } from "./managedclusters/identities.ts";
import { reconcileManagedCluster } from "./managedclusters/reconcile.ts";
import { progressOf } from "./progress.ts";
import { resourceTypes } from "./resource-types.ts";
import { route } from "./routes.ts";
import { genericSnapshot, SNAPSHOTS_PREFIX, snapshotKinds, type StoredSnapshot } from "./snapshots/documents.ts";
import { removeSnapshot } from "./snapshots/routes.ts";
import { createThrottle } from "./throttle.ts";
import { ROLE_BINDINGS_PREFIX, type StoredRoleBinding } from "./trustedaccess/documents.ts";
import { reconcileRoleBinding } from "./trustedaccess/reconcile.ts";

export interface AksOptions {
  readonly store: Store;
  readonly arm: ArmServices;
  readonly compute: Compute & Pick<Quotas, "usages">;
  /** Networks that callers bring; none is known when absent. */
  readonly networks?: Networks;
  readonly controlPlanes: ControlPlanes;
  readonly clock: Clock;
  /** The clock of callers, for request limits; `clock` when absent. */
  readonly wall?: Clock;
  readonly pace: Pace;
  readonly random: Random;
  readonly log: Logger;
  /** The rules that new clusters get; `auto` goes by the way each is made. */
  readonly generation: "auto" | GenerationName;
  /** Whether requests over AKS's limits are refused. */
  readonly isThrottled?: boolean;
  /** See `AksContext.supportWindow`. */
  readonly supportWindow?: string | undefined;
}

/** A pool by the names of all that holds it. */
export interface PoolName extends ClusterName {
  readonly pool: string;
}

/** The provider Microsoft.ContainerService, and the work behind it. */
export interface Aks extends ResourceProvider {
  /** The pool that a scale set belongs to; undefined for one that is gone. */
  poolOf(key: ScaleSetKey): PoolName | undefined;
  /** Ids of the pools that name a subnet, from their acceptance until they are gone. */
  poolsIn(subnetId: string): readonly string[];
  /**
   * Takes up everything that the store holds: control planes run again and work goes on from where it is found.
   * Resolves when each control plane that can start has started. Hand over the machines after that.
   */
  start(): Promise<void>;
  /** Ends the steps under way; what is not done is taken up by the next start. */
  stop(): Promise<void>;
}

/** Pools and clusters worked on at the same time. */
const CONCURRENCY = 32;

/** Opens the documents of clusters and pools. Nothing happens to them before {@link Aks.start}. */
export async function createAks(options: AksOptions): Promise<Aks> {
  const { store, clock, log } = options;
  const clusters = await openDocuments<StoredCluster>(store, CLUSTERS_PREFIX);
  const pools = await openDocuments<StoredPool>(store, POOLS_PREFIX);
  const machines = await openDocuments<StoredPool>(store, MACHINES_PREFIX);
  const snapshots = await openDocuments<StoredSnapshot>(store, SNAPSHOTS_PREFIX);
  const maintenance = await openDocuments<StoredMaintenanceConfiguration>(store, MAINTENANCE_PREFIX);
  const roleBindings = await openDocuments<StoredRoleBinding>(store, ROLE_BINDINGS_PREFIX);
  const commands = await openDocuments<StoredCommand>(store, COMMANDS_PREFIX);
  const runner = createCommandRunner({ ...options, commands });
  const wakeAll = (clusterKey: string): void => {
    for (const { id } of machines.list(`${clusterKey}/`)) reconcilers.machines.enqueue(id);
    for (const { id } of pools.list(`${clusterKey}/`)) reconcilers.pools.enqueue(id);
  };
  const wakePools = (clusterKey: string): void => {
    for (const { id, value } of pools.list(`${clusterKey}/`)) if (value.work !== undefined) reconcilers.pools.enqueue(id);
  };
  const views = createClusterViews({ clock, log }, (clusterKey, pool, health, node) => {
    if (pool === undefined) {
      autoscalers.appeared(clusterKey);
      reconcilers.upkeep.enqueue(clusterKey);
      return wakeAll(clusterKey);
    }
    if (waking.wakeNode(clusterKey, node)) return;
    const key = `${clusterKey}/${pool}`.toLowerCase();
    const stored = pools.get(key);
    if (stored !== undefined && (health || stored.value.work !== undefined)) reconcilers.pools.enqueue(key);
  });
  const documents = { clusters, pools, machines, snapshots, maintenance, roleBindings, commands };
  const context: AksContext = { ...options, ...documents, runner, views, startedMs: clock.now() };
  const reconcilers = createReconcilers(context);
  const autoscalers = createAutoscalers(context);
  const byScaleSet = new Map<string, string>();
  const waking = wakeMachines(context, reconcilers);
  const stopWaking = [
    ...waking.stopWaking,
    ...wakeOnChanges(context, { reconcilers, byScaleSet, wakePools, wakeAll }),
    ...wakeAutoscalers(context, autoscalers),
    ...wakeUpkeep(context, reconcilers.upkeep),
  ];
  return {
    namespace: "Microsoft.ContainerService",
    server: "nginx",
    resourceTypes,
    ...(options.isThrottled === true && { admit: createThrottle(options.wall ?? clock) }),
    handle: (request) => route(context, request),
    poolOf: (key) => poolNameOf(context, byScaleSet.get(textOf(key)) ?? waking.poolOf(key)),
    poolsIn: (subnetId) => poolsInSubnet(context, subnetId),
    progress: (operation) => progressOf(context, operation),
    resources: (scope) => [...clustersOf(context, scope), ...snapshotsOf(context, scope)],
    identities: () => clusters.list().flatMap(({ value }) => identitiesOf(value)),
    beginDelete: (resource) => beginDelete(context, resource),
    async start() {
      await runner.start();
      for (const { id } of clusters.list()) reconcilers.clusters.enqueue(id);
      for (const { id, value } of pools.list()) if (value.work !== undefined) reconcilers.pools.enqueue(id);
      for (const { id, value } of machines.list()) if (value.work !== undefined) reconcilers.machines.enqueue(id);
      for (const { id, value } of roleBindings.list()) if (value.work !== undefined) reconcilers.roleBindings.enqueue(id);
      await reconcilers.clusters.idle();
    },
    async stop() {
      for (const stop of stopWaking) stop();
      const stopping = [...Object.values<Reconciler>({ ...reconcilers }), autoscalers];
      await Promise.all(stopping.map((each) => each.stop()));
      await runner.stop();
      views.closeAll();
      for (const opened of Object.values<{ close(): void }>(documents)) opened.close();
    },
  };
}

async function beginDelete(context: AksContext, resource: GenericResource): Promise<void> {
  const name = nameOf(resource);
  const kind = (["NodePool", "ManagedCluster"] as const).find((known) => resource.type.endsWith(`/${snapshotKinds[known].segment}`));
  if (kind === undefined) await beginClusterDeletion(context, name);
  else await removeSnapshot(context, name, kind);
}

interface Reconcilers {
  readonly clusters: Reconciler;
  readonly pools: Reconciler;
  /** Machines of pools of mode Machines. */
  readonly machines: Reconciler;
  /** Upgrades that nobody asks for, by the key of the cluster. */
  readonly upkeep: Reconciler;
  readonly roleBindings: Reconciler;
}

function createReconcilers(context: AksContext): Reconcilers {
  const { clock, log } = context;
  const options = { clock, log, concurrency: CONCURRENCY };
  return {
    clusters: createReconciler({ ...options, name: "managed clusters", reconcile: (key) => reconcileManagedCluster(context, key) }),
    pools: createReconciler({ ...options, name: "agent pools", reconcile: (key) => reconcileAgentPool(context, key) }),
    machines: createReconciler({ ...options, name: "machines", reconcile: (key) => reconcileMachine(context, key) }),
    upkeep: createReconciler({ ...options, name: "automatic upgrades", reconcile: (key) => reconcileUpkeep(context, key) }),
    roleBindings: createReconciler({ ...options, name: "role bindings", reconcile: (key) => reconcileRoleBinding(context, key) }),
  };
}

/** Every change that work may have been waiting for asks for a turn. Returns the ways to stop. */
function wakeOnChanges(
  { clusters, pools, roleBindings, compute }: AksContext,
  {
    reconcilers,
    byScaleSet,
    wakePools,
    wakeAll,
  }: {
    readonly reconcilers: Reconcilers;
    /** Kept here: the pool's document by its scale set. */
    readonly byScaleSet: Map<string, string>;
    /** Those that are worked on. */
    readonly wakePools: (clusterKey: string) => void;
    readonly wakeAll: (clusterKey: string) => void;
  },
): readonly (() => void)[] {
  const remember = (id: string, pool: StoredPool): void => {
    const cluster = clusters.get(clusterKeyOfPool(id))?.value;
    if (cluster !== undefined) byScaleSet.set(textOf(scaleSetKey(cluster, pool)), id);
  };
  for (const { id, value } of pools.list()) remember(id, value);
  return [
    clusters.subscribe((event) => {
      if (event.kind === "delete") return;
      const { id, value } = event.document;
      if (value.work === undefined) return wakeAll(id);
      reconcilers.clusters.enqueue(id);
      wakePools(id);
    }),
    pools.subscribe((event) => {
      const id = event.kind === "put" ? event.document.id : event.previous.id;
      const clusterKey = clusterKeyOfPool(id);
      if (event.kind === "put") remember(id, event.document.value);
      if (event.kind === "put") reconcilers.pools.enqueue(id);
      if (event.kind === "put" && event.document.value.work !== undefined) return;
      // A pool at rest, or gone, lets the cluster's work and the pools after it go on.
      if (clusters.get(clusterKey)?.value.work === undefined) return;
      reconcilers.clusters.enqueue(clusterKey);
      wakePools(clusterKey);
    }),
    roleBindings.subscribe((event) => {
      if (event.kind === "put" && event.document.value.work !== undefined) reconcilers.roleBindings.enqueue(event.document.id);
    }),
    compute.subscribe((key) => {
      const id = byScaleSet.get(textOf(key));
      const pool = id === undefined ? undefined : pools.get(id)?.value;
      if (id !== undefined && pool !== undefined && heedsMachines(pool)) reconcilers.pools.enqueue(id);
    }),
  ];
}

/** A pool that has become autoscaled, or runs again, needs its cluster's autoscaler. */
function wakeAutoscalers({ pools }: AksContext, autoscalers: Autoscalers): readonly (() => void)[] {
  return [pools.subscribe((event) => event.kind === "put" && autoscalers.consider(clusterKeyOfPool(event.document.id)))];
}

/** Whatever changes what a cluster's channels want, or when they may have it: also that the cluster or one of its pools comes to rest. */
function wakeUpkeep({ clusters, pools, maintenance }: AksContext, upkeep: Reconciler): readonly (() => void)[] {
  return [
    clusters.subscribe((event) => event.kind === "put" && event.document.value.work === undefined && upkeep.enqueue(event.document.id)),
    pools.subscribe((event) => {
      const { id, value } = event.kind === "put" ? event.document : event.previous;
      if (event.kind === "delete" || value.work === undefined) upkeep.enqueue(clusterKeyOfPool(id));
    }),
    maintenance.subscribe((event) => upkeep.enqueue(clusterKeyOfPool(event.kind === "put" ? event.document.id : event.previous.id))),
  ];
}

/** Whether it matters to a pool what becomes of its machines: at rest, where they may be evicted or are being repaired. */
function heedsMachines({ work, repairs, properties }: StoredPool): boolean {
  return work !== undefined || repairs !== undefined || properties.scaleSetPriority === "Spot";
}

function poolNameOf({ clusters, pools }: AksContext, id: string | undefined): PoolName | undefined {
  const pool = id === undefined ? undefined : pools.get(id);
  const cluster = id === undefined ? undefined : clusters.get(clusterKeyOfPool(id));
  if (pool === undefined || cluster === undefined) return undefined;
  const { subscriptionId, resourceGroup, name } = cluster.value;
  return { subscriptionId, resourceGroup, name, pool: pool.value.name };
}

type Scope = Parameters<ResourceProvider["resources"]>[0];

function snapshotsOf({ snapshots }: AksContext, { subscriptionId, resourceGroup }: Scope): readonly GenericResource[] {
  return snapshots.list(`${subscriptionId}/${resourceGroup}/`.toLowerCase()).map(({ value }) => genericSnapshot(value));
}

function clustersOf({ clusters }: AksContext, { subscriptionId, resourceGroup }: Scope): readonly GenericResource[] {
  return clusters.list(`${subscriptionId}/${resourceGroup}/`.toLowerCase()).map(({ value: cluster }) => ({
    id: clusterId(cluster).replace("/resourcegroups/", "/resourceGroups/"),
    name: cluster.name,
    type: "Microsoft.ContainerService/managedClusters",
    location: cluster.location,
    provisioningState: cluster.work?.kind ?? (cluster.failure === undefined ? "Succeeded" : "Failed"),
    createdMs: cluster.createdMs,
    ...(cluster.kind !== undefined && { kind: cluster.kind }),
    ...(cluster.sku !== undefined && { sku: { ...cluster.sku } }),
    ...(cluster.identity !== undefined && { identity: { ...cluster.identity } }),
    ...(cluster.tags !== undefined && { tags: cluster.tags }),
  }));
}

function nameOf({ id, name }: GenericResource): ClusterName {
  const [, subscriptionId = "", resourceGroup = ""] = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\//i.exec(id) ?? [];
  return { subscriptionId, resourceGroup, name };
}
