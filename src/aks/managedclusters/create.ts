import { type ArmRequest, findRegion, regionNames } from "#arm";
import type { DecodedAgentPoolProfile, DecodedManagedCluster } from "#api/containerservice/managed-cluster";
import { isAtLeast } from "#api/containerservice/versions";
import { withWork } from "../agentpools/change.ts";
import { candidateOf, newPool } from "../agentpools/put.ts";
import { type Candidate, firstRefusal } from "../agentpools/rules/candidate.ts";
import { changeRules } from "../agentpools/rules/change.ts";
import { multiplePools, placementRules } from "../agentpools/rules/placement.ts";
import { shapeRules } from "../agentpools/rules/shape.ts";
import { resolveVersion } from "../catalog/index.ts";
import type { Change } from "../commit.ts";
import { checkPreconditions } from "../preconditions.ts";
import type { AksContext } from "../context.ts";
import { clusterKey, poolKey, type StoredCluster, type StoredPool } from "../documents.ts";
import { refusals } from "../errors.ts";
import { type GenerationName, generationOf, generations } from "../generations/index.ts";
import { isOffered, momentOf } from "../moment.ts";
import { poolSource } from "../snapshots/source.ts";
import { dnsPrefixOf, fqdnOf, newCluster } from "./defaults.ts";
import { beginClusterOperation, type ClusterChange, type ClusterPut, withClusterWork } from "./work.ts";
import { refuseSecondOutside } from "./outside.ts";
import { checkScheduler } from "./scheduler.ts";
import { meshOf } from "./mesh.ts";
import { checkNames, checkNodeGroup, checkPoolNames, checkSettings } from "./rules.ts";

/** The first PUT of a cluster. @throws the refusals of the rules. */
export function createCluster(context: AksContext, put: ClusterPut): Change<ClusterChange> {
  const { request, sent } = put;
  const location = regionOf(sent.location);
  checkNames(put.route.name, sent);
  checkPoolNames(sent);
  checkPreconditions(request, undefined, "managed cluster");
  refuseSecondOutside(context);
  const unborn = unbornCluster(context, put, location);
  checkNodeGroup(context, unborn);
  const candidates = candidatesOf(context, unborn, put);
  const scaleSets = candidates[0]?.wanted.type !== "AvailabilitySet";
  checkSettings(unborn, sent, scaleSets);
  checkScheduler(context, unborn, request);
  const properties = { ...unborn.properties, ...meshOf(context, request, { sent, cluster: unborn }) };
  checkPools(candidates, request.apiVersion);

  const { operation, op } = beginClusterOperation(context, unborn, "Creating");
  const startedMs = context.clock.now();
  const pools = candidates.map((candidate, sequence) =>
    withWork(
      newPool(unborn, candidate, { sequence, createdMs: startedMs }),
      { ...candidate.wanted, eTag: context.random.uuid() },
      { kind: "Creating", startedMs },
    ),
  );
  const cluster = withClusterWork(
    { ...unborn, properties, nextPool: pools.length },
    { kind: "Creating", operationId: operation.id, startedMs },
  );
  return {
    compares: [
      context.clusters.unchanged(clusterKey(cluster), undefined),
      ...pools.map((pool) => context.pools.unchanged(poolKey(cluster, pool.name), undefined)),
    ],
    ops: [
      context.clusters.put(clusterKey(cluster), cluster),
      ...pools.map((pool) => context.pools.put(poolKey(cluster, pool.name), pool)),
      op,
    ],
    result: { created: true, cluster, pools, operationId: operation.id },
  };
}

function unbornCluster(context: AksContext, { request, route, sent }: ClusterPut, location: string): StoredCluster {
  const { kubernetesVersion } = sent.properties;
  const override = context.generation === "auto" ? undefined : context.generation;
  const generation = generationOf({ apiVersion: request.apiVersion, kubernetesVersion, override });
  const moment = momentOf(context, generation, request.apiVersion);
  const version = resolveVersion(kubernetesVersion ?? capturedVersion(context, sent) ?? "", moment);
  if (version === undefined || !isOffered(context, version, sent.properties["supportPlan"])) {
    throw refusals.poolVersionUnknown(kubernetesVersion ?? "");
  }
  const group = context.arm.group(route.subscriptionId, route.resourceGroup)?.name ?? route.resourceGroup;
  const dnsPrefix = dnsPrefixOf(sent);
  const taken = new Set(context.clusters.list().map(({ value }) => value.properties.fqdn.toLowerCase()));
  return newCluster(context, {
    name: { ...route, resourceGroup: group },
    sent,
    apiVersion: request.apiVersion,
    principal: request.principal,
    location,
    generation,
    version,
    scaleSets: firstPoolType(sent, request.apiVersion) !== "AvailabilitySet",
    fqdn: fqdnOf({ ...route, dnsPrefix, location, generation }, (fqdn) => taken.has(fqdn)),
    multiplePools: isFeatured(context, request, generation),
  });
}

/**
 * The version of the snapshot that the first pool is made from.
 * Unverified: for a caller that names no version; az sends the snapshot's.
 */
function capturedVersion(context: AksContext, { agentPoolProfiles: [first] = [] }: DecodedManagedCluster): string | undefined {
  return first === undefined ? undefined : poolSource(context, first.properties)?.kubernetesVersion;
}

/** `East US` and `eastus` are the same region. @throws {ArmError} 400 for none, and for one that there is not. */
function regionOf(location: string | undefined): string {
  if (location === undefined) throw refusals.locationRequired();
  const region = findRegion(location);
  if (region === undefined) throw refusals.locationNotAvailable(location, regionNames());
  return region.name;
}

/** Whether the features that more pools need are Registered now, or the request asks for them itself. Source: the article, "Limitations". */
function isFeatured(context: AksContext, { path, headers }: ArmRequest, generation: GenerationName): boolean {
  return generations[generation].requiredFeatures.every(
    (feature) => context.arm.feature(path.subscriptionId, "Microsoft.ContainerService", feature, headers).state === "Registered",
  );
}

/** Until late 2019 a pool whose caller named no type was an availability set. Source: Azure/azure-rest-api-specs 2019-04-01. */
const SCALE_SETS_SINCE = "2019-10-01";

function firstPoolType(sent: DecodedManagedCluster, apiVersion: string): string {
  const byDefault = isAtLeast(apiVersion, SCALE_SETS_SINCE) ? "VirtualMachineScaleSets" : "AvailabilitySet";
  return sent.agentPoolProfiles?.[0]?.properties.type ?? byDefault;
}

/** Each pool with the cluster's other ones. Pools without a mode are system pools where callers know no modes. */
function candidatesOf(context: AksContext, cluster: StoredCluster, { sent, request: { apiVersion } }: ClusterPut): readonly Candidate[] {
  const type = firstPoolType(sent, apiVersion) as "VirtualMachineScaleSets" | "AvailabilitySet";
  const mode = generations[cluster.generation].modes && isAtLeast(apiVersion, MODES_SINCE) ? "User" : "System";
  const filled = (profile: DecodedAgentPoolProfile): Candidate =>
    candidateOf(
      context,
      cluster,
      {
        name: profile.name,
        sent: { type, mode, ...profile.properties },
        stored: undefined,
        source: poolSource(context, profile.properties),
        apiVersion,
        origin: "cluster",
      },
      [],
    );
  const all = (sent.agentPoolProfiles ?? []).map(filled);
  return all.map((candidate) => ({ ...candidate, others: all.filter((other) => other !== candidate).map(asPool) }));
}

const MODES_SINCE = "2020-03-01";

function asPool({ name, wanted }: Candidate): Pick<StoredPool, "name" | "properties"> {
  return { name, properties: wanted };
}

function checkPools(candidates: readonly Candidate[], apiVersion: string): void {
  const rules = [...shapeRules, ...changeRules, ...placementRules];
  for (const candidate of candidates) {
    const refusal = firstRefusal(candidate, candidates.length > 1 ? [multiplePools, ...rules] : rules);
    if (refusal !== undefined) throw refusal;
  }
  const modes = candidates[0]?.generation.modes === true && isAtLeast(apiVersion, MODES_SINCE);
  if (modes && !candidates.some(({ wanted }) => wanted.mode === "System")) throw refusals.noSystemPool();
}
