import type {
  AgentPoolProperties,
  ManagedClusterIdentity,
  ManagedClusterProperties,
  ManagedClusterSku,
  ProvisioningState,
} from "#api/containerservice/model";
import type { Documents } from "#store";
import type { Attempt } from "./autoupgrade/plan.ts";
import type { RecentVersion } from "./agentpools/rollback/recent.ts";
import type { Repair } from "./agentpools/upkeep/repair-plan.ts";
import type { GenerationName } from "./generations/index.ts";

/** What is being done to a cluster or pool: also the provisioningState that shows meanwhile. */
export type WorkKind = Exclude<ProvisioningState, "Canceled" | "Failed" | "Succeeded">;
/** The states in which nothing is being done. */
export type RestState = Extract<ProvisioningState, "Canceled" | "Failed" | "Succeeded">;

/** A wish to end work before it is done. */
export interface Abortion {
  /** The operation of the wish itself, where it has one; it succeeds when the work has been canceled. */
  readonly operationId?: string;
  readonly sinceMs: number;
}

/** Work on a resource that has not ended. Its absence means that the resource is at rest. */
export interface Work {
  readonly kind: WorkKind;
  /** The operation that ends with it; absent for a pool that works as part of its cluster's operation. */
  readonly operationId?: string;
  readonly startedMs: number;
  /** Present once somebody has asked for the work to end before it is done. */
  readonly abortion?: Abortion;
}

/** A node that is being emptied. */
export interface Drain {
  readonly sinceMs: number;
  /** When its last pod had gone: the soak time counts from here. */
  readonly emptyMs?: number;
  /** When the node was seen Ready with what it was upgraded to. */
  readonly upgradedMs?: number;
}

/** An upgrade in which new nodes take the places of all old ones. It is left when none of the old, or of the new, is left. */
export interface BlueGreen {
  /** Whether it is one of Kubernetes or of the node image: the state that shows. */
  readonly kind: Extract<WorkKind, "Upgrading" | "UpgradingNodeImageVersion">;
  /** What the pool ran before: a rollback goes back to it. */
  readonly from: { readonly version: string; readonly nodeImage?: string };
  /** Nodes that the pool had then. */
  readonly nodes: number;
  /** Names of nodes that it told to take no more pods. */
  readonly retired: readonly string[];
}

export interface PoolWork extends Work {
  /** When its turn came: later than its start for a pool that waits for its cluster. */
  readonly begunMs?: number;
  /** Nodes cordoned by this work, by name. */
  readonly drains: Readonly<Record<string, Drain>>;
  /** What deletes single machines: their names, and how many of the pool's nodes are to be left. */
  readonly removal?: { readonly machines: readonly string[]; readonly count: number };
  /** Extra nodes that an upgrade could have at most, once more were refused. */
  readonly surgeLimit?: number;
  /** How the work ends once its extra nodes are gone: it cannot reach what was wanted. */
  readonly givenUp?: GivenUp;
  /** Somebody wants the rest of a blue-green upgrade without soaking; the wish's own operation ends with the work. */
  readonly completion?: { readonly operationId: string };
  /** Of a machine that goes with others: the key of the one with which their operation ends. */
  readonly leader?: string;
  /** Of a machine that goes with its pool: its node is emptied first, as those of other pools are. */
  readonly emptiesFirst?: true;
  /** A deletion that does not ask disruption budgets. */
  readonly ignoresBudgets?: true;
  /** The cluster autoscaler's own: it has no operation, shows in no state, and gives way to everybody else's work. */
  readonly autoscaled?: "up" | "down";
  /** The size whose machines it adds to a pool of several sizes. */
  readonly autoscaledSize?: string;
}

/** What the cluster autoscaler has done to a pool: its delays and its back-off count from here. Milliseconds since the epoch. */
export interface Scaled {
  readonly upMs?: number;
  readonly downMs?: number;
  readonly downFailedMs?: number;
  /** After an addition that failed: none is tried until then. */
  readonly backoff?: Backoff;
  /** The same in a pool of several sizes, by size. */
  readonly backoffs?: Readonly<Record<string, Backoff>>;
}

export interface Backoff extends Failure {
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** A pool that is stopped, or that is being started: what it was. */
export interface Parked {
  /** Nodes that it had, and will have again. */
  readonly count: number;
  /** Stopped with its cluster: it starts with it again. */
  readonly withCluster?: true;
}

/** Why the last work ended in Failed. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

/** An upgrade that nodes were in the way of. */
export interface GivenUp extends Failure {
  readonly state: "Failed" | "Canceled";
  readonly atMs: number;
}

export interface PastFailure extends Failure {
  readonly atMs: number;
}

/** Labels and taints that were taken out of the pool and may still be on nodes, or come back with a machine that registers anew. */
export interface Withdrawn {
  readonly labels: readonly string[];
  /** `key=value:Effect` as the pool had them. */
  readonly taints: readonly string[];
}

export interface StoredCluster {
  /** Names the control plane; never used for another cluster. */
  readonly uid: string;
  readonly subscriptionId: string;
  /** In the letter case of the group itself. */
  readonly resourceGroup: string;
  readonly name: string;
  readonly location: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly kind?: string;
  readonly identity?: ManagedClusterIdentity;
  readonly sku?: ManagedClusterSku;
  readonly eTag: string;
  /** What the control plane is to run, in full: `1.12.6`. */
  readonly version: string;
  /** Everything under `properties` but the pools. */
  readonly properties: ManagedClusterProperties;
  readonly generation: GenerationName;
  /** Whether both preview features were Registered when it was created; only the 2019 preview asks. */
  readonly multiplePools: boolean;
  readonly createdMs: number;
  /** What runs; absent until the control plane has been created. */
  readonly controlPlane?: {
    readonly version: string;
    /** The replacement of certificates that it runs with; absent for those it was created with. */
    readonly certificateRotation?: number;
    /** The same of the keys that sign tokens of service accounts. */
    readonly signingKeyRotation?: number;
    /** Who configures its scheduler, where that is not AKS alone. */
    readonly schedulerMode?: "ManagedByCRD";
  };
  /** Sequence number of the next pool. */
  readonly nextPool: number;
  /** How often its certificates have been replaced; absent for never. */
  readonly certificateRotation?: number;
  /** How often the keys that sign tokens of service accounts have been replaced; absent for never. */
  readonly signingKeyRotation?: number;
  /** The operation that was begun last on the cluster itself. */
  readonly latestOperationId?: string;
  /** The day of whose service it was last asked for, and when: what channels of upgrades know goes on from there with the clock. */
  readonly asOf?: { readonly day: string; readonly atMs: number };
  /** The upgrade that AKS began last by itself. */
  readonly upkeep?: Attempt;
  readonly work?: Work;
  readonly failure?: PastFailure;
}

export interface StoredPool {
  readonly name: string;
  /** In what stands for a single machine of a pool of mode Machines: the machine's name. */
  readonly machine?: string;
  /** Of such a machine: when the work of its pool began that it took part in last. */
  readonly followedMs?: number;
  /** 0 for the cluster's first pool, then counted up: the order of creation. */
  readonly sequence: number;
  readonly createdMs: number;
  /** What is wanted, and the state that shows. */
  readonly properties: AgentPoolProperties;
  /** The digits in its scale set's name: `28993262`. */
  readonly suffix: string;
  readonly withdrawn: Withdrawn;
  /** Names of machines whose nodes could not be emptied and were cordoned: others took their places, and they are none of the count. */
  readonly blocked?: readonly string[];
  /** Nodes that are being repaired, by name; those that are well again or gone may stay until the next look. */
  readonly repairs?: Readonly<Record<string, Repair>>;
  /** A blue-green upgrade that has not come to its end, under way or paused. */
  readonly blueGreen?: BlueGreen;
  readonly parked?: Parked;
  readonly scaled?: Scaled;
  /** The operation that was begun last on the pool itself. */
  readonly latestOperationId?: string;
  /** What it ran before its last upgrade. */
  readonly recent?: RecentVersion;
  /** The image upgrade that AKS began last by itself. */
  readonly upkeep?: Attempt;
  readonly work?: PoolWork;
  readonly failure?: PastFailure;
}

export type Clusters = Documents<StoredCluster>;
export type Pools = Documents<StoredPool>;

export const CLUSTERS_PREFIX = "/aks/managed-clusters/";
export const POOLS_PREFIX = "/aks/agent-pools/";
/** Machines of pools of mode Machines: each is kept as a pool of one. */
export const MACHINES_PREFIX = "/aks/machines/";

/** A cluster's name in full. Compared without letter case. */
export interface ClusterName {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly name: string;
}

/** Id of the cluster's document. */
export function clusterKey({ subscriptionId, resourceGroup, name }: ClusterName): string {
  return `${subscriptionId}/${resourceGroup}/${name}`.toLowerCase();
}

/** Id of the pool's document; those of one cluster share {@link poolsOf}. */
export function poolKey(cluster: ClusterName, pool: string): string {
  return `${poolsOf(cluster)}${pool.toLowerCase()}`;
}

/** What the ids of a cluster's pools start with. */
export function poolsOf(cluster: ClusterName): string {
  return `${clusterKey(cluster)}/`;
}

/** Id of the document of a machine of its own; those of one pool share the pool's id and a slash. */
export function machineKey(pool: string, machine: string): string {
  return `${pool}/${machine.toLowerCase()}`;
}

/** The pool's document id in a machine's. */
export function poolKeyOfMachine(key: string): string {
  return key.slice(0, key.lastIndexOf("/"));
}

/** Names in the id of a cluster's document. */
const CLUSTER_NAMES = 3;

/** The cluster's document id in that of a pool or a machine. */
export function clusterKeyOfPool(key: string): string {
  return key.split("/", CLUSTER_NAMES).join("/");
}

/** The cluster's resource id; AKS writes `resourcegroups` in lower case (recorded in every answer). */
export function clusterId(cluster: ClusterName): string {
  return `/subscriptions/${cluster.subscriptionId}/resourcegroups/${cluster.resourceGroup}/providers/Microsoft.ContainerService/managedClusters/${cluster.name}`;
}

export function poolId(cluster: ClusterName, pool: string): string {
  return `${clusterId(cluster)}/agentPools/${pool}`;
}
