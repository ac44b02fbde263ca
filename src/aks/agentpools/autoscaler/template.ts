import type { Node, Pod } from "#api/kubernetes/core";
import type { Rehearsal } from "#api/kubernetes/rehearsal";
import type { DaemonSet } from "#api/kubernetes/workloads";
import { daemonTolerations, isNodeReady } from "#kube/apimachinery";
import { vmSize } from "#compute";
import { bootstrapOf } from "../bootstrap.ts";
import { type Scan, type ScannedPool, takesPods } from "./observe.ts";
import { CANDIDATE, TO_BE_DELETED } from "./taints.ts";

/** A node as it boots, with the pods that daemon sets put there. */
export interface Template {
  readonly node: Node;
  readonly pods: readonly Pod[];
}

/** Taints that a node gets by its state and loses again; its successor begins without them. */
const PASSING_TAINTS = ["node.kubernetes.io/", "node.cloudprovider.kubernetes.io/", TO_BE_DELETED, CANDIDATE];
/** What GPUs are called as a resource. Source: cluster-autoscaler utils/gpu/gpu.go, ResourceNvidiaGPU. */
const GPU = "nvidia.com/gpu";

/**
 * A node of the pool as it would boot: like one that is there, else as its size, labels and taints say. A pool of several
 * zones that has no node is looked at in one of them, drawn anew each time.
 * Source: cluster-autoscaler FAQ.md, "How can I scale a node group to 0?"; cloudprovider/azure/azure_template.go.
 */
export function templateOf(scan: Scan, pool: ScannedPool, daemons: readonly DaemonSet[], stage: Rehearsal): Template {
  const name = `template-node-for-${pool.group}`;
  const zones = pool.document.value.properties.availabilityZones ?? [];
  const zone = zones[zones.length > 1 ? scan.context.random.int(zones.length) : 0];
  const instance = {
    id: 0,
    computerName: name,
    privateIp: "",
    ...(zone !== undefined && { zone }),
    ...(pool.vmSize !== undefined && { vmSize: pool.vmSize }),
  };
  const fresh = bootstrapOf(scan.cluster.value, pool.document.value, instance);
  const model = pool.nodes.find((node) => takesPods(node) && isComplete(node, pool));
  const gpus = fresh.gpus > 0 ? { [GPU]: String(fresh.gpus) } : {};
  const taints = (model?.spec.taints ?? fresh.taints).filter(({ key }) => !PASSING_TAINTS.some((prefix) => key.startsWith(prefix)));
  const node = named(name, {
    metadata: { name, labels: model?.metadata.labels ?? fresh.labels },
    spec: { taints: [...taints] },
    status: {
      capacity: model?.status?.capacity ?? { ...fresh.capacity, ...gpus },
      allocatable: model?.status?.allocatable ?? { ...fresh.allocatable, ...gpus },
    },
  });
  const pods = daemons.map((set) => daemonPod(set, name));
  return {
    node,
    pods: stage.attempt(() => {
      stage.addNode(node);
      return pods.filter((pod) => stage.refusals(pod, name).length === 0);
    }),
  };
}

/** Whether the node is Ready and shows the GPUs of its machine: before that it is one that is about to come. Source: processors/customresources/gpu_processor.go. */
export function isComplete(node: Node, { document, vmSize: size = document.value.properties.vmSize }: ScannedPool): boolean {
  const gpus = vmSize(size)?.gpus ?? 0;
  return isNodeReady(node) && (gpus === 0 || Number(node.status?.allocatable?.[GPU] ?? 0) > 0);
}

/** One more node like the template, under a name of its own. */
export function replicaOf({ node, pods }: Template, index: number): Template {
  const name = `${node.metadata.name}-${index}`;
  return {
    node: named(name, node),
    pods: pods.map((pod) => ({ ...pod, metadata: { ...pod.metadata, name: `${pod.metadata.name}-${index}` } })),
  };
}

function named(name: string, node: Node): Node {
  return { ...node, metadata: { ...node.metadata, name, labels: { ...node.metadata.labels, "kubernetes.io/hostname": name } } };
}

function daemonPod({ metadata, spec: { template } }: DaemonSet, node: string): Pod {
  const { name, namespace = "default" } = metadata;
  const tolerations = [...(template.spec.tolerations ?? []), ...daemonTolerations(template.spec.hostNetwork === true)];
  return {
    metadata: { ...template.metadata, name: `${name}-${node}`, namespace },
    spec: { ...template.spec, tolerations },
  };
}
