import type { Node, Pod } from "#api/kubernetes/core";
import type { PodDisruptionBudget } from "#api/kubernetes/workloads";
import { resources } from "#api/kubernetes/resources";
import { createInformer, createRecorder, type Informer, type KubeClient, type Recorder } from "#kube/client";
import type { Clock, Logger } from "#lib";
import { catchUp } from "./catch-up.ts";

/** The nodes and pods of one cluster, always current. */
export interface ClusterView {
  readonly client: KubeClient;
  /** Nodes that carry the pool's label. */
  nodesOf(pool: string): readonly Node[];
  /** A node by its name. */
  node(name: string): Node | undefined;
  podsOn(node: string): readonly Pod[];
  /** Resolves when the view shows every pod that was bound to the nodes when it was asked. */
  catchUp(nodes: readonly string[]): Promise<void>;
  /** Every pod, and every disruption budget, of the cluster. */
  pods(): Iterable<Pod>;
  budgets(): Iterable<PodDisruptionBudget>;
  /** Pods that no node has been found for. */
  podsWithoutNode(): readonly Pod[];
  /** Writes events as the upgrade's component. Source: azure-docs articles/aks/tutorial-kubernetes-upgrade-cluster.md. */
  readonly recorder: Recorder;
  /** The same as the component that repairs nodes. Source: azure-docs articles/aks/node-auto-repair.md. */
  readonly repairRecorder: Recorder;
  stop(): void;
}

/** The views of the clusters whose control plane runs. */
export interface ClusterViews {
  get(clusterKey: string): ClusterView | undefined;
  /** Opens the view when there is none. Resolves when it is current. @param isOwn which nodes can be a pool's; all when absent. */
  open(clusterKey: string, client: KubeClient, isOwn?: (node: Node) => boolean): Promise<ClusterView>;
  close(clusterKey: string): void;
  closeAll(): void;
}

/** The label by which AKS marks the nodes of a pool, in every generation. */
export const POOL_LABEL = "agentpool";

/**
 * @param onChange told which pool's nodes, or pods on them, have changed; no pool in particular when the view has been opened.
 * `health`: a node has come or gone, has become Ready or is no longer.
 */
export function createClusterViews(
  options: { readonly clock: Clock; readonly log: Logger },
  onChange: (clusterKey: string, pool: string | undefined, health: boolean, node?: string) => void,
): ClusterViews {
  const views = new Map<string, ClusterView>();
  return {
    get: (key) => views.get(key),
    async open(key, client, isOwn = () => true) {
      const present = views.get(key);
      if (present !== undefined) return present;
      const view = await openView(client, { ...options, isOwn }, (...change) => onChange(key, ...change));
      views.set(key, view);
      onChange(key, undefined, true);
      return view;
    },
    close(key) {
      views.get(key)?.stop();
      views.delete(key);
    },
    closeAll() {
      for (const view of views.values()) view.stop();
      views.clear();
    },
  };
}

/** No node's name. */
const NOWHERE = "";

interface ViewOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly isOwn: (node: Node) => boolean;
}

async function openView(
  client: KubeClient,
  options: ViewOptions,
  onChange: (pool: string, health: boolean, node: string) => void,
): Promise<ClusterView> {
  const own = (node: Node | undefined): Node | undefined => (node !== undefined && options.isOwn(node) ? node : undefined);
  const poolOf = (node: Node): string | undefined => own(node)?.metadata.labels?.[POOL_LABEL];
  const nodes = createInformer<Node>(client, resources.nodes, {
    ...options,
    indexes: { pool: (node) => listOf(poolOf(node)) },
  });
  const pods = createInformer<Pod>(client, resources.pods, { ...options, indexes: { node: ({ spec }) => [spec.nodeName ?? NOWHERE] } });
  const budgets = createInformer<PodDisruptionBudget>(client, resources.podDisruptionBudgets, options);
  tell({ nodes, pods, poolOf }, onChange);
  await Promise.all([nodes.start(), pods.start(), budgets.start()]);
  return {
    client,
    nodesOf: (pool) => nodes.byIndex("pool", pool),
    node: (name) => own(nodes.get(name)),
    podsOn: (node) => pods.byIndex("node", node),
    catchUp: (names) => catchUp(client, pods, names, options.clock),
    pods: () => pods.list(),
    budgets: () => budgets.list(),
    podsWithoutNode: () => pods.byIndex("node", NOWHERE),
    recorder: createRecorder({ ...options, client, source: { component: "upgrader" } }),
    repairRecorder: createRecorder({ ...options, client, source: { component: "aks-auto-repair" } }),
    stop() {
      nodes.stop();
      pods.stop();
      budgets.stop();
    },
  };
}

function listOf(value: string | undefined): readonly string[] {
  return value === undefined ? [] : [value];
}

function tell(
  { nodes, pods, poolOf }: { nodes: Informer<Node>; pods: Informer<Pod>; poolOf: (node: Node) => string | undefined },
  onChange: (pool: string, health: boolean, node: string) => void,
): void {
  const ofNode = (node: Node | undefined, health: boolean): void => {
    const pool = node && poolOf(node);
    if (node !== undefined && pool !== undefined) onChange(pool, health, node.metadata.name);
  };
  const ofPod = (pod: Pod): void => {
    const node = pod.spec.nodeName === undefined ? undefined : nodes.get(pod.spec.nodeName);
    if (node?.spec.unschedulable === true) ofNode(node, false);
  };
  nodes.subscribe({
    add: (node) => ofNode(node, true),
    update: (node, previous) => ofNode(node, readyOf(node) !== readyOf(previous)),
    delete: (node) => ofNode(node, true),
  });
  // A drain waits for pods to go; one that has appeared on a cordoned node was bound before and is as much in the way. What becomes
  // of pods on other nodes is nothing to a pool.
  pods.subscribe({
    add: ofPod,
    update(pod, previous) {
      if (pod.spec.nodeName !== previous.spec.nodeName) ofPod(pod);
    },
    delete: ofPod,
  });
}

function readyOf({ status }: Node): string | undefined {
  return status?.conditions?.find(({ type }) => type === "Ready")?.status;
}
