import { createHash } from "node:crypto";
import type { NodeBootstrap } from "#api/kubelet";
import type { Condition, Lease, Node, NodeStatus } from "#api/kubernetes/core";
import { formatMicroTime, formatTime } from "#kube/apimachinery";
import { imageIdentity, imageSize } from "../images.ts";
import { nodeIdAnnotation } from "./csi-node.ts";
import { GPU_RESOURCE, type NodeRuntime } from "./node-runtime.ts";

/** Where kubelets listen. Source: pkg/cluster/ports/ports.go, KubeletPort. */
const KUBELET_PORT = 10250;
/** Images a node tells of at most. Source: kubelet --node-status-max-images. */
const MAX_STATUS_IMAGES = 50;

/** The node that a kubelet registers. Source: pkg/kubelet/kubelet_node_status.go, initialNode. */
export function nodeObject(runtime: NodeRuntime, nowMs: number): Node {
  const { bootstrap } = runtime;
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name: runtime.name,
      labels: { ...bootstrap.labels },
      annotations: { ...nodeIdAnnotation(runtime), "volumes.kubernetes.io/controller-managed-attach-detach": "true" },
    },
    spec: { providerID: bootstrap.providerId, ...(bootstrap.taints.length === 0 ? {} : { taints: [...bootstrap.taints] }) },
    status: nodeStatus(runtime, nowMs),
  };
}

/** All that a kubelet says of its node. Source: pkg/kubelet/nodestatus/setters.go. */
export function nodeStatus(runtime: NodeRuntime, nowMs: number): NodeStatus {
  const { bootstrap } = runtime;
  const images = runtime.images.list().slice(-MAX_STATUS_IMAGES);
  return {
    capacity: runtime.capacity,
    allocatable: runtime.allocatable,
    conditions: nodeConditions(runtime, nowMs),
    addresses: [
      { type: "InternalIP", address: bootstrap.internalIp },
      { type: "Hostname", address: bootstrap.nodeName },
      ...(bootstrap.externalIp === undefined ? [] : [{ type: "ExternalIP" as const, address: bootstrap.externalIp }]),
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: KUBELET_PORT } },
    nodeInfo: nodeInfo(runtime),
    ...(images.length === 0 ? {} : { images: images.map((image) => imageOnNode(image, runtime.runtimeName)) }),
  };
}

/** The status as a strategic merge patch: GPUs that are offered no more have to be named to go away. */
export function nodeStatusPatch(runtime: NodeRuntime, nowMs: number): { readonly status: object } {
  const status = nodeStatus(runtime, nowMs);
  if (runtime.bootstrap.gpus === 0 || runtime.gpus > 0) return { status };
  const none = { [GPU_RESOURCE]: null };
  return { status: { ...status, capacity: { ...status.capacity, ...none }, allocatable: { ...status.allocatable, ...none } } };
}

function imageOnNode(image: string, runtimeName: string): { names: string[]; sizeBytes: number } {
  const identity = imageIdentity(image, runtimeName);
  return { names: [identity.imageId.replace("docker-pullable://", ""), identity.image], sizeBytes: imageSize(image) };
}

/** Whether the machine that runs now is the one that wrote this node: it has not been reimaged since. */
export function isSameBoot({ status }: Node, bootstrap: NodeBootstrap): boolean {
  const seen = status?.nodeInfo ?? {};
  return (
    seen["kubeletVersion"] === bootstrap.kubeletVersion &&
    seen["osImage"] === bootstrap.osImage &&
    seen["kernelVersion"] === bootstrap.kernelVersion &&
    seen["containerRuntimeVersion"] === bootstrap.containerRuntimeVersion
  );
}

/** Source: pkg/kubelet/nodestatus/setters.go, MachineInfo and VersionInfo. */
function nodeInfo({ bootstrap, bootId }: NodeRuntime): Record<string, string> {
  // A machine keeps its ids through reimages and restarts of this program.
  const digest = createHash("sha256").update(bootstrap.providerId).digest("hex");
  return {
    architecture: bootstrap.architecture,
    bootID: bootId,
    containerRuntimeVersion: bootstrap.containerRuntimeVersion,
    kernelVersion: bootstrap.kernelVersion,
    kubeProxyVersion: bootstrap.kubeletVersion,
    kubeletVersion: bootstrap.kubeletVersion,
    machineID: digest.slice(0, 32),
    operatingSystem: bootstrap.operatingSystem,
    osImage: bootstrap.osImage,
    systemUUID: [8, 12, 16, 20, 32].map((end, index, ends) => digest.slice(32).slice(ends[index - 1] ?? 0, end)).join("-"),
  };
}

/** Conditions that a healthy machine has, with what they say. Source: pkg/kubelet/nodestatus/setters.go. */
const HEALTHY: readonly (readonly [type: string, reason: string, message: string])[] = [
  ["MemoryPressure", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"],
  ["DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"],
  ["PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available"],
];

function nodeConditions(runtime: NodeRuntime, nowMs: number): Condition[] {
  const { release, isReady, bootstrap, node } = runtime;
  const lastHeartbeatTime = formatTime(nowMs);
  const since = formatTime(runtime.readySinceMs);
  const calm = (type: string, reason: string, message: string): Condition => ({
    type,
    status: "False",
    lastHeartbeatTime,
    lastTransitionTime:
      node?.status?.conditions?.find((each) => each.type === type && each.status === "False")?.lastTransitionTime ?? since,
    reason,
    message,
  });
  const ready: Condition = {
    type: "Ready",
    status: isReady ? "True" : "False",
    lastHeartbeatTime,
    lastTransitionTime: since,
    reason: isReady ? "KubeletReady" : "KubeletNotReady",
    message: isReady ? release.readyMessage(bootstrap.osImage) : release.notReadyMessage(bootstrap),
  };
  return [
    ...(isReady ? [calm("NetworkUnavailable", "RouteCreated", "RouteController created a route")] : []),
    ...(release.hasOutOfDisk ? [calm("OutOfDisk", "KubeletHasSufficientDisk", "kubelet has sufficient disk space available")] : []),
    ...HEALTHY.map(([type, reason, message]) => calm(type, reason, message)),
    ready,
  ];
}

/** Seconds after which a lease that is not renewed counts as lost. Source: kubelet nodeLeaseDurationSeconds. */
const LEASE_SECONDS = 40;
/** Namespace of the leases. Source: kubernetes/api core/v1, NamespaceNodeLease. */
export const LEASE_NAMESPACE = "kube-node-lease";

/** The node's lease, renewed now. Source: component-helpers apimachinery/lease/controller.go. */
export function nodeLease({ name, node }: NodeRuntime, nowMs: number): Lease {
  const uid = node?.metadata.uid;
  return {
    metadata: {
      name,
      namespace: LEASE_NAMESPACE,
      ...(uid === undefined ? {} : { ownerReferences: [{ apiVersion: "v1", kind: "Node", name, uid }] }),
    },
    spec: { holderIdentity: name, leaseDurationSeconds: LEASE_SECONDS, renewTime: formatMicroTime(nowMs) },
  };
}
