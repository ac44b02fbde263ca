import type { Node, Taint } from "#api/kubernetes/core";
import { amountsOf } from "#kube/apimachinery";
import { HostPorts } from "./host-ports.ts";
import type { NodeClass } from "./node-class.ts";
import type { PodToPlace } from "./pod-to-place.ts";

/** What the scheduler knows of one node and of the pods that are on it or on their way there. */
export class NodeState {
  readonly name: string;
  /** Nothing while only pods speak of the node. */
  node: Node | undefined;
  nodeClass: NodeClass | undefined;
  allocatableCpu = 0;
  allocatableMemory = 0;
  allocatableEphemeralStorage = 0;
  allocatablePods = 0;
  readonly allocatableExtended = new Map<string, number>();
  requestedCpu = 0;
  requestedMemory = 0;
  requestedEphemeralStorage = 0;
  readonly requestedExtended = new Map<string, number>();
  scoringCpu = 0;
  scoringMemory = 0;
  /** On the node or on their way to it. */
  readonly pods = new Set<PodToPlace>();
  /** Bytes by image, under every name it has. */
  readonly images = new Map<string, number>();
  readonly hostPorts = new HostPorts();

  constructor(name: string) {
    this.name = name;
  }

  get podCount(): number {
    return this.pods.size;
  }

  get labels(): Readonly<Record<string, string>> | undefined {
    return this.node?.metadata.labels;
  }

  get taints(): readonly Taint[] | undefined {
    return this.node?.spec.taints;
  }

  get isUnschedulable(): boolean {
    return this.node?.spec.unschedulable === true;
  }

  /** Takes over the node object and its allocatable amounts. */
  setNode(node: Node, nodeClass: NodeClass): void {
    this.node = node;
    this.nodeClass = nodeClass;
    const amounts = amountsOf(node.status?.allocatable);
    this.allocatableCpu = amounts.get("cpu") ?? 0;
    this.allocatableMemory = amounts.get("memory") ?? 0;
    this.allocatableEphemeralStorage = amounts.get("ephemeral-storage") ?? 0;
    this.allocatablePods = amounts.get("pods") ?? 0;
    for (const resource of ["cpu", "memory", "ephemeral-storage", "pods"]) amounts.delete(resource);
    this.allocatableExtended.clear();
    for (const [resource, amount] of amounts) this.allocatableExtended.set(resource, amount);
  }

  addPod(pod: PodToPlace): void {
    this.pods.add(pod);
    this.#account(pod.amounts, 1);
    for (const port of pod.hostPorts) this.hostPorts.take(port);
  }

  removePod(pod: PodToPlace): void {
    this.pods.delete(pod);
    this.#account(pod.amounts, -1);
    for (const port of pod.hostPorts) this.hostPorts.release(port);
  }

  #account(amounts: PodToPlace["amounts"], sign: 1 | -1): void {
    this.requestedCpu += sign * amounts.cpu;
    this.requestedMemory += sign * amounts.memory;
    this.requestedEphemeralStorage += sign * amounts.ephemeralStorage;
    this.scoringCpu += sign * amounts.scoringCpu;
    this.scoringMemory += sign * amounts.scoringMemory;
    for (const [resource, amount] of amounts.extended) {
      this.requestedExtended.set(resource, (this.requestedExtended.get(resource) ?? 0) + sign * amount);
    }
  }
}
