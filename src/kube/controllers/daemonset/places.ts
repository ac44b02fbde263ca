import type { Node, Pod } from "#api/kubernetes/core";
import type { DaemonSet } from "#api/kubernetes/workloads";
import { isPodAvailable, isPodReady, matchesLabelSelector } from "#kube/apimachinery";
import { createdAt } from "../pods.ts";
import { REVISION } from "../revisions.ts";
import { type Eligibility, eligibilityOf, targetNodeOf } from "./eligibility.ts";

/** A node with what the daemon set has and wants there. */
export interface Place extends Eligibility {
  readonly name: string;
  /** False of a name that pods are for and no node has. */
  readonly isNode: boolean;
  /** In the order in which they are kept. */
  readonly pods: readonly Pod[];
}

/** What a place can be, each said of it or not. */
export interface PlaceTraits {
  /** A pod should be started there. */
  readonly wanted: boolean;
  /** Wanted, and a pod is there. */
  readonly taken: boolean;
  /** Not wanted, and a pod is there. */
  readonly misplaced: boolean;
  /** The first pod is ready, available, of the present template. */
  readonly ready: boolean;
  readonly available: boolean;
  readonly updated: boolean;
  /** Some pod is available that is not being deleted. */
  readonly served: boolean;
  /** A pod is to be made. */
  readonly lacking: boolean;
  /** Pods have to go. */
  readonly crowded: boolean;
  /** A pod of a former template is there that is not being deleted. */
  readonly outdated: boolean;
  /** A pod is ready and becomes available in time. */
  readonly ripening: boolean;
}

export type PlaceTrait = keyof PlaceTraits;

/** What a daemon set's places are counted by. */
export interface PlacesOptions {
  readonly daemonSet: DaemonSet;
  /** Value of {@link REVISION} for the present template. */
  readonly hash: string;
}

const NO_PODS: readonly Pod[] = [];
const NOWHERE: Eligibility = { shouldRun: false, shouldStay: true };

/**
 * The places of one daemon set by what they are. Told of each change, it looks again at the places that changed and not at the
 * others, so a run costs what has happened since the last one and not what nodes there are.
 */
export class Places {
  readonly options: PlacesOptions;
  readonly #eligible: (node: Node) => Eligibility;
  readonly #minReadySeconds: number;
  readonly #nodes = new Map<string, Eligibility>();
  /** By name of the pod: all are of the daemon set's namespace. */
  readonly #pods = new Map<string, Pod>();
  readonly #podsAt = new Map<string, readonly Pod[]>();
  readonly #revisions = new Map<string, number>();
  readonly #strangers = new Map<string, Pod>();
  /** Places to look at again, in order of their change. */
  readonly #changed = new Set<string>();
  readonly #having: Readonly<Record<PlaceTrait, Set<string>>> = {
    wanted: new Set(),
    taken: new Set(),
    misplaced: new Set(),
    ready: new Set(),
    available: new Set(),
    updated: new Set(),
    served: new Set(),
    lacking: new Set(),
    crowded: new Set(),
    outdated: new Set(),
    ripening: new Set(),
  };

  /** @param nodes and `pods` that are there; later changes are told one by one. */
  constructor(options: PlacesOptions, nodes: Iterable<Node>, pods: Iterable<Pod>) {
    this.options = options;
    this.#eligible = eligibilityOf(options.daemonSet);
    this.#minReadySeconds = options.daemonSet.spec.minReadySeconds ?? 0;
    for (const node of nodes) this.setNode(node);
    for (const pod of pods) this.setPod(pod);
  }

  /** Pods that the daemon set controls and selects no more; they are at no place. */
  get strangers(): readonly Pod[] {
    return [...this.#strangers.values()];
  }

  /** Whether one of the daemon set's pods is of this revision. */
  isInUse(revision: string): boolean {
    return this.#revisions.has(revision);
  }

  /** Whether the pod is one of those that count. */
  has({ metadata: { name } }: Pod): boolean {
    return this.#pods.has(name);
  }

  setNode(node: Node): void {
    const { name } = node.metadata;
    this.#nodes.set(name, this.#eligible(node));
    this.#changed.add(name);
  }

  removeNode(name: string): void {
    this.#nodes.delete(name);
    this.#changed.add(name);
  }

  setPod(pod: Pod): void {
    this.removePod(pod);
    const { name, labels } = pod.metadata;
    if (!matchesLabelSelector(this.options.daemonSet.spec.selector, labels)) return void this.#strangers.set(name, pod);
    this.#pods.set(name, pod);
    const target = targetNodeOf(pod.spec) ?? "";
    const others = this.#podsAt.get(target) ?? NO_PODS;
    this.#podsAt.set(target, others.length === 0 ? [pod] : [...others, pod].sort(byAge));
    this.#changed.add(target);
    this.#countRevision(pod, 1);
  }

  removePod({ metadata: { name } }: Pod): void {
    this.#strangers.delete(name);
    const known = this.#pods.get(name);
    if (known === undefined) return;
    this.#pods.delete(name);
    const target = targetNodeOf(known.spec) ?? "";
    const others = (this.#podsAt.get(target) ?? NO_PODS).filter((pod) => pod !== known);
    if (others.length === 0) this.#podsAt.delete(target);
    else this.#podsAt.set(target, others);
    this.#changed.add(target);
    this.#countRevision(known, -1);
  }

  /** Takes in what has changed, and what time has made available. */
  look(nowMs: number): void {
    for (const name of [...this.#changed, ...this.#having.ripening]) {
      const traits = traitsOf(this.at(name), this, nowMs);
      for (const trait of TRAITS) {
        if (traits[trait]) this.#having[trait].add(name);
        else this.#having[trait].delete(name);
      }
    }
    this.#changed.clear();
  }

  at(name: string): Place {
    const eligibility = this.#nodes.get(name);
    const pods = this.#podsAt.get(name) ?? NO_PODS;
    return { name, isNode: eligibility !== undefined, pods, ...(eligibility ?? NOWHERE) };
  }

  count(trait: PlaceTrait): number {
    return this.#having[trait].size;
  }

  /** Places of which it was so at the last look. */
  *those(trait: PlaceTrait): Generator<Place> {
    for (const name of this.#having[trait]) yield this.at(name);
  }

  isAvailable(pod: Pod, nowMs: number): boolean {
    return isPodAvailable(pod, this.#minReadySeconds, nowMs);
  }

  isOutdated({ metadata: { labels, deletionTimestamp } }: Pod): boolean {
    return labels?.[REVISION] !== this.options.hash && deletionTimestamp === undefined;
  }

  #countRevision({ metadata: { labels } }: Pod, by: 1 | -1): void {
    const revision = labels?.[REVISION] ?? "";
    const count = (this.#revisions.get(revision) ?? 0) + by;
    if (count === 0) this.#revisions.delete(revision);
    else this.#revisions.set(revision, count);
  }
}

const TRAITS: readonly PlaceTrait[] = [
  "wanted",
  "taken",
  "misplaced",
  "ready",
  "available",
  "updated",
  "served",
  "lacking",
  "crowded",
  "outdated",
  "ripening",
];

/** Source: kubernetes pkg/controller/daemon/daemon_controller.go, updateDaemonSetStatus and podsShouldBeOnNode; update.go, rollingUpdate. */
function traitsOf(place: Place, places: Places, nowMs: number): PlaceTraits {
  const { pods, shouldRun: wanted, isNode } = place;
  const first = wanted ? pods[0] : undefined;
  const isAvailable = (pod: Pod): boolean => places.isAvailable(pod, nowMs);
  return {
    wanted,
    taken: first !== undefined,
    misplaced: isNode && !wanted && pods.length > 0,
    ready: first !== undefined && isPodReady(first),
    available: first !== undefined && isAvailable(first),
    updated: first?.metadata.labels?.[REVISION] === places.options.hash,
    served: wanted && pods.some((pod) => pod.metadata.deletionTimestamp === undefined && isAvailable(pod)),
    lacking: wanted && pods.length === 0,
    crowded: pods.length > 0 && surplusOf(place).length > 0,
    outdated: wanted && pods.some((pod) => places.isOutdated(pod)),
    ripening: pods.some((pod) => isPodReady(pod) && !isAvailable(pod)),
  };
}

/** A pod that has to go. */
export interface DaemonPodDeletion {
  readonly pod: Pod;
  /** The pod had ended; it is replaced and told of by an event. */
  readonly failed: boolean;
}

/**
 * Which pods have to leave a place: all of them where none may stay; else ended ones go and only the first of the others stays.
 * Pods bound to a node that is gone are left to the pod garbage collector; those not yet bound can only be removed here.
 */
export function surplusOf({ pods, isNode, shouldStay }: Place): readonly DaemonPodDeletion[] {
  const there = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined);
  const as = (failed: boolean) => (pod: Pod) => ({ pod, failed });
  if (!isNode) return there.filter((pod) => !pod.spec.nodeName).map(as(false));
  if (!shouldStay) return there.map(as(false));
  return [
    ...there.filter(hasEnded).map(as(true)),
    ...there
      .filter((pod) => !hasEnded(pod))
      .slice(1)
      .map(as(false)),
  ];
}

/** Bound ones first, then older ones. Source: daemon_controller.go, podByCreationTimestampAndPhase. */
function byAge(one: Pod, other: Pod): number {
  const [isBound, isOtherBound] = [Boolean(one.spec.nodeName), Boolean(other.spec.nodeName)];
  if (isBound !== isOtherBound) return isBound ? -1 : 1;
  const later = createdAt(one) - createdAt(other);
  if (later !== 0) return later;
  return one.metadata.name < other.metadata.name ? -1 : 1;
}

function hasEnded({ status }: Pod): boolean {
  return status?.phase === "Failed" || status?.phase === "Succeeded";
}
