import type { DaemonSet } from "#api/kubernetes/workloads";
import type { Pod } from "#api/kubernetes/core";
import { scaledValue } from "#kube/apimachinery";
import { type DaemonPodDeletion, type Places, surplusOf } from "./places.ts";

/** Pods created or deleted in one run at most. Source: kubernetes pkg/controller/daemon/daemon_controller.go, BurstReplicas. */
export const BURST_DAEMONS = 250;

/** Nodes that need a pod, and pods that have to go. */
export interface DaemonSetPlan {
  readonly create: readonly string[];
  readonly delete: readonly DaemonPodDeletion[];
}

/**
 * One pod on each eligible node, none elsewhere; then the rolling update. `places` have looked at the present.
 * Source: kubernetes daemon_controller.go, manage; update.go, rollingUpdate.
 */
export function planDaemonSet(places: Places, daemonSet: DaemonSet, nowMs: number): DaemonSetPlan {
  if (daemonSet.metadata.deletionTimestamp !== undefined) return { create: [], delete: [] };
  const create = upTo(BURST_DAEMONS, places.those("lacking")).map(({ name }) => name);
  const surplus = upTo(BURST_DAEMONS, places.those("crowded")).flatMap(surplusOf);
  if (create.length > 0 || surplus.length > 0) return { create, delete: surplus.slice(0, BURST_DAEMONS) };
  const old = outdated(places, daemonSet, nowMs).slice(0, BURST_DAEMONS);
  return { create, delete: old.map((pod) => ({ pod, failed: false })) };
}

function upTo<T>(limit: number, items: Iterable<T>): T[] {
  const taken: T[] = [];
  for (const item of items) if (taken.push(item) === limit) break;
  return taken;
}

/** Pods of former templates that may go now: those that are not available, and as many others as may be missing. */
function outdated(places: Places, { spec: { updateStrategy } }: DaemonSet, nowMs: number): Pod[] {
  if (updateStrategy?.type === "OnDelete" || places.count("outdated") === 0) return [];
  const wanted = places.count("wanted");
  const unavailable = wanted - places.count("served");
  const limit = scaledValue(updateStrategy?.rollingUpdate?.maxUnavailable ?? 1, wanted, "up") ?? 1;
  const old = [...places.those("outdated")].flatMap(({ pods }) => pods.filter((pod) => places.isOutdated(pod)));
  const isAvailable = (pod: Pod): boolean => places.isAvailable(pod, nowMs);
  return [...old.filter((pod) => !isAvailable(pod)), ...old.filter(isAvailable).slice(0, Math.max(limit - unavailable, 0))];
}

/** The status of a daemon set. Source: kubernetes daemon_controller.go, updateDaemonSetStatus. */
export function daemonSetStatus(places: Places, { metadata: { generation } }: DaemonSet): NonNullable<DaemonSet["status"]> {
  const [wanted, updated, available] = [places.count("wanted"), places.count("updated"), places.count("available")];
  const unavailable = wanted - available;
  return {
    currentNumberScheduled: places.count("taken"),
    numberMisscheduled: places.count("misplaced"),
    desiredNumberScheduled: wanted,
    numberReady: places.count("ready"),
    ...(generation !== undefined && { observedGeneration: generation }),
    ...(updated > 0 && { updatedNumberScheduled: updated }),
    ...(available > 0 && { numberAvailable: available }),
    ...(unavailable > 0 && { numberUnavailable: unavailable }),
  };
}
