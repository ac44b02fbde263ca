import { normalLocation } from "#arm";
import { isObject, type JsonObject } from "#api/containerservice/decode";
import type { DecodedAgentPoolProfile, DecodedManagedCluster } from "#api/containerservice/managed-cluster";
import type { Document } from "#store";
import { retagged, withWork } from "../agentpools/change.ts";
import { candidateOf, newPool } from "../agentpools/put.ts";
import { type Candidate, firstRefusal } from "../agentpools/rules/candidate.ts";
import { changeRules } from "../agentpools/rules/change.ts";
import { multiplePools, placementRules } from "../agentpools/rules/placement.ts";
import { shapeRules } from "../agentpools/rules/shape.ts";
import { refuseUnsatisfiableBudgets } from "../agentpools/upgrade/budgets.ts";
import { channelsOf, upgradesVersion } from "../autoupgrade/channels.ts";
import { settledProfile } from "../autoupgrade/rules.ts";
import { isAlias, minorOf, type Moment, resolveVersion } from "../catalog/index.ts";
import type { Change } from "../commit.ts";
import { refuseConflict } from "../conflicts.ts";
import type { AksContext } from "../context.ts";
import { poolKey, type StoredCluster, type StoredPool, type WorkKind } from "../documents.ts";
import { refusals } from "../errors.ts";
import { generations, withAutoScalerDefaults } from "../generations/index.ts";
import { poolDocuments } from "../lookup.ts";
import { asOfRequest, isOffered, momentFor } from "../moment.ts";
import { checkPreconditions } from "../preconditions.ts";
import { poolSource } from "../snapshots/source.ts";
import { withoutSecrets } from "./defaults.ts";
import { meshOf } from "./mesh.ts";
import { beginClusterOperation, type ClusterChange, type ClusterPut, withClusterWork } from "./work.ts";
import { checkScheduler } from "./scheduler.ts";
import { checkGateways, checkImmutables, checkPoolNames, checkPoolsFollow, checkSettings, checkUpgrade } from "./rules.ts";
import { autoscaledGroups } from "../agentpools/virtual-machines.ts";

/** A PUT of a cluster that exists: a merge of what was sent into what is stored. @throws the refusals of the rules. */
export function updateCluster(context: AksContext, put: ClusterPut, document: Document<StoredCluster>): Change<ClusterChange> {
  const { request, sent } = put;
  const { value: stored } = document;
  const siblings = poolDocuments(context, stored);
  const pools = siblings.map(({ value }) => value);
  const location = normalLocation(sent.location ?? stored.location);
  if (location !== stored.location) throw refusals.locationChange(stored.location, location);
  const moment = momentFor(context, stored, request.apiVersion);
  const version = versionOf(context, stored, { sent: sent.properties.kubernetesVersion, moment });
  const asked = merge(context, put, { stored, version });
  const merged = { ...asked, properties: { ...asked.properties, ...meshOf(context, request, { sent, cluster: asked, stored }) } };
  checkImmutables(stored, sent);
  checkPoolNames(sent);
  checkSettings(merged, sent, pools[0]?.properties.type !== "AvailabilitySet");
  checkGateways(merged, pools);
  checkScheduler(context, merged, request, stored);
  checkUpgrade(stored, version, moment);
  const { apiVersion } = request;
  const found = candidatesOf(context, merged, sent.agentPoolProfiles ?? [], { pools, from: stored.version, apiVersion });
  const candidates = put.upkeep === undefined ? found : found.map(withAlias);
  checkCandidates(candidates, merged);
  const goals = new Map(candidates.map((candidate) => [candidate.name, candidate]));
  const staying = pools.filter(({ name }) => !goals.has(name));
  checkPoolsFollow(stored, version, [...staying, ...candidates.map(({ wanted }) => ({ properties: wanted }))]);
  refuseConflict("putManagedCluster", stored, pools);
  checkPreconditions(request, stored.eTag, "managed cluster");

  const kind = kindOfChange(stored, version, candidates);
  // The settings that are sent with the upgrade count for it.
  if (kind === "Upgrading" && !isControlPlaneOnly(kind, candidates)) refuseUnsatisfiableBudgets(context, merged);
  if (isControlPlaneOnly(kind, candidates) && upgradesVersion(channelsOf(merged).upgrade)) throw refusals.poolVersionsInClusterPut();
  const { operation, op } = beginClusterOperation(context, stored, kind);
  const startedMs = context.clock.now();
  const work = { kind, startedMs };
  const changed = candidates.map((candidate, index) => {
    const pool = pools.find(({ name }) => name === candidate.name);
    const born = pool ?? newPool(merged, candidate, { sequence: merged.nextPool + index, createdMs: startedMs });
    return withWork(born, retagged(context, candidate.wanted), work);
  });
  const cluster = withClusterWork({ ...merged, nextPool: merged.nextPool + candidates.length }, { ...work, operationId: operation.id });
  // An upgrade of the control plane alone leaves the pools as they are. Source: recorded answers: Upgrading with pools Succeeded.
  const working = isControlPlaneOnly(kind, candidates) ? [] : changed;
  return {
    compares: [
      context.clusters.unchanged(document.id, document),
      ...siblings.map((sibling) => context.pools.unchanged(sibling.id, sibling)),
    ],
    ops: [context.clusters.put(document.id, cluster), ...working.map((pool) => context.pools.put(poolKey(cluster, pool.name), pool)), op],
    result: {
      created: false,
      cluster,
      pools: [...pools.filter(({ name }) => !working.some((pool) => pool.name === name)), ...working],
      operationId: operation.id,
    },
  };
}

function merge(
  context: AksContext,
  { request, sent, upkeep }: ClusterPut,
  { stored, version }: { readonly stored: StoredCluster; readonly version: string },
): StoredCluster {
  const properties = withoutSecrets(sent.properties);
  const shown = stored.properties.kubernetesVersion;
  return {
    ...stored,
    ...(upkeep === undefined ? { asOf: asOfRequest(context, request.apiVersion, stored.asOf) } : { upkeep }),
    ...(sent.tags !== undefined && { tags: sent.tags }),
    ...(sent.sku !== undefined && { sku: { name: "Base", tier: "Free", ...stored.sku, ...sent.sku } }),
    eTag: context.random.uuid(),
    version,
    properties: {
      ...stored.properties,
      ...withStoredMembers(properties, stored.properties),
      kubernetesVersion:
        upkeep !== undefined && isAlias(shown)
          ? minorOf(version)
          : shownVersion(stored, { sent: sent.properties.kubernetesVersion, version }),
      currentKubernetesVersion: version,
      dnsPrefix: stored.properties.dnsPrefix,
      nodeResourceGroup: stored.properties.nodeResourceGroup,
      servicePrincipalProfile: {
        clientId: sent.properties.servicePrincipalProfile?.clientId ?? stored.properties.servicePrincipalProfile?.clientId ?? "msi",
      },
      networkProfile: { ...stored.properties.networkProfile, ...withStoredAddresses(properties.networkProfile, stored) },
    },
  };
}

/** Objects of which a caller may send a part: what is left out stays. Source: recorded PUTs of 2023-06 with `"storageProfile": {}`. */
const MERGED = ["storageProfile", "securityProfile", "oidcIssuerProfile", "workloadAutoScalerProfile"] as const;

function withStoredMembers(
  sent: DecodedManagedCluster["properties"],
  stored: StoredCluster["properties"],
): DecodedManagedCluster["properties"] {
  const merged = MERGED.flatMap((name) => {
    const [part, whole] = [sent[name], stored[name]];
    return isObject(part) && isObject(whole) ? [[name, { ...whole, ...part }] as const] : [];
  });
  // An empty profile asks for the defaults, which are there when the update has ended.
  const autoScaler = sent["autoScalerProfile"];
  const profile = settledProfile(
    { ...asObject(stored["autoUpgradeProfile"]), ...asObject(sent["autoUpgradeProfile"]) },
    stored["autoUpgradeProfile"],
  );
  return {
    ...sent,
    ...Object.fromEntries(merged),
    ...(isObject(sent["autoUpgradeProfile"]) && { autoUpgradeProfile: profile }),
    ...(autoScaler !== undefined && { autoScalerProfile: withAutoScalerDefaults(autoScaler) ?? {} }),
  };
}

function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** A pool that was asked for by a minor version is asked for by the next one. */
function withAlias({ wanted, stored, ...candidate }: Candidate): Candidate {
  const versionAlias = stored?.versionAlias === undefined ? wanted.versionAlias : minorOf(wanted.orchestratorVersion);
  return { ...candidate, stored, wanted: { ...wanted, versionAlias } };
}

/**
 * The version as it was asked for: a minor version alone goes on to be shown alone.
 * Source: Azure docs supported-kubernetes-versions, "Alias minor version"; recorded clusters of 2024-02 to 2026-01.
 */
function shownVersion(stored: StoredCluster, { sent, version }: { readonly sent: string | undefined; readonly version: string }): string {
  if (sent !== undefined) return isAlias(sent) ? sent : version;
  return stored.version === version ? stored.properties.kubernetesVersion : version;
}

/** What a caller leaves out of the load balancer's profile stays. */
function withStoredAddresses(
  sent: Readonly<Record<string, unknown>> | undefined,
  stored: StoredCluster,
): Readonly<Record<string, unknown>> {
  if (sent?.["loadBalancerProfile"] === undefined) return sent ?? {};
  const profiles = [stored.properties.networkProfile["loadBalancerProfile"], sent["loadBalancerProfile"]];
  return { ...sent, loadBalancerProfile: Object.assign({}, ...profiles) as object };
}

/** A minor version alone keeps a patch of it. @throws {ProviderError} 400 K8sVersionNotSupported. */
function versionOf(
  context: AksContext,
  stored: StoredCluster,
  { sent, moment }: { readonly sent: string | undefined; readonly moment: Moment },
): string {
  if (sent === undefined || stored.version === sent || stored.version.startsWith(`${sent}.`)) return stored.version;
  const version = resolveVersion(sent, moment);
  if (version === undefined || !isOffered(context, version, stored.properties["supportPlan"]))
    throw refusals.clusterVersionUnknown(stored.name, sent);
  return version;
}

/**
 * The pools as the PUT wants them. A pool that it leaves out stays; with the cluster's version changed, pools whose caller
 * names no versions follow it.
 */
function candidatesOf(
  context: AksContext,
  cluster: StoredCluster,
  profiles: readonly DecodedAgentPoolProfile[],
  { pools, from, apiVersion }: { readonly pools: readonly StoredPool[]; readonly from: string; readonly apiVersion: string },
): readonly Candidate[] {
  const follows = cluster.version !== from && profiles.every(({ properties }) => properties.orchestratorVersion === undefined);
  const names = new Set(pools.map(({ name }) => name));
  // Without any profile every pool takes part, so that all of them follow.
  const sent = profiles.length > 0 ? profiles : pools.map(({ name }) => ({ name, properties: {} }));
  const candidates = sent.map(({ name, properties }) => {
    const stored = pools.find((pool) => pool.name === name);
    const wanted = follows ? { ...properties, orchestratorVersion: cluster.version } : properties;
    return candidateOf(
      context,
      cluster,
      { name, sent: wanted, stored, source: poolSource(context, properties, stored?.properties), apiVersion, origin: "cluster" },
      pools.filter((pool) => pool.name !== name),
    );
  });
  if (generations[cluster.generation].name === "2019-preview" && candidates.some(({ name }) => !names.has(name))) {
    throw refusals.poolAddedByCluster();
  }
  return candidates.map((candidate) => ({ ...candidate, others: othersOf(candidate, candidates) }));
}

/** A pool's neighbours as they will be: the limits of the cluster are of the goal. */
function othersOf(candidate: Candidate, candidates: readonly Candidate[]): Candidate["others"] {
  const goals = candidates.filter(({ name }) => name !== candidate.name).map(({ name, wanted }) => ({ name, properties: wanted }));
  return [...goals, ...candidate.others.filter(({ name }) => !goals.some((goal) => goal.name === name))];
}

function checkCandidates(candidates: readonly Candidate[], cluster: StoredCluster): void {
  const versions = candidates.map(({ sent }) => sent.orchestratorVersion);
  const some = versions.some((version) => version !== undefined);
  const strange = candidates.some(
    ({ sent, wanted, stored }) =>
      sent.orchestratorVersion === undefined ||
      (wanted.orchestratorVersion !== stored?.orchestratorVersion && wanted.orchestratorVersion !== cluster.version),
  );
  if (some && strange) throw refusals.poolVersionsInClusterPut();
  for (const candidate of candidates) {
    const rules = [...shapeRules, ...changeRules, ...placementRules];
    const refusal = firstRefusal(candidate, candidate.stored === undefined ? [multiplePools, ...rules] : rules);
    if (refusal !== undefined) throw refusal;
  }
}

function kindOfChange(stored: StoredCluster, version: string, candidates: readonly Candidate[]): WorkKind {
  const upgrades = candidates.some(
    (pool) => pool.stored !== undefined && pool.stored.orchestratorVersion !== pool.wanted.orchestratorVersion,
  );
  if (version !== stored.version || upgrades) return "Upgrading";
  // A count that follows from the autoscaler's new bounds is no scaling. Source: recorded PUTs of 2023-06.
  const scales = ({ stored: pool, wanted }: Candidate): boolean =>
    pool !== undefined && pool.count !== wanted.count && wanted.enableAutoScaling !== true && autoscaledGroups(wanted).length === 0;
  return candidates.some(scales) ? "Scaling" : "Updating";
}

function isControlPlaneOnly(kind: WorkKind, candidates: readonly Candidate[]): boolean {
  return kind === "Upgrading" && candidates.every(({ stored, wanted }) => stored?.orchestratorVersion === wanted.orchestratorVersion);
}
