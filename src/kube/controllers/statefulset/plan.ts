import type { Pod } from "#api/kubernetes/core";
import type { StatefulSet } from "#api/kubernetes/workloads";
import { isPodAvailable, isPodReady, isPodTerminal } from "#kube/apimachinery";
import { ordinalOf, revisionOf } from "./identity.ts";

/** What is to be done with the pods of a set. */
export interface StatefulSetPlan {
  /** Pods to make, and by which revision. */
  readonly create: readonly { readonly ordinal: number; readonly revision: "current" | "update" }[];
  readonly remove: readonly Pod[];
}

export interface StatefulSetObservation {
  readonly set: StatefulSet;
  readonly pods: readonly Pod[];
  /** Name of the revision that is rolled out. */
  readonly updateRevision: string;
  readonly nowMs: number;
}

const nothing: StatefulSetPlan = { create: [], remove: [] };

/**
 * The next steps: in order, one pod at a time, unless the set is managed in parallel.
 * Source: kubernetes pkg/controller/statefulset/stateful_set_control.go, updateStatefulSet.
 */
export function planStatefulSet(observation: StatefulSetObservation): StatefulSetPlan {
  const { set } = observation;
  if (set.metadata.deletionTimestamp !== undefined) return nothing;
  const start = set.spec.ordinals?.start ?? 0;
  const replicas = set.spec.replicas ?? 1;
  const byOrdinal = new Map(
    observation.pods.flatMap((pod) => {
      const ordinal = ordinalOf(set, pod);
      return ordinal === undefined ? [] : [[ordinal, pod] as const];
    }),
  );
  const ordinals = Array.from({ length: replicas }, (_, index) => start + index);
  const condemned = [...byOrdinal]
    .filter(([ordinal]) => ordinal < start || ordinal >= start + replicas)
    .sort(([a], [b]) => b - a)
    .map(([, pod]) => pod);
  const parts: Parts = { ...observation, ordinals, byOrdinal, condemned, inOrder: set.spec.podManagementPolicy !== "Parallel" };
  return planReplicas(parts) ?? planCondemned(parts) ?? planUpdate(parts);
}

interface Parts extends StatefulSetObservation {
  readonly ordinals: readonly number[];
  readonly byOrdinal: ReadonlyMap<number, Pod>;
  /** Beyond the replicas, highest first. */
  readonly condemned: readonly Pod[];
  readonly inOrder: boolean;
}

/** Makes what is missing and replaces what has ended; undefined when every replica is there and may be built on. */
function planReplicas(parts: Parts): StatefulSetPlan | undefined {
  const create: { ordinal: number; revision: "current" | "update" }[] = [];
  const remove: Pod[] = [];
  let isHeld = false;
  for (const ordinal of parts.ordinals) {
    const pod = parts.byOrdinal.get(ordinal);
    if (pod === undefined) create.push({ ordinal, revision: revisionFor(parts, ordinal) });
    else if (isPodTerminal(pod) && pod.metadata.deletionTimestamp === undefined) remove.push(pod);
    else if (isSettled(parts, pod)) continue;
    isHeld = true;
    if (parts.inOrder) break;
  }
  if (create.length > 0 || remove.length > 0) return { create, remove };
  return isHeld && parts.inOrder ? nothing : undefined;
}

/** Ordinals below the partition, and those that the running update has not come to, stay at the current revision. */
function revisionFor({ set, ordinals }: Parts, ordinal: number): "current" | "update" {
  const { type, rollingUpdate } = set.spec.updateStrategy ?? {};
  if (type !== "RollingUpdate") return "update";
  const kept = rollingUpdate?.partition ?? set.status?.currentReplicas ?? 0;
  return ordinal < (ordinals[0] ?? 0) + kept ? "current" : "update";
}

function isSettled({ set, nowMs }: Parts, pod: Pod): boolean {
  return pod.metadata.deletionTimestamp === undefined && isPodReady(pod) && isPodAvailable(pod, set.spec.minReadySeconds ?? 0, nowMs);
}

function planCondemned(parts: Parts): StatefulSetPlan | undefined {
  const { condemned, inOrder } = parts;
  if (condemned.length === 0) return undefined;
  if (!inOrder) return { create: [], remove: condemned.filter(({ metadata }) => metadata.deletionTimestamp === undefined) };
  const [highest] = condemned;
  if (highest === undefined || highest.metadata.deletionTimestamp !== undefined) return nothing;
  // One that does not run may go when it is the lowest that does not: nothing would make it run.
  const firstUnsettled = [...condemned].reverse().find((pod) => !isSettled(parts, pod));
  return isSettled(parts, highest) || firstUnsettled === highest ? { create: [], remove: [highest] } : nothing;
}

/** Replaces pods of another revision from the highest ordinal down to the partition. */
function planUpdate({ set, ordinals, byOrdinal, updateRevision, ...parts }: Parts): StatefulSetPlan {
  const { type, rollingUpdate } = set.spec.updateStrategy ?? {};
  if (type === "OnDelete") return nothing;
  for (const ordinal of [...ordinals].reverse()) {
    if (ordinal < (ordinals[0] ?? 0) + (rollingUpdate?.partition ?? 0)) break;
    const pod = byOrdinal.get(ordinal);
    if (pod === undefined) break;
    if (revisionOf(pod) !== updateRevision && pod.metadata.deletionTimestamp === undefined) return { create: [], remove: [pod] };
    if (!isSettled({ ...parts, set, ordinals, byOrdinal, updateRevision }, pod)) break;
  }
  return nothing;
}
