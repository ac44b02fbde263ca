import type { Node, Pod } from "#api/kubernetes/core";
import type { DaemonSet } from "#api/kubernetes/workloads";
import { resources } from "#api/kubernetes/resources";
import { daemonTolerations, findCondition, isDaemonPod, isNodeReady, isPodTerminal, parseTime } from "#kube/apimachinery";
import type { Instance } from "#compute";
import type { Document } from "#store";
import type { ClusterView } from "../../cluster-view.ts";
import type { AksContext } from "../../context.ts";
import type { StoredCluster, StoredPool } from "../../documents.ts";
import { poolDocuments } from "../../lookup.ts";
import { bootstrapOf } from "../bootstrap.ts";
import { scaleSetKey } from "../scale-set.ts";
import { emptyPlace, fits, occupied, type Place } from "./place.ts";
import { type AutoscalerSettings, autoscalerSettings } from "./settings.ts";
import { CANDIDATE, TO_BE_DELETED } from "./taints.ts";

/** A pool with its machines and nodes. */
export interface ScannedPool {
  readonly document: Document<StoredPool>;
  /** Of its scale set. */
  readonly group: string;
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
  readonly pools: readonly ScannedPool[];
  readonly nowMs: number;
}

/** Whether the autoscaler looks after the pool. Source: azure-docs articles/aks/start-stop-nodepools.md: not while it is stopped. */
export function isAutoscaled({ properties }: Pick<StoredPool, "properties">): boolean {
  return properties.enableAutoScaling === true && properties.powerState?.code !== "Stopped";
}

/** Looks at a cluster. Reads memory only. */
export function scanOf(context: AksContext, cluster: Document<StoredCluster>, view: ClusterView): Scan {
  const pools = poolDocuments(context, cluster.value).map((document) => scannedPool(context, cluster.value, { document, view }));
  const settings = autoscalerSettings(cluster.value.properties["autoScalerProfile"]);
  return { context, cluster, view, settings, release: cluster.value.version, pools, nowMs: context.clock.now() };
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

/** Whether pods can come to the node. */
export function takesPods(node: Node): boolean {
  return isNodeReady(node) && node.spec.unschedulable !== true && !node.spec.taints?.some(({ key }) => key === TO_BE_DELETED);
}

/** The node with everything that runs there. */
export function placeOf({ view }: Pick<Scan, "view">, node: Node): Place {
  const { metadata, spec, status } = node;
  const empty = emptyPlace({
    name: metadata.name,
    labels: metadata.labels ?? {},
    taints: spec.taints ?? [],
    allocatable: status?.allocatable ?? {},
  });
  return occupied(
    empty,
    view.podsOn(metadata.name).filter((pod) => !isPodTerminal(pod)),
  );
}

/** Pods looked at in one scan at most: the oldest. */
const MAX_PENDING = 3_000;
/** Pods of a lower priority than this wait without nodes. Source: cluster-autoscaler FAQ.md, expendable-pods-priority-cutoff. */
const EXPENDABLE_BELOW = -10;

/** Pods that the scheduler has found no node for. Source: cluster-autoscaler FAQ.md, "How does scale-up work?". */
export function pendingPods({ context, view, settings, nowMs }: Scan): readonly Pod[] {
  const delayMs = context.pace(settings.newPodDelayMs);
  const waits = (pod: Pod): boolean => {
    const condition = findCondition(pod.status?.conditions, "PodScheduled");
    if (condition?.status !== "False" || condition.reason !== "Unschedulable" || isPodTerminal(pod)) return false;
    if (pod.metadata.deletionTimestamp !== undefined || (pod.spec.priority ?? 0) < EXPENDABLE_BELOW) return false;
    return !isDaemonPod(pod) && nowMs - (parseTime(pod.metadata.creationTimestamp) ?? 0) >= delayMs;
  };
  return view.podsWithoutNode().filter(waits).slice(0, MAX_PENDING);
}

/** Taints that a node gets by its state and loses again; its successor begins without them. */
const PASSING_TAINTS = ["node.kubernetes.io/", "node.cloudprovider.kubernetes.io/", TO_BE_DELETED, CANDIDATE];

/**
 * A node of the pool as it would boot: like one that is there, else as its size, labels and taints say.
 * Source: cluster-autoscaler FAQ.md, "How can I scale a node group to 0?"; cloudprovider/azure/azure_template.go.
 */
export function templateOf({ cluster }: Pick<Scan, "cluster">, pool: ScannedPool, daemons: readonly DaemonSet[], release: string): Place {
  const name = `template-node-for-${pool.group}`;
  const zone = pool.document.value.properties.availabilityZones?.[0];
  const fresh = bootstrapOf(cluster.value, pool.document.value, {
    id: 0,
    computerName: name,
    privateIp: "",
    ...(zone !== undefined && { zone }),
  });
  const model = pool.nodes.find(takesPods);
  const hostname = { "kubernetes.io/hostname": name };
  const empty = emptyPlace({
    name,
    labels: { ...(model?.metadata.labels ?? fresh.labels), ...hostname },
    taints: (model?.spec.taints ?? fresh.taints).filter(({ key }) => !PASSING_TAINTS.some((prefix) => key.startsWith(prefix))),
    allocatable: model?.status?.allocatable ?? fresh.allocatable,
  });
  const pods = daemons.map(({ spec }) => daemonPod(spec.template.spec)).filter((pod) => fits(pod, empty, release));
  return occupied(empty, pods);
}

function daemonPod(spec: Pod["spec"]): Pick<Pod, "spec"> {
  return { spec: { ...spec, tolerations: [...(spec.tolerations ?? []), ...daemonTolerations(spec.hostNetwork === true)] } };
}

/** The cluster's daemon sets. */
export async function daemonSets({ view }: Scan): Promise<readonly DaemonSet[]> {
  return (await view.client.list(resources.daemonSets)).items;
}
