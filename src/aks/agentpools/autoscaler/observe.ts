import type { Node, Pod } from "#api/kubernetes/core";
import type { Rehearsal } from "#api/kubernetes/rehearsal";
import type { DaemonSet } from "#api/kubernetes/workloads";
import { resources } from "#api/kubernetes/resources";
import { findCondition, isDaemonPod, isNodeReady, isPodTerminal, parseTime } from "#kube/apimachinery";
import type { Instance } from "#compute";
import type { Document } from "#store";
import type { ClusterView } from "../../cluster-view.ts";
import type { AksContext } from "../../context.ts";
import type { StoredCluster, StoredPool } from "../../documents.ts";
import { poolDocuments } from "../../lookup.ts";
import { nodesWanted } from "../../machines/documents.ts";
import { scaleSetKey } from "../scale-set.ts";
import { autoscaledGroups } from "../virtual-machines.ts";
import { isExpendable } from "./expendable.ts";
import { type AutoscalerSettings, autoscalerSettings } from "./settings.ts";
import { setStage } from "./stage.ts";
import { TO_BE_DELETED } from "./taints.ts";

/** A pool with its machines and nodes. */
export interface ScannedPool {
  readonly document: Document<StoredPool>;
  /** The name of its scale set; of a size of virtual machines, `mypool/Standard_D2s_v3`. */
  readonly group: string;
  /** The size of its machines, where a pool has several. */
  readonly vmSize?: string;
  readonly autoscaled: boolean;
  /** Whether its size can be changed now. */
  readonly idle: boolean;
  readonly min: number;
  readonly max: number;
  readonly size: number;
  readonly instances: ReadonlyMap<string, Instance>;
  readonly nodes: readonly Node[];
}

/** What one look at a cluster finds. */
export interface Scan {
  readonly context: AksContext;
  readonly cluster: Document<StoredCluster>;
  readonly view: ClusterView;
  readonly settings: AutoscalerSettings;
  /** Of the control plane. */
  readonly release: string;
  /** The cluster to try things on, by the rules of its scheduler. The same whenever it is asked for: what is left on it stays. */
  readonly stage: () => Rehearsal;
  readonly pools: readonly ScannedPool[];
  /** Nodes that all pools are to have. */
  readonly nodes: number;
  readonly nowMs: number;
}

/** Whether the autoscaler looks after the pool. Source: azure-docs articles/aks/start-stop-nodepools.md: not while it is stopped. */
export function isAutoscaled({ properties }: Pick<StoredPool, "properties">): boolean {
  const isAsked = properties.enableAutoScaling === true || autoscaledGroups(properties).length > 0;
  return isAsked && properties.powerState?.code !== "Stopped";
}

/** Looks at a cluster. Reads memory only. */
export function scanOf(context: AksContext, cluster: Document<StoredCluster>, view: ClusterView): Scan {
  const documents = poolDocuments(context, cluster.value);
  const pools = documents.flatMap((document) => bySize(scannedPool(context, cluster.value, { document, view })));
  const nodes = documents.reduce((sum, { value }) => sum + nodesWanted(context, cluster.value, value), 0);
  const settings = autoscalerSettings(cluster.value.properties["autoScalerProfile"]);
  // The control plane may stop while the scan goes on.
  const empty = context.controlPlanes.rehearse(cluster.value.uid);
  let filled: Rehearsal | undefined;
  const stage = (): Rehearsal => (filled ??= setStage(empty, { view, pools }));
  return { context, cluster, view, settings, release: cluster.value.version, stage, pools, nodes, nowMs: context.clock.now() };
}

function scannedPool(
  context: AksContext,
  cluster: StoredCluster,
  { document, view }: { readonly document: Document<StoredPool>; readonly view: ClusterView },
): ScannedPool {
  const { value: pool } = document;
  const { minCount = 0, maxCount = 0, count, provisioningState } = pool.properties;
  const key = scaleSetKey(cluster, pool);
  return {
    document,
    group: key.name,
    autoscaled: isAutoscaled(pool),
    // Unverified: that a pool whose last work failed or was canceled is left alone.
    idle: pool.work === undefined && provisioningState === "Succeeded",
    min: minCount,
    max: maxCount,
    size: count,
    instances: new Map(context.compute.instances(key).map((instance) => [instance.computerName, instance])),
    nodes: view.nodesOf(pool.name),
  };
}

/**
 * A pool of virtual machines as the autoscaler sees it: each of the sizes that it counts is a group of its own, and the rest none.
 * Source: kubernetes/autoscaler cluster-autoscaler/cloudprovider/azure/azure_vms_pool.go, VMPool: its name is `<agentPoolName>/<sku>`.
 */
function bySize(pool: ScannedPool): readonly ScannedPool[] {
  const { document, instances, nodes } = pool;
  const groups = autoscaledGroups(document.value.properties);
  if (groups.length === 0 || !pool.autoscaled) return [pool];
  const sizeOf = ({ metadata }: Node): string => instances.get(metadata.name)?.vmSize ?? "";
  const counted = groups.map(({ size, min, max, count }) => ({
    ...pool,
    group: `${document.value.name}/${size}`,
    vmSize: size,
    min,
    max,
    size: count,
    instances: new Map([...instances].filter(([, instance]) => instance.vmSize === size)),
    nodes: nodes.filter((node) => sizeOf(node) === size),
  }));
  const sizes = new Set(groups.map(({ size }) => size));
  const rest = { ...pool, autoscaled: false, size: pool.size - groups.reduce((sum, { count }) => sum + count, 0) };
  return [...counted, { ...rest, nodes: nodes.filter((node) => !sizes.has(sizeOf(node))) }];
}

/** Whether pods can come to the node. */
export function takesPods(node: Node): boolean {
  return isNodeReady(node) && node.spec.unschedulable !== true && !node.spec.taints?.some(({ key }) => key === TO_BE_DELETED);
}

/** Pods looked at in one scan at most: the oldest. */
const MAX_PENDING = 3_000;
/** Pods that the scheduler has found no node for. Source: cluster-autoscaler FAQ.md, "How does scale-up work?". */
export function pendingPods({ context, view, settings, pools, nowMs }: Scan): readonly Pod[] {
  const delayMs = context.pace(settings.newPodDelayMs);
  const nodes = new Set(pools.flatMap(({ nodes }) => nodes.map(({ metadata }) => metadata.name)));
  // Room is being made for it. Source: cluster-autoscaler core/utils/expendable.go, FilterOutExpendableAndSplit.
  const isAwaited = ({ status }: Pod): boolean => nodes.has(status?.nominatedNodeName ?? "");
  const waits = (pod: Pod): boolean => {
    const condition = findCondition(pod.status?.conditions, "PodScheduled");
    if (condition?.status !== "False" || condition.reason !== "Unschedulable" || isPodTerminal(pod)) return false;
    if (pod.metadata.deletionTimestamp !== undefined || isExpendable(pod) || isAwaited(pod)) return false;
    return !isDaemonPod(pod) && nowMs - (parseTime(pod.metadata.creationTimestamp) ?? 0) >= delayMs;
  };
  return view.podsWithoutNode().filter(waits).slice(0, MAX_PENDING);
}

/** The cluster's daemon sets. */
export async function daemonSets({ view }: Scan): Promise<readonly DaemonSet[]> {
  return (await view.client.list(resources.daemonSets)).items;
}
