import type { Node, Pod } from "#api/kubernetes/core";
import type { DaemonSet } from "#api/kubernetes/workloads";
import { isPodAvailable, isPodReady, scaledValue } from "#kube/apimachinery";
import { createdAt } from "../pods.ts";
import { REVISION } from "../revisions.ts";
import { type Eligibility, eligibilityOf, targetNodeOf } from "./eligibility.ts";

/** Pods created or deleted in one run at most. Source: kubernetes pkg/controller/daemon/daemon_controller.go, BurstReplicas. */
export const BURST_DAEMONS = 250;

/** What a daemon set's run looks at. */
export interface DaemonSetObservation {
  readonly daemonSet: DaemonSet;
  readonly nodes: Iterable<Node>;
  /** Pods that the daemon set controls. */
  readonly pods: readonly Pod[];
  /** Value of {@link REVISION} for the present template. */
  readonly hash: string;
  readonly nowMs: number;
}

/** Nodes that need a pod, and pods that have to go. */
export interface DaemonSetPlan {
  readonly create: readonly string[];
  readonly delete: readonly DaemonPodDeletion[];
}

export interface DaemonPodDeletion {
  readonly pod: Pod;
  /** The pod had ended; it is replaced and told of by an event. */
  readonly failed: boolean;
}

/** A node with what the daemon set has and wants there. */
interface Place extends Eligibility {
  readonly name: string;
  /** Oldest first. */
  readonly pods: readonly Pod[];
}

interface Layout {
  readonly places: readonly Place[];
  /** Pods for nodes that do not exist. */
  readonly strays: readonly Pod[];
}

const NO_PODS: readonly Pod[] = [];

function layoutOf({ daemonSet, nodes, pods }: DaemonSetObservation): Layout {
  const byNode = new Map<string, Pod[]>();
  for (const pod of pods) {
    const target = targetNodeOf(pod.spec) ?? "";
    const there = byNode.get(target);
    if (there === undefined) byNode.set(target, [pod]);
    else there.push(pod);
  }
  const eligible = eligibilityOf(daemonSet);
  const places: Place[] = [];
  for (const node of nodes) {
    const { name } = node.metadata;
    const there = byNode.get(name) ?? NO_PODS;
    byNode.delete(name);
    const { shouldRun, shouldStay } = eligible(node);
    const pods = there.length > 1 ? there.toSorted((a, b) => createdAt(a) - createdAt(b)) : there;
    places.push({ name, pods, shouldRun, shouldStay });
  }
  return { places, strays: [...byNode.values()].flat() };
}

/**
 * One pod on each eligible node, none elsewhere; then the rolling update. Pods bound to a node that is gone are left to
 * the pod garbage collector; those not yet bound can only be removed here.
 * Source: kubernetes daemon_controller.go, manage and podsShouldBeOnNode; update.go, rollingUpdate.
 */
export function planDaemonSet(observation: DaemonSetObservation): DaemonSetPlan {
  if (observation.daemonSet.metadata.deletionTimestamp !== undefined) return { create: [], delete: [] };
  const { places, strays } = layoutOf(observation);
  const create: string[] = [];
  const removed = new Map<Pod, DaemonPodDeletion>();
  const remove = (pod: Pod, failed = false): void => {
    if (pod.metadata.deletionTimestamp === undefined) removed.set(pod, { pod, failed });
  };
  for (const place of places) {
    if (place.shouldRun && place.pods.length === 0) create.push(place.name);
    else if (place.pods.length > 0 && !place.shouldStay) for (const pod of place.pods) remove(pod);
    else if (place.shouldStay) keepOne(place, remove);
  }
  for (const pod of strays) if (!pod.spec.nodeName) remove(pod);
  if (removed.size === 0 && create.length === 0) for (const pod of outdated(observation, places)) remove(pod);
  return { create: create.slice(0, BURST_DAEMONS), delete: [...removed.values()].slice(0, BURST_DAEMONS) };
}

/** Of the pods on one node, ended ones go and only the oldest of the others stays. */
function keepOne(place: Place, remove: (pod: Pod, failed?: boolean) => void): void {
  const ended = place.pods.filter((pod) => pod.status?.phase === "Failed" || pod.status?.phase === "Succeeded");
  for (const pod of ended) remove(pod, true);
  const running = place.pods.filter((pod) => !ended.includes(pod) && pod.metadata.deletionTimestamp === undefined);
  for (const pod of running.slice(1)) remove(pod);
}

/** Pods of former templates that may go now: those that are not available, and as many others as may be missing. */
function outdated({ daemonSet, hash, nowMs }: DaemonSetObservation, places: readonly Place[]): Pod[] {
  if (daemonSet.spec.updateStrategy?.type === "OnDelete") return [];
  const minReadySeconds = daemonSet.spec.minReadySeconds ?? 0;
  const wanted = places.filter((place) => place.shouldRun);
  const isAvailable = (pod: Pod): boolean => isPodAvailable(pod, minReadySeconds, nowMs) && pod.metadata.deletionTimestamp === undefined;
  const unavailable = wanted.filter((place) => !place.pods.some(isAvailable)).length;
  const limit = scaledValue(daemonSet.spec.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1, wanted.length, "up") ?? 1;
  const old = wanted.flatMap((place) => place.pods).filter((pod) => pod.metadata.labels?.[REVISION] !== hash);
  const replaceable = old.filter((pod) => pod.metadata.deletionTimestamp === undefined);
  const broken = replaceable.filter((pod) => !isAvailable(pod));
  return [...broken, ...replaceable.filter(isAvailable).slice(0, Math.max(limit - unavailable, 0))];
}

/** The status of a daemon set. Source: kubernetes daemon_controller.go, updateDaemonSetStatus. */
export function daemonSetStatus(observation: DaemonSetObservation): NonNullable<DaemonSet["status"]> {
  const { daemonSet, hash, nowMs } = observation;
  const { places } = layoutOf(observation);
  const wanted = places.filter((place) => place.shouldRun);
  const first = wanted.map((place) => place.pods[0]).filter((pod) => pod !== undefined);
  const available = first.filter((pod) => isPodAvailable(pod, daemonSet.spec.minReadySeconds ?? 0, nowMs)).length;
  const updated = first.filter((pod) => pod.metadata.labels?.[REVISION] === hash).length;
  const unavailable = wanted.length - available;
  return {
    currentNumberScheduled: first.length,
    numberMisscheduled: places.filter((place) => !place.shouldRun && place.pods.length > 0).length,
    desiredNumberScheduled: wanted.length,
    numberReady: first.filter(isPodReady).length,
    ...(daemonSet.metadata.generation !== undefined && { observedGeneration: daemonSet.metadata.generation }),
    ...(updated > 0 && { updatedNumberScheduled: updated }),
    ...(available > 0 && { numberAvailable: available }),
    ...(unavailable > 0 && { numberUnavailable: unavailable }),
  };
}
