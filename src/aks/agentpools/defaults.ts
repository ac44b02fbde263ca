import type { AgentPoolProperties } from "#api/containerservice/model";
import { vmSize as findVmSize } from "#compute";
import type { StoredCluster } from "../documents.ts";
import { generations } from "../generations/index.ts";
import { nodeImageVersion, osDiskSizeGB, spotKey, spotTaint } from "../nodes/index.ts";

/** What a caller sent; members left out are absent. */
export type SentAgentPool = Partial<AgentPoolProperties>;

/** Size of pools whose caller names none. Source: the article, "the nodes are created based on the defaults for the AKS cluster". */
const DEFAULT_VM_SIZE = "Standard_DS2_v2";

/**
 * The pool that a caller asks for: what was sent, else what is stored, else the service's defaults.
 * Source: az and the SDKs rely on it; AKS treats a PUT as a merge for what it leaves out.
 * @param version the full version that the pool is to run.
 */
export function withDefaults(
  sent: SentAgentPool,
  stored: AgentPoolProperties | undefined,
  cluster: Pick<StoredCluster, "generation" | "properties">,
  version: string,
): AgentPoolProperties {
  const base = stored ?? defaultsOf(sent, cluster, version);
  const { maxCount, minCount, ...merged } = { ...base, ...sent, orchestratorVersion: version };
  const scaled = merged.enableAutoScaling === true;
  const pool: AgentPoolProperties = {
    ...merged,
    ...(scaled && maxCount !== undefined && { maxCount }),
    ...(scaled && minCount !== undefined && { minCount }),
    // What it runs shows the goal as soon as it is set. Source: recorded answers to the PUT of an upgrade.
    currentOrchestratorVersion: version,
    nodeImageVersion: nodeImageVersion(merged, version),
  };
  return withSpot(withAutoscaledCount(pool, stored));
}

function defaultsOf(
  sent: SentAgentPool,
  { generation, properties: { networkProfile } }: Pick<StoredCluster, "generation" | "properties">,
  version: string,
): AgentPoolProperties {
  const vmSize = sent.vmSize ?? DEFAULT_VM_SIZE;
  const osType = sent.osType ?? "Linux";
  const today = generation === "current";
  return {
    count: 1,
    vmSize,
    // A size that nobody knows is refused by the rules.
    osDiskSizeGB: osDiskSizeGB(findVmSize(vmSize) ?? { vCPUs: 1 }, generation),
    osDiskType: "Managed",
    kubeletDiskType: "OS",
    maxPods: defaultMaxPods(networkProfile),
    osType,
    osSKU: osType === "Windows" ? "Windows2022" : "Ubuntu",
    type: "VirtualMachineScaleSets",
    mode: "User",
    orchestratorVersion: version,
    provisioningState: "Creating",
    powerState: { code: "Running" },
    enableNodePublicIP: false,
    enableEncryptionAtHost: false,
    enableUltraSSD: false,
    enableFIPS: false,
    scaleSetPriority: "Regular",
    upgradeSettings: today ? { maxSurge: generations[generation].defaultMaxSurge, maxUnavailable: "0" } : {},
    ...(today && {
      enableAutoScaling: false,
      securityProfile: { sshAccess: "LocalUser", enableVTPM: false, enableSecureBoot: false },
    }),
  };
}

/** Source: azure-docs articles/aks/concepts-network-ip-address-planning.md, default maximum of pods per node. */
function defaultMaxPods(network: Readonly<Record<string, unknown>>): number {
  if (network["networkPlugin"] !== "azure") return 110;
  if (network["networkPluginMode"] === "overlay") return 250;
  return 30;
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
 * Differs from AKS: nothing scales the pool by itself; its count is only kept between minCount and maxCount.
 */
function withAutoscaledCount(pool: AgentPoolProperties, stored: AgentPoolProperties | undefined): AgentPoolProperties {
  if (pool.enableAutoScaling !== true || pool.minCount === undefined || pool.maxCount === undefined) return pool;
  const count = stored?.enableAutoScaling === true ? stored.count : pool.count;
  return { ...pool, count: Math.max(pool.minCount, Math.min(pool.maxCount, count)) };
}
