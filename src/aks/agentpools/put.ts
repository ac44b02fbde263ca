import type { ArmRequest, ArmResponse } from "#arm";
import { decodeAgentPool } from "#api/containerservice/agent-pool";
import type { AgentPoolProperties } from "#api/containerservice/model";
import { resolveVersion } from "../catalog/index.ts";
import { commitSent, type Change } from "../commit.ts";
import { refuseConflict } from "../conflicts.ts";
import { checkPreconditions } from "../preconditions.ts";
import type { AksContext } from "../context.ts";
import { type ClusterName, poolId, poolKey, type StoredCluster, type StoredPool, type WorkKind } from "../documents.ts";
import { refusals } from "../errors.ts";
import { generations } from "../generations/index.ts";
import { poolDocuments, requireParent } from "../lookup.ts";
import { machinesIn } from "../machines/documents.ts";
import { isOffered, momentFor, today } from "../moment.ts";
import { nodeImageVersion, nodeNameSuffix } from "../nodes/index.ts";
import { poolSource } from "../snapshots/source.ts";
import { answerPool } from "./answer.ts";
import { pickedSize } from "./vm-size.ts";
import { kindOfChange, retagged, withWork } from "./change.ts";
import { type PoolRequest, type SentAgentPool, withDefaults } from "./defaults.ts";
import { imageAskedFor, isImageChange, returned } from "./rollback/image.ts";
import { returnable } from "./rollback/recent.ts";
import { type Candidate, firstRefusal } from "./rules/candidate.ts";
import { changeRules } from "./rules/change.ts";
import { multiplePools, placementRules } from "./rules/placement.ts";
import { shapeRules } from "./rules/shape.ts";
import { kindOfUpgrade, withRollback } from "./upgrade/blue-green/state.ts";
import { refuseUnsatisfiableBudgets } from "./upgrade/budgets.ts";

/** Where a request about a pool points. */
export interface PoolRoute extends ClusterName {
  readonly pool: string;
}

interface Put {
  readonly created: boolean;
  readonly cluster: StoredCluster;
  readonly pool: StoredPool;
  readonly operationId: string;
}

/**
 * PUT of an agent pool: 201 for a new one, 200 for a change, with the goal as body and an operation that follows the work.
 * One transaction stores both. @throws the refusals of the rules, 404, 409 and 412.
 */
export async function putAgentPool(context: AksContext, request: ArmRequest, route: PoolRoute): Promise<ArmResponse> {
  const { properties: sent, errors } = decodeAgentPool(request.body, request.apiVersion);
  if (errors[0] !== undefined) throw refusals.unreadable(errors[0]);
  const { created, cluster, pool, operationId } = await commitSent(context, () => changePool(context, request, { route, sent }));
  const operation = context.arm.operations.get(cluster.subscriptionId, operationId);
  return {
    status: created ? 201 : 200,
    layout: "provider",
    ...(operation !== undefined && { headers: context.arm.operations.headers(request, operation) }),
    body: answerPool(context, cluster, goalOf(pool), request.apiVersion),
  };
}

/** The answer to a stop shows no nodes at once; reads show those that are left. Source: recorded answers of 2021-10 and 2022-08. */
function goalOf(pool: StoredPool): StoredPool {
  return pool.work?.kind === "Stopping" ? { ...pool, properties: { ...pool.properties, count: 0 } } : pool;
}

function changePool(
  context: AksContext,
  request: ArmRequest,
  put: { readonly route: PoolRoute; readonly sent: SentAgentPool },
): Change<Put> {
  const { route, sent } = put;
  const clusterDocument = requireParent(context, route);
  const cluster = clusterDocument.value;
  const siblings = poolDocuments(context, cluster);
  const key = poolKey(cluster, route.pool);
  const document = siblings.find(({ id }) => id === key);
  const stored = document?.value;
  const source = poolSource(context, sent, stored?.properties);
  const candidate = candidateOf(
    context,
    cluster,
    { name: stored?.name ?? route.pool, sent, stored, source, apiVersion: request.apiVersion, origin: "agentPool" },
    siblings.filter(({ id }) => id !== key).map(({ value }) => value),
  );
  const refusal = firstRefusal(candidate, [multiplePools, ...shapeRules, ...changeRules, ...placementRules]);
  if (refusal !== undefined) throw refusal;
  const kind =
    kindOfUpgrade(stored, candidate.wanted) ??
    (isImageChange(candidate) ? "UpgradingNodeImageVersion" : kindOfChange(candidate.wanted, stored?.properties));
  refuseConflict(kind === "Stopping" ? "stopAgentPool" : "putAgentPool", cluster, stored === undefined ? [] : [stored]);
  if (kind === "Upgrading" || kind === "UpgradingNodeImageVersion") refuseUnsatisfiableBudgets(context, cluster);
  checkPreconditions(request, stored?.properties["eTag"], "agent pool");

  const { operation, op } = beginOperation(context, cluster, { pool: candidate.name, kind });
  const startedMs = context.clock.now();
  const pool = withWork(
    stored ?? newPool(cluster, candidate, { sequence: cluster.nextPool, createdMs: startedMs }),
    retagged(context, candidate.wanted),
    { kind, operationId: operation.id, startedMs },
  );
  const clusterOps = stored === undefined ? [context.clusters.put(clusterDocument.id, { ...cluster, nextPool: cluster.nextPool + 1 })] : [];
  return {
    // Every pool is compared: the limits of the cluster are limits of their sum.
    compares: [
      context.clusters.unchanged(clusterDocument.id, clusterDocument),
      context.pools.unchanged(key, document),
      ...siblings.filter(({ id }) => id !== key).map((sibling) => context.pools.unchanged(sibling.id, sibling)),
    ],
    ops: [context.pools.put(key, pool), ...clusterOps, op],
    result: { created: stored === undefined, cluster, pool, operationId: operation.id },
  };
}

/** A pool as a request speaks of it. */
export interface PoolChange extends Omit<PoolRequest, "version" | "size" | "day" | "image"> {
  readonly name: string;
  /** Key of the machine that is asked for, as a pool of one. */
  readonly machine?: string;
  /** Machines that are made by the same request. */
  readonly beside?: readonly AgentPoolProperties[];
  readonly stored: StoredPool | undefined;
}

/** What the rules look at. @throws {ProviderError} 400 for a version that nobody offers. */
export function candidateOf(
  context: Pick<AksContext, "supportWindow" | "compute" | "clock" | "networks" | "machines">,
  cluster: StoredCluster,
  change: PoolChange,
  others: readonly StoredPool[],
): Candidate {
  const { name, stored: document, sent, source } = change;
  const stored = document?.properties;
  // A pool that is made with its cluster follows the cluster's version, which may be the snapshot's.
  const captured = change.origin === "agentPool" ? source?.kubernetesVersion : undefined;
  const asked = { sent: sent.orchestratorVersion ?? captured, apiVersion: change.apiVersion, stored: stored?.orchestratorVersion };
  const version = versionOf(context, cluster, asked);
  const size = (): string => pickedSize(context, { cluster, sent, apiVersion: change.apiVersion });
  const day = today(context);
  const returning = returned(returnable(document?.recent, context.clock.now()), { sent, version, stored });
  const newestImage = nodeImageVersion({ osType: "Linux", ...stored, ...sent }, version, { day });
  const image = imageAskedFor(sent, { returning, newestImage, cluster });
  const merged = withDefaults({ ...change, version, day, image, parkedCount: document?.parked?.count, size }, stored, cluster);
  const wanted = document === undefined ? merged : withRollback(document, sent, merged);
  const blueGreen = document?.blueGreen && { ...document.blueGreen, isPaused: document.work === undefined };
  const { apiVersion, origin } = change;
  const asPut = { name, apiVersion, origin, sent, wanted, stored, source, returning, newestImage, blueGreen };
  const coresLeft = (family: string): number => coresLeftOf(context, cluster, family);
  const { networks } = context;
  const findSubnet = networks && { findSubnet: (id: string) => networks.find(id) };
  const standing = machinesIn(context, cluster).flatMap(({ id, value }) => (id === change.machine ? [] : [value.properties]));
  const machines = [...standing, ...(change.beside ?? [])].map((properties) => ({ ...properties, count: 1 }));
  return { ...asPut, cluster, generation: generations[cluster.generation], coresLeft, ...findSubnet, others, machines };
}

/** Everything fits where the region has no such family. */
function coresLeftOf({ compute }: Pick<AksContext, "compute">, { subscriptionId, location }: StoredCluster, family: string): number {
  const usage = compute.usages(subscriptionId, location).find(({ name }) => name === family);
  return usage === undefined ? Number.POSITIVE_INFINITY : usage.limit - usage.current;
}

/** Nothing asked for keeps what is, or follows the control plane; a minor version alone keeps a patch of it. */
function versionOf(
  context: Pick<AksContext, "supportWindow">,
  cluster: StoredCluster,
  { sent, apiVersion, stored }: { readonly sent: string | undefined; readonly apiVersion: string; readonly stored: string | undefined },
): string {
  const present = stored ?? cluster.version;
  if (sent === undefined || sent === present) return present;
  if (present.startsWith(`${sent}.`)) return present;
  const version = resolveVersion(sent, momentFor(context, cluster, apiVersion));
  if (version === undefined || !isOffered(context, version, cluster.properties["supportPlan"])) throw refusals.poolVersionUnknown(sent);
  return version;
}

/** A pool before its first work. */
export function newPool(
  cluster: Pick<StoredCluster, "generation" | "properties">,
  { name, wanted }: Pick<Candidate, "name" | "wanted">,
  born: { readonly sequence: number; readonly createdMs: number },
): StoredPool {
  return { name, ...born, properties: wanted, suffix: nodeNameSuffix(cluster, name), withdrawn: { labels: [], taints: [] } };
}

/**
 * The operation that follows work on a pool. Source: recorded operations: they end with 204 from `operationresults`.
 * @param work.resultApiVersion of a caller who gets the pool, with 200, from there.
 */
export function beginOperation(
  context: AksContext,
  cluster: StoredCluster,
  work: { readonly pool: string; readonly kind: WorkKind; readonly resultApiVersion?: string | undefined },
): ReturnType<AksContext["arm"]["operations"]["begin"]> {
  const { subscriptionId, location } = cluster;
  return context.arm.operations.begin({
    subscriptionId,
    namespace: "Microsoft.ContainerService",
    location,
    resourceId: poolId(cluster, work.pool),
    kind: `AgentPool.${work.kind}`,
    ...(work.resultApiVersion === undefined ? { resultStatus: 204 } : { resultStatus: 200, resultApiVersion: work.resultApiVersion }),
  });
}
