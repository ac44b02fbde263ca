import type { Node, Pod } from "#api/kubernetes/core";
import { equalJson } from "#kube/apimachinery";
import { type ClusterFacts, NO_FACTS } from "./cluster-facts.ts";
import type { ClusterView } from "./framework/cluster-view.ts";
import { NodeImages } from "./node-images.ts";
import { NodeClasses } from "./node-class.ts";
import { NodeState } from "./node-state.ts";
import { Nominations } from "./nominations.ts";
import { PlacedPods } from "./placed-pods/placed-pods.ts";
import { type PodToPlace, podToPlace } from "./pod-to-place.ts";

interface Placed {
  readonly pod: PodToPlace;
  readonly node: NodeState;
}

/**
 * Which pods are on which nodes, pods included whose binding is under way (assumed). A pod is counted once:
 *
 * ```
 *   assume ──▶ counted on the node ──▶ seen bound (addPod): the same count stays
 *                     └── forget: the count is taken back
 * ```
 *
 * Source: pkg/scheduler/backend/cache/cache.go.
 */
export class SchedulerCache implements ClusterView {
  readonly facts: ClusterFacts;
  readonly topology = { version: 0 };
  readonly images = new NodeImages();
  readonly nominations = new Nominations();
  readonly placedPods = new PlacedPods(this.topology, () => this.#states.values());
  readonly #states = new Map<string, NodeState>();
  readonly #classes = new NodeClasses();
  readonly #placed = new Map<string, Placed>();
  readonly #nodes: NodeState[] = [];
  /** Pods on nodes by priority. */
  readonly #priorities = new Map<number, number>();

  /** @param facts what the cluster knows besides nodes and pods; nothing when absent. */
  constructor(facts: ClusterFacts = NO_FACTS) {
    this.facts = facts;
  }

  get generation(): number {
    return this.placedPods.generation + this.facts.generation;
  }

  get lowestPriority(): number {
    let lowest = Infinity;
    for (const priority of this.#priorities.keys()) lowest = Math.min(lowest, priority);
    return lowest;
  }

  /** Nodes that exist, in order of their arrival. */
  get nodes(): readonly NodeState[] {
    return this.#nodes;
  }

  byName(name: string): NodeState | undefined {
    const state = this.#states.get(name);
    return state?.node === undefined ? undefined : state;
  }

  /** Takes over a node. Returns its state when something that matters for pods changed, else nothing. */
  setNode(node: Node): NodeState | undefined {
    const state = this.#stateOf(node.metadata.name);
    const previous = state.node;
    if (previous === undefined || !same(previous.status?.images, node.status?.images)) this.images.set(state, node.status?.images ?? []);
    if (previous !== undefined && !mattersForPods(previous, node)) {
      state.node = node;
      return undefined;
    }
    if (previous === undefined || !isSamePlace(previous, node)) this.topology.version++;
    const { nodeClass } = state;
    state.setNode(node, this.#classes.join(node));
    if (nodeClass !== undefined) this.#classes.leave(nodeClass);
    if (previous === undefined) this.#nodes.push(state);
    return state;
  }

  removeNode(name: string): void {
    const state = this.#states.get(name);
    if (state?.node === undefined) return;
    this.topology.version++;
    this.images.set(state, []);
    state.node = undefined;
    if (state.nodeClass !== undefined) this.#classes.leave(state.nodeClass);
    state.nodeClass = undefined;
    this.#nodes.splice(this.#nodes.indexOf(state), 1);
    this.#dropIfUnused(state);
  }

  /** Counts the pod on the node before the API knows of it. */
  assume(pod: PodToPlace, node: NodeState): void {
    this.#place(pod, node);
  }

  /** Takes back an assumption, unless the pod has been seen on a node meanwhile under another uid. */
  forget(pod: PodToPlace): NodeState | undefined {
    return this.#placed.get(pod.key)?.pod.uid === pod.uid ? this.removePod(pod.key) : undefined;
  }

  /** Counts a pod that the API shows on a node; what it takes does not change with its status. */
  addPod(key: string, pod: Pod, nodeName: string): void {
    const placed = this.#placed.get(key);
    if (placed?.node.name === nodeName && isSameLoad(placed.pod.pod, pod)) {
      placed.pod.pod = pod;
      return;
    }
    this.#place(podToPlace(pod), this.#stateOf(nodeName));
  }

  /** Takes the pod off its node, which is returned when it exists. */
  removePod(key: string): NodeState | undefined {
    const placed = this.#placed.get(key);
    if (placed === undefined) return undefined;
    this.#placed.delete(key);
    this.#countPriority(placed.pod, -1);
    this.takeOff(placed.pod, placed.node);
    this.#dropIfUnused(placed.node);
    return placed.node.node === undefined ? undefined : placed.node;
  }

  /** Runs as if the pod were on no node; its place is as it was afterwards. */
  without<T>(key: string, run: () => T): T {
    const placed = this.#placed.get(key);
    if (placed === undefined) return run();
    this.takeOff(placed.pod, placed.node);
    try {
      return run();
    } finally {
      this.putOn(placed.pod, placed.node);
    }
  }

  putOn(pod: PodToPlace, node: NodeState): void {
    node.addPod(pod);
    this.placedPods.changed(pod, node, 1);
  }

  takeOff(pod: PodToPlace, node: NodeState): void {
    node.removePod(pod);
    this.placedPods.changed(pod, node, -1);
  }

  #place(pod: PodToPlace, node: NodeState): void {
    this.removePod(pod.key);
    // The state may just have been dropped with its last pod.
    this.#states.set(node.name, node);
    this.#placed.set(pod.key, { pod, node });
    this.#countPriority(pod, 1);
    this.putOn(pod, node);
  }

  #countPriority({ priority }: PodToPlace, sign: 1 | -1): void {
    const count = (this.#priorities.get(priority) ?? 0) + sign;
    if (count === 0) this.#priorities.delete(priority);
    else this.#priorities.set(priority, count);
  }

  #stateOf(name: string): NodeState {
    let state = this.#states.get(name);
    if (state === undefined) this.#states.set(name, (state = new NodeState(name)));
    return state;
  }

  #dropIfUnused(state: NodeState): void {
    if (state.node === undefined && state.podCount === 0) this.#states.delete(state.name);
  }
}

/** Whether pods may fare differently on the node now: heartbeats and conditions alone change nothing. */
function mattersForPods(previous: Node, node: Node): boolean {
  return (
    previous.spec.unschedulable !== node.spec.unschedulable ||
    !same(previous.spec.taints, node.spec.taints) ||
    !same(previous.metadata.labels, node.metadata.labels) ||
    !same(previous.status?.allocatable, node.status?.allocatable)
  );
}

/** Whether the node is part of the same topologies, and takes the same pods into account, as before. */
function isSamePlace(previous: Node, node: Node): boolean {
  return same(previous.metadata.labels, node.metadata.labels) && same(previous.spec.taints, node.spec.taints);
}

/** Whether a pod takes from its node, and counts for others, as it did before. */
function isSameLoad({ metadata: before, spec }: Pod, { metadata, spec: next }: Pod): boolean {
  return (
    before.uid === metadata.uid &&
    (before.deletionTimestamp === undefined) === (metadata.deletionTimestamp === undefined) &&
    same(before.labels, metadata.labels) &&
    same(spec.containers, next.containers)
  );
}

function same(left: unknown, right: unknown): boolean {
  return left === right || equalJson(left, right);
}
