import type { World } from "./world.ts";
import type { Answer } from "./world.ts";

/** What the service has acknowledged of a pool. */
export interface PoolIntent {
  readonly count: number;
  readonly version: string;
  readonly labels: string;
  readonly taints: string;
}

interface PoolBody {
  readonly name: string;
  readonly properties?: PoolProperties;
}

interface PoolProperties {
  readonly provisioningState?: string;
  readonly type?: string;
  readonly count: number;
  readonly orchestratorVersion: string;
  readonly nodeLabels?: unknown;
  readonly nodeTaints?: unknown;
  readonly enableAutoScaling?: boolean;
}

interface ClusterBody {
  readonly properties: {
    readonly kubernetesVersion: string;
    readonly agentPoolProfiles: readonly (PoolProperties & { readonly name: string })[];
  };
}

const sorted = (value: unknown): string =>
  JSON.stringify(Object.entries((value ?? {}) as Record<string, unknown>).toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** Numbers of several sizes are not shown by every api-version: the watchman looks at them. */
const intentOf = ({ type, count, orchestratorVersion, nodeLabels, nodeTaints }: PoolProperties): PoolIntent => ({
  count: type === "VirtualMachines" ? 0 : count,
  version: orchestratorVersion,
  labels: sorted(nodeLabels),
  taints: JSON.stringify(nodeTaints ?? []),
});

/**
 * What callers were told: the last acknowledged wish for each cluster, pool and deployment. A call whose answer was lost
 * may have been taken or not; what the store says then is what was wished.
 */
export class Intents {
  readonly #world: World;
  /** Cluster name to version; pools by `cluster/pool`. */
  readonly clusters = new Map<string, string>();
  readonly pools = new Map<string, PoolIntent>();
  /** Replicas by `cluster/deployment`. */
  readonly deployments = new Map<string, number>();
  /** What was last asked of a cluster's power. */
  readonly powers = new Map<string, "Running" | "Stopped">();
  readonly #unsure = new Set<string>();
  /** Pools whose number of nodes follows from how far something came: of an abort, of a cluster's stop, of single machines. */
  readonly #open = new Set<string>();
  /** Pools whose deletion was acknowledged: a budget may keep them. */
  readonly #leaving = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Notes the answer to a PUT or DELETE of a pool, and holds the store against it. */
  pool(cluster: string, name: string, method: "PUT" | "DELETE", answer: Answer): void {
    const key = `${cluster}/${name}`;
    if (answer.status === "lost") return void this.#unsure.add(cluster);
    if (answer.status >= 300) return;
    this.#acknowledged(answer, key);
    if (method === "DELETE") {
      this.#leaving.add(key);
      return void this.pools.delete(key);
    }
    this.#leaving.delete(key);
    const { properties } = answer.body as PoolBody;
    if (properties !== undefined) this.pools.set(key, intentOf(properties));
  }

  /** The same for a cluster. */
  cluster(name: string, method: "PUT" | "DELETE", answer: Answer): void {
    if (answer.status === "lost") return void this.#unsure.add(name);
    if (answer.status >= 300) return;
    this.#acknowledged(answer, name);
    if (method === "DELETE") return this.#forget(name);
    const { properties } = answer.body as ClusterBody;
    this.clusters.set(name, properties.kubernetesVersion);
    for (const pool of properties.agentPoolProfiles) this.pools.set(`${name}/${pool.name}`, intentOf(pool));
  }

  /** Notes an action on a pool that was acknowledged: its outcome is what the store says when it is over. */
  poolAction(cluster: string, name: string, answer: Answer): void {
    if (answer.status === "lost") return void this.#unsure.add(cluster);
    if (answer.status < 300) this.#open.add(`${cluster}/${name}`);
  }

  /** The same of an action on a cluster. @param power that it asks for; undefined when it leaves none that is known. */
  clusterAction(name: string, answer: Answer, power: "Running" | "Stopped" | undefined): void {
    if (answer.status === "lost") {
      this.powers.delete(name);
      return void this.#unsure.add(name);
    }
    if (answer.status >= 300) return;
    if (power === undefined) this.powers.delete(name);
    else this.powers.set(name, power);
    for (const key of this.pools.keys()) if (key.startsWith(`${name}/`)) this.#open.add(key);
  }

  /** Notes a deployment, unless its cluster is on its way out and takes it along. */
  deployment(cluster: string, app: string, replicas: number): void {
    if (this.clusters.has(cluster)) this.deployments.set(`${cluster}/${app}`, replicas);
  }

  /** After a start: what was not answered is as the store has it. */
  resolve(): void {
    for (const name of this.#unsure) {
      this.#forget(name, true);
      for (const [key, cluster] of this.#world.ledger.clusters) {
        if (!key.endsWith(`/${name}`) || cluster.work?.kind === "Deleting") continue;
        this.clusters.set(name, cluster.version);
        for (const [, pool] of this.#world.ledger.poolsOf(key)) {
          if (pool.work?.kind === "Deleting") continue;
          this.pools.set(`${name}/${pool.name}`, intentOf(pool.properties));
          // How many nodes a stop or the deletion of machines leaves is known when it is over.
          if (pool.work !== undefined) this.#open.add(`${name}/${pool.name}`);
        }
      }
    }
    this.#unsure.clear();
  }

  /** Differences between what was acknowledged and what the service says now. */
  async differences(): Promise<readonly string[]> {
    this.#settle();
    const told: string[] = [];
    for (const name of ["old", "new"]) {
      const { status, body } = await this.#world.call("GET", `managedClusters/${name}`, API_VERSION);
      const wanted = this.clusters.get(name);
      if (wanted === undefined) {
        if (status !== 404) told.push(`cluster ${name} is still there: ${status}`);
        continue;
      }
      if (status !== 200) {
        told.push(`cluster ${name} is not there: ${status}`);
        continue;
      }
      const { kubernetesVersion, agentPoolProfiles } = (body as ClusterBody).properties;
      if (kubernetesVersion !== wanted) told.push(`cluster ${name} is of ${kubernetesVersion} instead of ${wanted}`);
      const present = new Map(agentPoolProfiles.map((pool) => [`${name}/${pool.name}`, intentOf(pool)]));
      for (const [key, intent] of this.pools)
        if (key.startsWith(`${name}/`) && JSON.stringify(present.get(key)) !== JSON.stringify(intent))
          told.push(`pool ${key} is ${JSON.stringify(present.get(key))} instead of ${JSON.stringify(intent)}`);
      for (const key of present.keys()) if (!this.pools.has(key)) told.push(`pool ${key} is there`);
    }
    return told;
  }

  /** Takes over what could not be known before it was over. */
  #settle(): void {
    const stored = (key: string): PoolProperties | undefined => {
      const found = [...this.#world.ledger.pools].find(([id]) => id.endsWith(`/${key}`));
      return found?.[1].properties;
    };
    for (const [key, intent] of this.pools) {
      const properties = stored(key);
      // The autoscaler's number is the autoscaler's; what bounds it is looked at elsewhere.
      if (properties?.enableAutoScaling === true) this.pools.set(key, { ...intent, count: properties.count });
    }
    for (const key of this.#open) {
      const properties = stored(key);
      if (properties !== undefined && this.pools.has(key)) this.pools.set(key, intentOf(properties));
    }
    for (const key of this.#leaving) {
      const properties = stored(key);
      if (properties?.provisioningState === "Failed") this.pools.set(key, intentOf(properties));
    }
    this.#open.clear();
    this.#leaving.clear();
  }

  #forget(name: string, keepWorkloads = false): void {
    this.clusters.delete(name);
    this.powers.delete(name);
    for (const key of this.pools.keys()) if (key.startsWith(`${name}/`)) this.pools.delete(key);
    if (!keepWorkloads) for (const key of this.deployments.keys()) if (key.startsWith(`${name}/`)) this.deployments.delete(key);
  }

  #acknowledged({ headers }: Answer, what: string): void {
    const id = /operations\/([^?]+)/.exec(headers["Azure-AsyncOperation"] ?? "")?.[1];
    const known = [...this.#world.ledger.operations.values()];
    if (id === undefined || !known.some((operation) => operation.id === id || operation.name === id))
      this.#world.watchman.report("acknowledged", `${what}: operation ${id} is not stored`);
  }
}

/** What the simulation reads clusters with. */
export const API_VERSION = "2024-02-01";
