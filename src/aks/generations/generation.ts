import { compareApiVersions } from "#api/containerservice/versions";
import { compareVersions } from "../catalog/version.ts";

/** Which rules a cluster lives under; decided when it is created and never changed. */
export type GenerationName = "2019-preview" | "current";

/** The rules of the service at one time, as numbers and yes or no. */
export interface Generation {
  readonly name: GenerationName;
  /** Pools of one cluster, its first included. */
  readonly maxAgentPools: number;
  /** Nodes of one pool. */
  readonly maxNodesPerAgentPool: number;
  /** Nodes of all pools of one cluster. */
  readonly maxNodesPerCluster: number;
  /** Fewest nodes of a pool, by its mode. */
  readonly minNodes: { readonly System: number; readonly User: number };
  /** Pods of one node: fewest and most a caller may ask for. */
  readonly maxPods: { readonly min: number; readonly max: number };
  /** A pool must be able to hold this many pods in all: `count` times `maxPods`. */
  readonly minPodsPerAgentPool: number;
  /** Features of Microsoft.ContainerService that must have been Registered when the cluster was made, for a second pool. */
  readonly requiredFeatures: readonly string[];
  readonly firstAgentPoolDeletable: boolean;
  /** Whether pools have modes, and a cluster must keep a system pool. */
  readonly modes: boolean;
  readonly clusterAutoscaler: boolean;
  /** Add-ons that a cluster with scale set pools may not have, in lower case. */
  readonly refusedAddons: readonly string[];
  /** Role in the column ROLES of `kubectl get nodes`. */
  readonly nodeRole?: string;
  /** Whether all pools of a cluster share the digits in their scale sets' names, or each has its own. */
  readonly nameSuffix: "cluster" | "agentPool";
  /** Whether a pool may run a newer patch of the control plane's minor version. */
  readonly newerPatchAllowed: boolean;
  /** How many minor versions a pool may trail a control plane of this version. */
  readonly olderMinors: readonly { readonly since: string; readonly minors: number }[];
  /** Surge of an upgrade when the pool sets none: nodes, or a percentage with `%`. */
  readonly defaultMaxSurge: string;
  /** How long a drain may take when the pool sets nothing, in minutes. */
  readonly defaultDrainTimeoutInMinutes: number;
  /** Bits of the network part of each node's block of the pod range. */
  readonly nodeCidrMaskSize: number;
}

/**
 * The preview of multiple node pools, May to October 2019.
 * Sources: Azure docs "Use multiple node pools" of May 2019 (8 pools, 400 nodes, first pool kept, features, no autoscaler, no
 * HTTP application routing, a pool on a newer patch); swagger 2019-04-01 (count 1 to 100); Azure/AKS CHANGELOG 2019-10-28
 * (30 pods a node at least until then) and 2019-11-18 (pools never above the control plane only from then on).
 */
const preview2019: Generation = {
  name: "2019-preview",
  maxAgentPools: 8,
  maxNodesPerAgentPool: 100,
  maxNodesPerCluster: 400,
  minNodes: { System: 1, User: 1 },
  maxPods: { min: 30, max: 250 },
  minPodsPerAgentPool: 30,
  requiredFeatures: ["MultiAgentpoolPreview", "VMSSPreview"],
  firstAgentPoolDeletable: false,
  modes: false,
  clusterAutoscaler: false,
  refusedAddons: ["httpapplicationrouting"],
  nodeRole: "agent",
  nameSuffix: "cluster",
  newerPatchAllowed: true,
  // Unverified: how far a pool might trail in the preview; the rule of 2020.
  olderMinors: [{ since: "1.0.0", minors: 2 }],
  defaultMaxSurge: "1",
  // Unverified: the preview's time limit for a drain; the later default.
  defaultDrainTimeoutInMinutes: 30,
  // Differs from AKS: /25 instead of /24, so that the default pod range has blocks for the 400 nodes that the preview allows.
  nodeCidrMaskSize: 25,
};

/**
 * Sources: Azure docs quotas-skus-regions (100 pools, 1,000 nodes a pool, 5,000 a cluster), use-system-pools (modes),
 * concepts-network-ip-address-planning (10 to 250 pods), upgrade-aks-node-pools-rolling (surge of 10%, drains of 30 minutes),
 * upgrade-cluster (three minor versions behind since 1.28).
 */
const current: Generation = {
  name: "current",
  maxAgentPools: 100,
  maxNodesPerAgentPool: 1000,
  maxNodesPerCluster: 5000,
  minNodes: { System: 1, User: 0 },
  maxPods: { min: 10, max: 250 },
  minPodsPerAgentPool: 30,
  requiredFeatures: [],
  firstAgentPoolDeletable: true,
  modes: true,
  clusterAutoscaler: true,
  refusedAddons: [],
  nameSuffix: "agentPool",
  newerPatchAllowed: false,
  olderMinors: [
    { since: "1.28.0", minors: 3 },
    { since: "1.0.0", minors: 2 },
  ],
  defaultMaxSurge: "10%",
  defaultDrainTimeoutInMinutes: 30,
  nodeCidrMaskSize: 24,
};

export const generations: Readonly<Record<GenerationName, Generation>> = { "2019-preview": preview2019, current };

/** Newest api-version whose clusters are of the 2019 preview. */
const lastPreviewApiVersion = "2019-04-01";
/** Only the preview offered Kubernetes below this. */
const firstCurrentVersion = "1.13.0";

/**
 * The generation of a cluster that is being created: the preview's for an api-version up to 2019-04-01 or Kubernetes 1.12 and older.
 * @param options.kubernetesVersion what the caller asks for, `1.12.6`; none or empty leaves it to the api-version.
 * @param options.override what whoever runs the service has fixed.
 */
export function generationOf(options: {
  readonly apiVersion: string;
  readonly kubernetesVersion?: string | undefined;
  readonly override?: GenerationName | undefined;
}): GenerationName {
  if (options.override !== undefined) return options.override;
  if (compareApiVersions(options.apiVersion, lastPreviewApiVersion) <= 0) return "2019-preview";
  const { kubernetesVersion = "" } = options;
  return kubernetesVersion !== "" && compareVersions(kubernetesVersion, firstCurrentVersion) < 0 ? "2019-preview" : "current";
}
