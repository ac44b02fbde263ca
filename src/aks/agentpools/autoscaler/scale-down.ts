import type { Pod } from "#api/kubernetes/core";
import type { PodDisruptionBudget } from "#api/kubernetes/workloads";
import { isDaemonPod } from "#kube/apimachinery";
import { blockerOf, podsToMove } from "./blockers.ts";
import { fits, type Place, type Utilization, utilizationOf, withPod } from "./place.ts";
import type { AutoscalerSettings } from "./settings.ts";

/** A node of an autoscaled pool, as decisions see it. */
export interface Member {
  /** Its pool. */
  readonly group: string;
  /** With its pods. */
  readonly place: Place;
  readonly pods: readonly Pod[];
  readonly ready: boolean;
  /** `cluster-autoscaler.kubernetes.io/scale-down-disabled`. */
  readonly kept: boolean;
  /** Since when it has not been needed, as its taint says. Milliseconds since the epoch. */
  readonly unneededMs?: number | undefined;
}

export interface ScaleDownRequest {
  readonly members: readonly Member[];
  /** Nodes outside autoscaled pools that take pods, too. */
  readonly others: readonly Place[];
  /** How many nodes each pool can spare; one that cannot be changed now spares none. */
  readonly spare: ReadonlyMap<string, number>;
  readonly budgets: readonly PodDisruptionBudget[];
  readonly settings: AutoscalerSettings;
  /** The times of the settings, as long as they are here. Milliseconds. */
  readonly unneededMs: number;
  readonly unreadyMs: number;
  /** Whether delays or a scale-up forbid removals now. */
  readonly cooling: boolean;
  /** Whether a node is being emptied already. */
  readonly draining: boolean;
  readonly release: string;
  readonly nowMs: number;
}

/** A node that is to go. */
export interface Removal {
  readonly node: string;
  readonly group: string;
  readonly utilization: Utilization;
  /** Pods to evict first; empty for an empty node. */
  readonly pods: readonly Pod[];
}

export interface ScaleDown {
  /** Nodes that nothing needs. */
  readonly unneeded: readonly string[];
  readonly removals: readonly Removal[];
}

/**
 * Which nodes are not needed, and which of them go now: all that are empty, up to a number, or one whose pods have room
 * elsewhere. A node that has pods is taken for unneeded only while no other takes the same room.
 * Source: kubernetes/autoscaler cluster-autoscaler FAQ.md, "How does scale-down work?".
 */
export function planScaleDown(request: ScaleDownRequest): ScaleDown {
  const unneeded = findUnneeded(request);
  if (request.cooling) return { unneeded: unneeded.map(({ node }) => node), removals: [] };
  const members = new Map(request.members.map((member) => [member.place.name, member]));
  const due = unneeded.filter(({ node }) => isDue(request, members.get(node)));
  const left = new Map(request.spare);
  const spared = (removal: Removal): boolean => {
    const spare = left.get(removal.group) ?? 0;
    if (spare > 0) left.set(removal.group, spare - 1);
    return spare > 0;
  };
  const empty = due
    .filter(({ pods }) => pods.length === 0)
    .slice(0, request.settings.maxEmptyBulkDelete)
    .filter(spared);
  const full = empty.length > 0 || request.draining ? undefined : due.filter(({ pods }) => pods.length > 0).find(spared);
  return { unneeded: unneeded.map(({ node }) => node), removals: full === undefined ? empty : [full] };
}

function isDue({ nowMs, unneededMs, unreadyMs }: ScaleDownRequest, member: Member | undefined): boolean {
  if (member?.unneededMs === undefined) return false;
  return nowMs - member.unneededMs >= (member.ready ? unneededMs : unreadyMs);
}

/** Nodes with pods for which a place elsewhere is looked for. Source: cluster-autoscaler FAQ.md, scale-down-non-empty-candidates-count. */
const MAX_TRIED = 30;

/** The emptiest first; each that would go takes its room with it and leaves its pods to the rest. */
function findUnneeded(request: ScaleDownRequest): readonly Removal[] {
  const { members, others, settings } = request;
  const rooms = new Map([...members.filter(({ ready }) => ready).map(({ place }) => place), ...others].map((place) => [place.name, place]));
  const candidates = members
    .filter(({ kept, group }) => !kept && (request.spare.get(group) ?? 0) > 0)
    .map((member) => ({ member, utilization: utilizationOf(measured(member, settings)), pods: podsToMove(member.pods, request.nowMs) }))
    .filter(({ member, utilization }) => !member.ready || utilization.most < settings.utilizationThreshold)
    .sort((a, b) => Number(a.pods.length > 0) - Number(b.pods.length > 0) || a.utilization.most - b.utilization.most);
  const found: Removal[] = [];
  let tried = 0;
  for (const { member, utilization, pods } of candidates) {
    if (blockerOf(pods, request.budgets, settings) !== undefined) continue;
    if (pods.length > 0 && ++tried > MAX_TRIED) break;
    const node = member.place.name;
    const moved = moveAll(pods, rooms, { without: node, release: request.release });
    if (moved === undefined) continue;
    rooms.delete(node);
    for (const [name, place] of moved) rooms.set(name, place);
    found.push({ node, group: member.group, utilization, pods });
  }
  return found;
}

/** The places that have changed when each pod has found one; undefined when some pod finds none. */
function moveAll(
  pods: readonly Pod[],
  rooms: ReadonlyMap<string, Place>,
  { without, release }: { readonly without: string; readonly release: string },
): ReadonlyMap<string, Place> | undefined {
  const changed = new Map<string, Place>();
  for (const pod of pods) {
    const room = roomFor(pod);
    if (room === undefined) return undefined;
    changed.set(room.name, withPod(room, pod));
  }
  return changed;

  function roomFor(pod: Pod): Place | undefined {
    for (const [name, place] of rooms) {
      const room = changed.get(name) ?? place;
      if (name !== without && fits(pod, room, release)) return room;
    }
    return undefined;
  }
}

/** The node as its utilization is reckoned: with its daemon sets' pods or without. */
function measured({ place, pods }: Member, { ignoreDaemonSets }: AutoscalerSettings): Place {
  if (!ignoreDaemonSets) return place;
  return pods.filter((pod) => !isDaemonPod(pod)).reduce<Place>(withPod, { ...place, taken: new Map(), pods: 0 });
}
