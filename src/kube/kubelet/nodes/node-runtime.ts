import type { NodeBootstrap } from "#api/kubelet";
import type { Node, ResourceList } from "#api/kubernetes/core";
import type { Recorder } from "#kube/client";
import { MachineImages } from "../images.ts";
import { AdmittedPods } from "../pods/admitted-pods.ts";
import { PodIps } from "../pods/pod-ips.ts";
import { type KubeletRelease, kubeletRelease } from "../release.ts";

/** Resource of NVIDIA's device plugin. */
export const GPU_RESOURCE = "nvidia.com/gpu";

/** One running machine's kubelet: what it was booted with and what it keeps in memory. */
export class NodeRuntime {
  readonly bootstrap: NodeBootstrap;
  readonly release: KubeletRelease;
  readonly recorder: Recorder;
  /** Place in the round of heartbeats. */
  readonly slot: number;
  readonly images = new MachineImages();
  readonly admitted = new AdmittedPods();
  /** Keys of pods whose device plugin offers the GPUs. */
  readonly gpuPlugins = new Set<string>();
  /** Keys of pods that bring the driver of the GPUs. */
  readonly gpuDrivers = new Set<string>();
  /** The node as the API has it, once it is registered. */
  node: Node | undefined;
  ips: PodIps | undefined;
  bootId: string;
  isRegistered = false;
  /** It has come up so far that it waits for nothing but its network. */
  isBooted = false;
  isReady = false;
  isStopped = false;
  /** Writes that are due. */
  isStatusDue = false;
  isLeaseDue = false;
  isCsiNodeDue = false;
  hasLease = false;
  statusWrittenMs = 0;
  /** When Ready last changed, milliseconds since the epoch. */
  readySinceMs = 0;

  constructor(bootstrap: NodeBootstrap, parts: { readonly recorder: Recorder; readonly slot: number; readonly bootId: string }) {
    this.bootstrap = bootstrap;
    this.release = kubeletRelease(bootstrap.kubeletVersion);
    this.recorder = parts.recorder;
    this.slot = parts.slot;
    this.bootId = parts.bootId;
  }

  get name(): string {
    return this.bootstrap.nodeName;
  }

  /** `docker` or `containerd`. */
  get runtimeName(): string {
    return this.bootstrap.containerRuntimeVersion.split(":", 1)[0] ?? "containerd";
  }

  get labels(): Readonly<Record<string, string>> {
    return this.node?.metadata.labels ?? this.bootstrap.labels;
  }

  /** Whether the node can never be Ready in this boot. */
  get networkFails(): boolean {
    return this.bootstrap.networkFails === true;
  }

  /** Whether its network is up: pods can have addresses. Where they come from is not the kubelet's to know in other networks. */
  get hasNetwork(): boolean {
    const { needsPodCidr, podSubnet } = this.bootstrap;
    if (this.networkFails) return false;
    return podSubnet === undefined ? needsPodCidr !== true || this.ips !== undefined : (this.ips?.size ?? 0) > 0;
  }

  /** GPUs that pods can ask for now. */
  get gpus(): number {
    const isDriven = this.bootstrap.lacksGpuDriver !== true || this.gpuDrivers.size > 0;
    return this.gpuPlugins.size > 0 && isDriven ? this.bootstrap.gpus : 0;
  }

  get allocatable(): ResourceList {
    return this.#withGpus(this.bootstrap.allocatable);
  }

  get capacity(): ResourceList {
    return this.#withGpus(this.bootstrap.capacity);
  }

  /** Tells people something about the node. Kubelets name the node by its name as uid. Source: pkg/kubelet/kubelet.go, nodeRef. */
  record(reason: string, message: string): void {
    this.recorder.record({ about: { kind: "Node", name: this.name, uid: this.name }, type: "Normal", reason, message });
  }

  /** `NodeReady`: `Node x status is now: NodeReady`. */
  recordStatus(reason: string): void {
    this.record(reason, `Node ${this.name} status is now: ${reason}`);
  }

  /** Takes over the node object; the addresses of pods are known with its podCIDR, where the machine has none for them. */
  setNode(node: Node): void {
    this.node = node;
    const { podAddresses, podSubnet } = this.bootstrap;
    const { podCIDR } = node.spec;
    if (podAddresses !== undefined) this.ips ??= new PodIps(podAddresses);
    else if (podSubnet === undefined && podCIDR !== undefined && podCIDR !== "") this.ips ??= PodIps.ofCidr(podCIDR);
  }

  #withGpus(list: Readonly<ResourceList>): ResourceList {
    return this.gpus > 0 ? { ...list, [GPU_RESOURCE]: String(this.gpus) } : { ...list };
  }
}
