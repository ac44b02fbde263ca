import type { Node, Pod } from "#api/kubernetes/core";
import type { Rehearsal } from "#api/kubernetes/rehearsal";
import type { PodDisruptionBudget } from "#api/kubernetes/workloads";
import { isDaemonPod } from "#kube/apimachinery";
import { blockerOf, podsToMove } from "./blockers.ts";
import type { AutoscalerSettings } from "./settings.ts";
import { TO_BE_DELETED } from "./taints.ts";
import { type Utilization, utilizationOf } from "./usage.ts";

/** A node of an autoscaled pool, as decisions see it. */
export interface Member {
  /** Its pool. */
  readonly group: string;
  readonly node: Node;
  readonly pods: readonly Pod[];
  readonly ready: boolean;
  /** `cluster-autoscaler.kubernetes.io/scale-down-disabled`. */
  readonly kept: boolean;
  /** Since when it has not been needed, as its taint says. Milliseconds since the epoch. */
  readonly unneededMs?: number | undefined;
}

export interface ScaleDownRequest {
  readonly members: readonly Member[];
  /** Nodes that take pods, those outside autoscaled pools too. */
  readonly destinations: readonly string[];
  /** The cluster to try moves on. It is asked for only when pods would have to move. */
  readonly stage: () => Rehearsal;
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
  const members = new Map(request.members.map((member) => [member.node.metadata.name, member]));
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
  const { members, settings } = request;
  const candidates = members
    .filter(({ kept, group }) => !kept && (request.spare.get(group) ?? 0) > 0)
    .map((member) => ({ member, utilization: measured(member, settings), pods: podsToMove(member.pods, request.nowMs) }))
    .filter(({ member, utilization }) => !member.ready || utilization.most < settings.utilizationThreshold)
    .sort((a, b) => Number(a.pods.length > 0) - Number(b.pods.length > 0) || a.utilization.most - b.utilization.most);
  const found: Removal[] = [];
  let tried = 0;
  for (const { member, utilization, pods } of candidates) {
    if (blockerOf(pods, request.budgets, settings) !== undefined) continue;
    if (pods.length > 0 && ++tried > MAX_TRIED) break;
    if (pods.length > 0 && !canMove(request, { member, pods, gone: found })) continue;
    found.push({ node: member.node.metadata.name, group: member.group, utilization, pods });
  }
  return found;
}

/**
 * Whether every pod has room elsewhere; then they are there from now on, and the node is gone. While they look it stands, empty
 * and tainted: for topology spread it counts. Source: simulator/cluster.go, findPlaceFor and replaceWithTaintedGhostNode.
 */
function canMove(
  { stage: stageOf, destinations, nowMs }: ScaleDownRequest,
  {
    member: { node },
    pods,
    gone,
  }: { readonly member: Pick<Member, "node">; readonly pods: readonly Pod[]; readonly gone: readonly Removal[] },
): boolean {
  const { name } = node.metadata;
  const stage = stageOf();
  for (const removal of gone) stage.removeNode(removal.node);
  const rooms = destinations.filter((each) => each !== name);
  const taint = { key: TO_BE_DELETED, value: String(Math.ceil(nowMs / 1000)), effect: "NoSchedule" } as const;
  const ghost = { ...node, spec: { ...node.spec, taints: [...(node.spec.taints ?? []), taint] } };
  return stage.attempt(
    () => {
      stage.addNode(ghost);
      for (const pod of pods) {
        const room = stage.find(pod, rooms);
        if (room === undefined) return false;
        stage.put(pod, room);
      }
      stage.removeNode(name);
      return true;
    },
    (moved) => moved,
  );
}

/** How much of the node is used: with its daemon sets' pods or without. */
function measured({ node, pods }: Member, { ignoreDaemonSets }: AutoscalerSettings): Utilization {
  return utilizationOf(node, ignoreDaemonSets ? pods.filter((pod) => !isDaemonPod(pod)) : pods);
}
