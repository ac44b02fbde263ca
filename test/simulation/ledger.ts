import type { Node, Pod } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import type { Deployment, PodDisruptionBudget } from "#api/kubernetes/workloads";
import type { Operation } from "#arm";
import type { Instance } from "#compute";
import type { Store, StoreEvent } from "#store";

/** The parts of a stored cluster that are looked at. */
export interface ClusterRecord {
  readonly uid: string;
  readonly name: string;
  readonly version: string;
  readonly generation: string;
  readonly properties: {
    readonly nodeResourceGroup: string;
    readonly provisioningState: string;
    readonly powerState?: { readonly code: string };
  };
  readonly controlPlane?: { readonly version: string };
  readonly certificateRotation?: number;
  readonly work?: WorkRecord;
}

/** The parts of work that are looked at. */
export interface WorkRecord {
  readonly kind: string;
  readonly operationId?: string;
  readonly abortion?: unknown;
  readonly autoscaled?: string;
}

interface SizeRecord {
  readonly size: string;
  readonly count: number;
}

/** The parts of a stored pool that are looked at. */
export interface PoolRecord {
  readonly name: string;
  readonly blueGreen?: { readonly from: { readonly version: string; readonly nodeImage?: string } };
  readonly sequence: number;
  readonly suffix: string;
  readonly properties: {
    readonly count: number;
    readonly vmSize: string;
    readonly type?: string;
    /** Of a pool of several sizes. */
    readonly virtualMachinesProfile?: {
      readonly scale: { readonly manual?: readonly SizeRecord[]; readonly autoscale?: readonly SizeRecord[] };
    };
    readonly orchestratorVersion: string;
    readonly provisioningState: string;
    readonly mode: string;
    readonly nodeLabels?: Readonly<Record<string, string>>;
    readonly nodeTaints?: readonly string[];
    readonly nodeImageVersion?: string;
    readonly enableAutoScaling?: boolean;
    readonly minCount?: number;
    readonly maxCount?: number;
    readonly powerState?: { readonly code: string };
  };
  readonly scaled?: {
    readonly upMs?: number;
    readonly downMs?: number;
    readonly downFailedMs?: number;
    readonly backoff?: { readonly untilMs: number };
    readonly backoffs?: Readonly<Record<string, { readonly untilMs: number }>>;
  };
  readonly work?: WorkRecord;
  readonly failure?: { readonly code: string; readonly message: string };
}

/** Objects of one Kubernetes cluster, by name or `namespace/name`. */
export interface KubeRecords {
  readonly nodes: Map<string, Node>;
  readonly pods: Map<string, Pod>;
  readonly budgets: Map<string, PodDisruptionBudget>;
  readonly deployments: Map<string, Deployment>;
}

/** One change of one key. */
export interface Entry<T = unknown> {
  readonly key: string;
  readonly previous: T | undefined;
  readonly next: T | undefined;
}

const MAPS: Readonly<Record<string, keyof KubeRecords>> = {
  "core/nodes": "nodes",
  "core/pods": "pods",
  "policy/poddisruptionbudgets": "budgets",
  "apps/deployments": "deployments",
};

/**
 * What is in the store, decoded by the simulation itself and kept up to date transaction by transaction: the truth that the
 * service's own copies are held against.
 */
export class Ledger {
  /** By key `subscription/group/cluster`. */
  readonly clusters = new Map<string, ClusterRecord>();
  /** By key `subscription/group/cluster/pool`. */
  readonly pools = new Map<string, PoolRecord>();
  readonly operations = new Map<string, Operation>();
  readonly scaleSets = new Map<string, unknown>();
  readonly instances = new Map<string, Instance>();
  readonly #kube = new Map<string, KubeRecords>();
  readonly #maps: readonly (readonly [string, Map<string, unknown>])[] = [
    ["/aks/managed-clusters/", this.clusters],
    ["/aks/agent-pools/", this.pools],
    ["/arm/operations/", this.operations],
    ["/compute/scale-sets/", this.scaleSets],
    ["/compute/instances/", this.instances],
  ];

  /** @param onTransaction is told of each transaction when all of it is in the ledger. */
  constructor(store: Store, onTransaction: (entries: readonly Entry[]) => void) {
    store.watch({ prefix: "", fromRevision: 1 }, (events) => {
      const entries = events.flatMap((event) => this.#apply(event) ?? []);
      if (entries.length > 0) onTransaction(entries);
    });
  }

  /** Objects of the cluster with this uid. */
  kube(uid: string): KubeRecords {
    let records = this.#kube.get(uid);
    if (records === undefined) {
      records = { nodes: new Map(), pods: new Map(), budgets: new Map(), deployments: new Map() };
      this.#kube.set(uid, records);
    }
    return records;
  }

  poolsOf(clusterKey: string): readonly (readonly [string, PoolRecord])[] {
    return [...this.pools].filter(([key]) => key.startsWith(`${clusterKey}/`));
  }

  nodesOf(uid: string, pool: string): readonly Node[] {
    return [...this.kube(uid).nodes.values()].filter(({ metadata }) => metadata.labels?.["agentpool"] === pool);
  }

  /** Instances of the pool in the cluster's node group: of its scale set, or virtual machines of their own. */
  instancesOf(cluster: ClusterRecord, pool: Pick<PoolRecord, "name" | "suffix">): readonly Instance[] {
    const names = ["vmss", "vms"].map((kind) => `aks-${pool.name}-${pool.suffix}-${kind}`);
    return [...this.instances.values()].filter(
      ({ scaleSet }) =>
        names.includes(scaleSet.name) && scaleSet.resourceGroup.toLowerCase() === cluster.properties.nodeResourceGroup.toLowerCase(),
    );
  }

  #apply(event: StoreEvent): Entry | undefined {
    const place = this.#placeOf(event.key);
    if (place === undefined) return undefined;
    const [map, id] = place;
    const previous = map.get(id);
    if (event.kind === "delete") {
      map.delete(id);
      return { key: event.key, previous, next: undefined };
    }
    const next: unknown = JSON.parse(Buffer.from(event.pair.value).toString());
    map.set(id, next);
    return { key: event.key, previous, next };
  }

  #placeOf(key: string): readonly [Map<string, unknown>, string] | undefined {
    for (const [prefix, map] of this.#maps) if (key.startsWith(prefix)) return [map, key.slice(prefix.length)];
    const [, uid, kind = "", id] = /^\/kubernetes\/([^/]+)\/([^/]+\/[^/]+)\/(.+)$/.exec(key) ?? [];
    const name = MAPS[kind];
    if (uid === undefined || id === undefined || name === undefined) return undefined;
    return [this.kube(uid)[name], id];
  }
}

/** Whether the machine is kept and does not run. */
export function isAsleep({ state }: Pick<Instance, "state">): boolean {
  return state === "Deallocated" || state === "Deallocating";
}

export function isStopped({ properties }: Pick<ClusterRecord, "properties">): boolean {
  return properties.powerState?.code === "Stopped";
}

/** The uid of the Kubernetes cluster that a key belongs to, and its kind: `core/pods`. */
export function kubeKey(key: string): { readonly uid: string; readonly kind: string } | undefined {
  const [, uid, kind] = /^\/kubernetes\/([^/]+)\/([^/]+\/[^/]+)\//.exec(key) ?? [];
  return uid === undefined || kind === undefined ? undefined : { uid, kind };
}

export function nameOf({ metadata }: KubeObject): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}
