import type { Requeue } from "#lib";
import type { Document } from "#store";
import { endOperation } from "../agentpools/ending.ts";
import { atRest as poolAtRest, statusOf, withFailure } from "../agentpools/rest.ts";
import { removeCommands } from "../commands/documents.ts";
import { scaleSetKey, scaleSetSpec } from "../agentpools/scale-set.ts";
import type { AksContext } from "../context.ts";
import { clusterId, type Failure, type RestState, type StoredCluster, type StoredPool, type Work } from "../documents.ts";
import { durations, SHORTEST_BOUND_MS } from "../durations.ts";
import { poolDocuments } from "../lookup.ts";
import { removeMaintenance } from "../maintenanceconfigurations/documents.ts";
import { removeRoleBindings } from "../trustedaccess/reconcile.ts";
import { generations, settledAutoScaler } from "../generations/index.ts";
import { applySchedulerMode, schedulerModeOf } from "./scheduler.ts";
import { applySystemWorkloads } from "./workloads.ts";
import { isFlat, withOutboundAddress } from "./network.ts";
import { type ClusterStep, type ObservedCluster, planManagedCluster } from "./plan.ts";

/** One turn of the loop for the cluster with this key: observe, plan, one step. */
export async function reconcileManagedCluster(context: AksContext, key: string): Promise<Requeue | undefined> {
  const document = context.clusters.get(key);
  if (document === undefined) return undefined;
  const step = planManagedCluster(observeCluster(context, document));
  if (step.kind === "rest") return undefined;
  if (step.kind === "wait") {
    return step.untilMs === undefined ? undefined : { requeueAfterMs: Math.max(step.untilMs - context.clock.now(), 0) };
  }
  context.log.debug("managed cluster step", { managedCluster: key, step: step.kind });
  await execute(context, document, step);
  return GOES_ON.has(step.kind) ? { requeueAfterMs: 0 } : undefined;
}

/** Steps after which another may be due at once, though no document with work has changed: at rest a control plane may be missing. */
const GOES_ON: ReadonlySet<ClusterStep["kind"]> = new Set<ClusterStep["kind"]>([
  "ensureGroup",
  "start",
  "halt",
  "rotate",
  "rotateSigningKeys",
  "configureScheduler",
  "finish",
  "fail",
  "cancel",
]);

function observeCluster(context: AksContext, { id, value: cluster }: Document<StoredCluster>): ObservedCluster {
  const { work } = cluster;
  const startedMs = work?.startedMs ?? 0;
  const pools = poolDocuments(context, cluster).map(({ value }) => value);
  return {
    kind: work?.kind,
    group: context.arm.group(cluster.subscriptionId, cluster.properties.nodeResourceGroup) !== undefined,
    wanted: cluster.version,
    recorded: cluster.controlPlane?.version,
    up: context.views.get(id) !== undefined,
    powered: cluster.properties.powerState?.code !== "Stopped",
    rotates: cluster.controlPlane !== undefined && cluster.controlPlane.certificateRotation !== cluster.certificateRotation,
    rotatesSigningKeys: cluster.controlPlane !== undefined && cluster.controlPlane.signingKeyRotation !== cluster.signingKeyRotation,
    reconfiguresScheduler:
      cluster.controlPlane !== undefined && (cluster.controlPlane.schedulerMode ?? "Default") !== schedulerModeOf(cluster),
    ...(work?.abortion !== undefined && { canceledAtMs: work.abortion.sinceMs + context.pace(durations.abortMs) }),
    busyPools: pools.filter((pool) => pool.work !== undefined).length,
    pools: pools.length,
    poolFailure: pools.find((pool) => failedIn(work, pool))?.failure,
    nowMs: context.clock.now(),
    controlPlaneDueMs: startedMs + context.pace(controlPlaneMs(cluster, work)),
    earliestEndMs: startedMs + context.pace(durations.clusterWorkMs),
    deadlineMs: Math.max(startedMs, context.startedMs) + Math.max(context.pace(durations.nodeReadyMs), SHORTEST_BOUND_MS),
  };
}

/** Whether the pool failed as part of the work, and not at some earlier time. */
function failedIn(work: Work | undefined, pool: StoredPool): boolean {
  return work !== undefined && pool.failure !== undefined && pool.failure.atMs >= work.startedMs;
}

function controlPlaneMs(cluster: StoredCluster, work: Work | undefined): number {
  if (work?.kind === "Deleting") return cluster.controlPlane === undefined ? 0 : durations.controlPlaneDeleteMs;
  if (work?.kind === "Starting") return durations.controlPlaneStartMs;
  if (work?.kind === "Stopping") return durations.controlPlaneStopMs;
  return cluster.controlPlane === undefined ? durations.controlPlaneCreateMs : durations.controlPlaneUpgradeMs;
}

async function execute(context: AksContext, document: Document<StoredCluster>, step: ClusterStep): Promise<void> {
  const { value: cluster } = document;
  switch (step.kind) {
    case "ensureGroup":
      return context.arm.ensureManagedGroup({
        subscriptionId: cluster.subscriptionId,
        name: cluster.properties.nodeResourceGroup,
        location: cluster.location,
        managedBy: clusterId(cluster),
        ...(cluster.tags !== undefined && { tags: cluster.tags }),
      });
    case "start":
      return bringUp(context, document, cluster.controlPlane?.version ?? cluster.version);
    case "ensureControlPlane":
      return ensureControlPlane(context, document);
    case "halt":
      return halt(context, document);
    case "rotate":
      return rotate(context, document);
    case "rotateSigningKeys":
      return rotateSigningKeys(context, document);
    case "configureScheduler":
      return configureScheduler(context, document);
    case "finish":
      return finish(context, document);
    case "cancel":
      return cancel(context, document);
    case "fail":
      return fail(context, document, step.failure);
    case "remove":
      return remove(context, document);
    default:
  }
}

/** Makes the control plane run with the version, and opens the view of its nodes. */
async function bringUp(context: AksContext, { id, value: cluster }: Document<StoredCluster>, version: string): Promise<void> {
  const { podCidr, serviceCidr } = cluster.properties.networkProfile;
  await context.controlPlanes.ensure({
    id: cluster.uid,
    version,
    fqdn: cluster.properties.fqdn,
    // Source: Azure/aad-pod-identity#40: nodes of such clusters have no podCIDR.
    ...(!isFlat(cluster.properties) && { podCidr: typeof podCidr === "string" ? podCidr : "10.244.0.0/16" }),
    nodeCidrMaskSize: generations[cluster.generation].nodeCidrMaskSize,
    enforcesRoles: cluster.properties.enableRBAC !== false,
    serviceCidr: typeof serviceCidr === "string" ? serviceCidr : "10.0.0.0/16",
  });
  const { outside } = context.controlPlanes;
  await context.views.open(id, context.controlPlanes.client(cluster.uid), outside && ((node) => outside.owns(cluster.uid, node)));
}

async function ensureControlPlane(context: AksContext, document: Document<StoredCluster>): Promise<void> {
  const { id, value: cluster } = document;
  await bringUp(context, document, cluster.version);
  await applySystemWorkloads(context, cluster);
  await context.store.transact(
    [context.clusters.unchanged(id, document)],
    [context.clusters.put(id, { ...cluster, controlPlane: recordOf(cluster) })],
  );
}

/** What a control plane that has just been brought up runs with. */
function recordOf({
  version,
  controlPlane,
  certificateRotation,
  signingKeyRotation,
}: StoredCluster): NonNullable<StoredCluster["controlPlane"]> {
  // A new one is created with the certificates and keys that are wanted.
  const runs = controlPlane ?? {
    ...(certificateRotation !== undefined && { certificateRotation }),
    ...(signingKeyRotation !== undefined && { signingKeyRotation }),
  };
  return { ...runs, version };
}

async function halt(context: AksContext, { id, value: cluster }: Document<StoredCluster>): Promise<void> {
  context.views.close(id);
  await context.controlPlanes.halt(cluster.uid);
}

async function rotate(context: AksContext, document: Document<StoredCluster>): Promise<void> {
  const { id, value: cluster } = document;
  const { controlPlane, certificateRotation } = cluster;
  if (controlPlane === undefined || certificateRotation === undefined) return;
  await halt(context, document);
  await context.controlPlanes.rotate(cluster.uid, certificateRotation);
  await context.store.transact(
    [context.clusters.unchanged(id, document)],
    [context.clusters.put(id, { ...cluster, controlPlane: { ...controlPlane, certificateRotation } })],
  );
}

async function rotateSigningKeys(context: AksContext, document: Document<StoredCluster>): Promise<void> {
  const { id, value: cluster } = document;
  const { controlPlane, signingKeyRotation } = cluster;
  if (controlPlane === undefined || signingKeyRotation === undefined) return;
  await context.controlPlanes.rotateSigningKeys(cluster.uid, signingKeyRotation);
  await context.store.transact(
    [context.clusters.unchanged(id, document)],
    [context.clusters.put(id, { ...cluster, controlPlane: { ...controlPlane, signingKeyRotation } })],
  );
}

async function configureScheduler(context: AksContext, document: Document<StoredCluster>): Promise<void> {
  const { id, value: cluster } = document;
  if (cluster.controlPlane === undefined) return;
  await applySchedulerMode(context, cluster);
  const { schedulerMode: _schedulerMode, ...runs } = cluster.controlPlane;
  const mode = schedulerModeOf(cluster);
  const controlPlane = { ...runs, ...(mode === "ManagedByCRD" && { schedulerMode: mode }) };
  await context.store.transact([context.clusters.unchanged(id, document)], [context.clusters.put(id, { ...cluster, controlPlane })]);
}

/** What has been done stays as it is; the next PUT takes it up. */
async function cancel(context: AksContext, document: Document<StoredCluster>): Promise<void> {
  const { id, value: cluster } = document;
  await context.store.transact(
    [context.clusters.unchanged(id, document)],
    [
      context.clusters.put(id, atRest(context, cluster, "Canceled")),
      ...endOperation(context, cluster.subscriptionId, cluster.work, { status: "Canceled" }),
    ],
  );
}

async function finish(context: AksContext, document: Document<StoredCluster>): Promise<void> {
  // Tags of the cluster are also those of its machines.
  for (const { value: pool } of poolDocuments(context, document.value)) {
    await context.compute.updateScaleSet(scaleSetKey(document.value, pool), scaleSetSpec(document.value, pool, context.networks));
  }
  const cluster = atRest(context, document.value, "Succeeded");
  await context.store.transact(
    [context.clusters.unchanged(document.id, document)],
    [
      context.clusters.put(document.id, withAutoScaler(withOutboundAddress(context, cluster))),
      ...endOperation(context, cluster.subscriptionId, document.value.work, { status: "Succeeded" }),
    ],
  );
}

function withAutoScaler(cluster: StoredCluster): StoredCluster {
  const autoScalerProfile = settledAutoScaler(cluster.properties["autoScalerProfile"]);
  return autoScalerProfile === undefined ? cluster : { ...cluster, properties: { ...cluster.properties, autoScalerProfile } };
}

/** The cluster and the pools that had not ended fail together. */
async function fail(context: AksContext, document: Document<StoredCluster>, failure: Failure): Promise<void> {
  const { id, value: cluster } = document;
  const stuck = poolDocuments(context, cluster).filter(({ value }) => value.work !== undefined);
  const { code, message } = failure;
  const past = { code, message, atMs: context.clock.now() };
  const failed = atRest(context, cluster, "Failed");
  context.log.warn("managed cluster failed", { managedCluster: id, code, error: message });
  await context.store.transact(
    [context.clusters.unchanged(id, document), ...stuck.map((pool) => context.pools.unchanged(pool.id, pool))],
    [
      context.clusters.put(id, { ...failed, properties: { ...failed.properties, status: statusOf(past) }, failure: past }),
      ...stuck.map((pool) => context.pools.put(pool.id, withFailure(poolAtRest(pool.value, "Failed"), past))),
      ...endOperation(context, cluster.subscriptionId, cluster.work, { status: "Failed", error: { code, message } }),
    ],
  );
}

async function remove(context: AksContext, document: Document<StoredCluster>): Promise<void> {
  const { id, value: cluster } = document;
  context.views.close(id);
  await context.controlPlanes.remove(cluster.uid);
  await context.arm.removeManagedGroup(cluster.subscriptionId, cluster.properties.nodeResourceGroup);
  await context.store.transact(
    [context.clusters.unchanged(id, document)],
    [
      context.clusters.remove(id),
      ...removeMaintenance(context, cluster),
      ...removeRoleBindings(context, cluster),
      ...removeCommands(context, cluster),
      ...endOperation(context, cluster.subscriptionId, cluster.work, { status: "Succeeded" }),
    ],
  );
}

/** A stop that did not come to its end leaves the cluster Running, as with agent pools; what has stopped is started anew. */
function atRest(context: AksContext, cluster: StoredCluster, provisioningState: RestState): StoredCluster {
  const { work, failure: _failure, ...rest } = cluster;
  const unstopped = work?.kind === "Stopping" && provisioningState !== "Succeeded";
  const { status: _status, ...kept } = cluster.properties;
  const properties = { ...kept, provisioningState, ...(unstopped && { powerState: { code: "Running" as const } }) };
  return { ...rest, eTag: context.random.uuid(), properties };
}
