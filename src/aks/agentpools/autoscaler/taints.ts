import type { Node, Taint } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import { isStatus } from "#api/kubernetes/status";
import type { ClusterView } from "../../cluster-view.ts";

/** On a node that is to go. Source: cluster-autoscaler utils/taints, ToBeDeletedTaint; its value is the time in seconds. */
export const TO_BE_DELETED = "ToBeDeletedByClusterAutoscaler";
/** On a node that is not needed. Source: as above, DeletionCandidateTaint. */
export const CANDIDATE = "DeletionCandidateOfClusterAutoscaler";

type Key = typeof TO_BE_DELETED | typeof CANDIDATE;

/** Since when the node has the taint, milliseconds since the epoch; undefined without it. */
export function taintedSince(node: Node, key: Key): number | undefined {
  const taint = node.spec.taints?.find((each) => each.key === key);
  if (taint === undefined) return undefined;
  const seconds = Number(taint.value);
  return Number.isFinite(seconds) ? seconds * 1000 : 0;
}

/** Puts the taint on the node, with the time. A node that changes meanwhile is left as it is: the next look tells. */
export async function mark(view: ClusterView, node: Node, key: Key, nowMs: number): Promise<boolean> {
  const effect = key === CANDIDATE ? "PreferNoSchedule" : "NoSchedule";
  // Rounded up: a wait that counts from here is never too short.
  const taint: Taint = { key, value: String(Math.ceil(nowMs / 1000)), effect };
  return setTaints(view, node, [...others(node, [key]), taint]);
}

/** Takes the taints off the node. */
export async function unmark(view: ClusterView, node: Node, keys: readonly Key[] = [TO_BE_DELETED, CANDIDATE]): Promise<void> {
  const left = others(node, keys);
  if (left.length !== (node.spec.taints ?? []).length) await setTaints(view, node, left);
}

function others({ spec }: Node, keys: readonly string[]): Taint[] {
  return (spec.taints ?? []).filter(({ key }) => !keys.includes(key));
}

/** Whether the node has got the taints. */
async function setTaints({ client }: ClusterView, { metadata }: Node, taints: readonly Taint[]): Promise<boolean> {
  const body = { metadata: { resourceVersion: metadata.resourceVersion }, spec: { taints: taints.length > 0 ? taints : null } };
  try {
    await client.patch<Node>(resources.nodes, { name: metadata.name }, { type: "merge", body });
    return true;
  } catch (error) {
    if (isStatus(error, "NotFound") || isStatus(error, "Conflict")) return false;
    throw error;
  }
}
