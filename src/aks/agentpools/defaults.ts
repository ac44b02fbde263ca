import type { AgentPoolProperties } from "#api/containerservice/model";
import type { SnapshotProperties } from "#api/containerservice/snapshot";
import { isAtLeast } from "#api/containerservice/versions";
import { vmSize } from "#compute";
import { isAlias } from "../catalog/index.ts";
import type { StoredCluster } from "../documents.ts";
import { type AgentPoolOrigin, withAgentPoolDefaults } from "../generations/index.ts";
import { type ImagedPool, isTrusted, nodeImageVersion, osDiskOf, spotKey, spotTaint } from "../nodes/index.ts";
import { withGateway } from "./gateway.ts";
import { leavesSource, sourceImage } from "../snapshots/source.ts";
import { sizeGroups, withAutoscaledSizes, withSizeGroups } from "./virtual-machines.ts";

/** What a caller sent; members left out are absent. */
export type SentAgentPool = Partial<AgentPoolProperties>;

/** How a pool comes to be changed. */
export interface PoolRequest {
  readonly sent: SentAgentPool;
  readonly apiVersion: string;
  /** Full version that the pool is to run. */
  readonly version: string;
  /** Whether it is made with its cluster or by itself. */
  readonly origin: AgentPoolOrigin;
  /** Nodes that a stopped pool had: it has them again when it starts. */
  readonly parkedCount?: number | undefined;
  /** The snapshot that the caller names. */
  readonly source?: SnapshotProperties | undefined;
  /** The node image that the caller asks for; the pool's own, or the newest, when absent. */
  readonly image?: string | undefined;
  /** Today, `2026-07-16`: a new node image is the newest one. */
  readonly day: string;
  /** The size of a new pool when neither the caller nor the snapshot names one. */
  readonly size: () => string;
}

/**
 * The pool that a caller asks for: what was sent, else what is stored, else the service's defaults.
 * Source: az and the SDKs rely on it; AKS treats a PUT as a merge for what it leaves out.
 */
export function withDefaults(
  request: PoolRequest,
  stored: AgentPoolProperties | undefined,
  cluster: Pick<StoredCluster, "generation" | "properties">,
): AgentPoolProperties {
  const { sent, version, day } = request;
  const base: AgentPoolProperties =
    stored === undefined ? newPoolOf(request, cluster) : { ...stored, ...sent, ...withStoredMembers(sent, stored) };
  const { maxCount, minCount, creationData, ...merged } = { ...base, orchestratorVersion: version };
  const scaled = merged.enableAutoScaling === true;
  const pool: AgentPoolProperties = {
    ...merged,
    versionAlias: aliasOf(request, stored, cluster),
    ...(scaled && maxCount !== undefined && { maxCount }),
    ...(scaled && minCount !== undefined && { minCount }),
    ...(creationData !== undefined && !leavesSource(sent, version, stored) && { creationData }),
    // What it runs shows the goal as soon as it is set. Source: recorded answers to the PUT of an upgrade.
    currentOrchestratorVersion: version,
    nodeImageVersion: request.image ?? imageOf(merged, { version, day }, stored),
  };
  const image = request.image === undefined ? sourceImage(pool, request.source, stored) : undefined;
  const imaged = image === undefined ? pool : { ...pool, nodeImageVersion: image };
  const counted = withAutoscaledCount(withPower(imaged, stored, request.parkedCount), stored);
  return withSizeGroups(withAutoscaledSizes(withLocalDns(withGateway(withSpot(counted))), stored));
}

/** Only the mode Required has it run. Source: MicrosoftDocs/azure-aks-docs articles/aks/localdns-custom.md, modes by Kubernetes version. */
function withLocalDns(pool: AgentPoolProperties): AgentPoolProperties {
  const { localDNSProfile: profile } = pool;
  if (profile === undefined) return pool;
  return { ...pool, localDNSProfile: { ...profile, state: profile.mode === "Required" ? "Enabled" : "Disabled" } };
}

/** A pool keeps its image until it is upgraded. Source: azure-docs articles/aks/upgrade-node-image.md. */
function imageOf(
  pool: ImagedPool,
  { version, day }: Pick<PoolRequest, "version" | "day">,
  stored: AgentPoolProperties | undefined,
): string {
  const isSameKind = (other: ImagedPool): boolean =>
    other.osSKU === pool.osSKU && isTrusted(other) === isTrusted(pool) && (other.enableFIPS === true) === (pool.enableFIPS === true);
  const kept = stored?.orchestratorVersion === version && isSameKind(stored) ? stored.nodeImageVersion : undefined;
  return kept ?? nodeImageVersion(pool, version, { day });
}

/**
 * A pool that starts has the nodes of before, unless its caller names another number than the 0 that a stopped pool shows;
 * one that is stopped shows what it has until it has stopped. Source: recorded answers of `nodepool stop` and `start`, 2021-10.
 */
function withPower(
  pool: AgentPoolProperties,
  stored: AgentPoolProperties | undefined,
  parkedCount: number | undefined,
): AgentPoolProperties {
  const [before, wanted] = [stored?.powerState?.code, pool.powerState?.code];
  if (before !== "Stopped" && wanted === "Stopped" && stored !== undefined) return { ...pool, count: stored.count };
  return before === "Stopped" && wanted === "Running" && pool.count === 0 ? { ...pool, count: parkedCount ?? 0 } : pool;
}

/** Objects of which a caller may send a part: what is left out stays. */
const MERGED = ["upgradeSettings", "upgradeSettingsBlueGreen", "securityProfile", "gatewayProfile"] as const;

function withStoredMembers(sent: SentAgentPool, stored: AgentPoolProperties): SentAgentPool {
  const merged = MERGED.flatMap((name) => (sent[name] === undefined ? [] : [[name, { ...stored[name], ...sent[name] }] as const]));
  return Object.fromEntries(merged);
}

/** Since then pools show the minor version that their cluster was asked for. Source: recorded answers of 2024-02 and 2025-08. */
const ALIAS_SHOWN_SINCE = "2024-10-01";

/** The minor version by which the pool was asked for: in this request, when it was last set, or through its cluster. */
function aliasOf(
  { sent, version, apiVersion }: PoolRequest,
  stored: AgentPoolProperties | undefined,
  { properties }: Pick<StoredCluster, "properties">,
): string | undefined {
  const inherited = isAtLeast(apiVersion, ALIAS_SHOWN_SINCE) ? properties.kubernetesVersion : undefined;
  const kept = stored?.orchestratorVersion === version ? stored.versionAlias : undefined;
  const asked = sent.orchestratorVersion ?? (stored === undefined ? inherited : kept);
  return asked !== undefined && isAlias(asked) && version.startsWith(`${asked}.`) ? asked : undefined;
}

function newPoolOf(
  { sent, apiVersion, version, origin, source, size: picked }: PoolRequest,
  { generation, properties: { networkProfile } }: Pick<StoredCluster, "generation" | "properties">,
): AgentPoolProperties {
  const captured = capturedOf(source);
  const size = sent.vmSize ?? firstSizeOf(sent) ?? captured.vmSize ?? picked();
  return {
    count: sent.mode === "Machines" ? 0 : 1,
    vmSize: size,
    // A size that nobody knows is refused by the rules.
    ...osDiskOf({ size: vmSize(size), sent, generation, apiVersion }),
    kubeletDiskType: "OS",
    maxPods: defaultMaxPods(networkProfile, sent.podSubnetID),
    osType: "Linux",
    type: sent.mode === "Machines" ? "VirtualMachines" : "VirtualMachineScaleSets",
    mode: "User",
    orchestratorVersion: version,
    provisioningState: "Creating",
    powerState: { code: "Running" },
    scaleSetPriority: "Regular",
    ...withAgentPoolDefaults({ ...captured, ...sent }, { apiVersion, generation, origin, version }),
  };
}

function firstSizeOf({ type = "VirtualMachineScaleSets", virtualMachinesProfile: profile }: SentAgentPool): string | undefined {
  return sizeGroups({ type, ...(profile !== undefined && { virtualMachinesProfile: profile }) })?.[0]?.size;
}

/** What a snapshot says of a new pool whose caller does not. Source: MicrosoftDocs/azure-aks-docs articles/aks/node-pool-snapshot.md. */
function capturedOf(source: SnapshotProperties | undefined): SentAgentPool {
  if (source === undefined) return {};
  const { vmSize: size, osType, osSku, enableFIPS } = source;
  return {
    ...(size !== undefined && { vmSize: size }),
    ...(osType !== undefined && { osType: osType === "Windows" ? "Windows" : "Linux" }),
    ...(osSku !== undefined && { osSKU: osSku }),
    ...(enableFIPS === true && { enableFIPS }),
  };
}

/**
 * Sources: azure-docs articles/aks/concepts-network-ip-address-planning.md, default maximum of pods per node; for a network of the
 * customer's own, a recorded answer of 2023-06 (Azure/azure-cli, test_aks_create_with_network_plugin_none.yaml); for a subnet of pods
 * configure-azure-cni-dynamic-ip-allocation.md, which agrees with the addresses that such nodes ask for, while the first page says 110.
 */
function defaultMaxPods(network: Readonly<Record<string, unknown>>, podSubnetID: string | undefined): number {
  const { networkPlugin, networkPluginMode: mode } = network;
  if (networkPlugin === "none" || podSubnetID !== undefined || (networkPlugin === "azure" && mode === "overlay")) return 250;
  return networkPlugin === "azure" ? 30 : 110;
}

/** Spot pools get a label and a taint of their own. Source: azure-docs articles/aks/spot-node-pool.md. */
function withSpot(pool: AgentPoolProperties): AgentPoolProperties {
  if (pool.scaleSetPriority !== "Spot") return pool;
  const nodeTaints = pool.nodeTaints ?? [];
  return {
    ...pool,
    scaleSetEvictionPolicy: pool.scaleSetEvictionPolicy ?? "Delete",
    spotMaxPrice: pool.spotMaxPrice ?? -1,
    nodeLabels: { ...pool.nodeLabels, [spotKey]: "spot" },
    nodeTaints: nodeTaints.includes(spotTaint) ? nodeTaints : [...nodeTaints, spotTaint],
  };
}

/**
 * The count of a pool under the autoscaler is the autoscaler's: a caller's is ignored.
 * Source: Azure/AKS CHANGELOG, November 2019.
 * Bounds that change hold at once. Source: recorded PUTs of 2023-06.
 */
function withAutoscaledCount(pool: AgentPoolProperties, stored: AgentPoolProperties | undefined): AgentPoolProperties {
  if (pool.powerState?.code === "Stopped") return pool;
  if (pool.enableAutoScaling !== true || pool.minCount === undefined || pool.maxCount === undefined) return pool;
  const count = stored?.enableAutoScaling === true && stored.powerState?.code !== "Stopped" ? stored.count : pool.count;
  return { ...pool, count: Math.max(pool.minCount, Math.min(pool.maxCount, count)) };
}
