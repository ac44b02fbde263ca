import type { Rehearsal } from "#api/kubernetes/rehearsal";
import { isPodTerminal } from "#kube/apimachinery";
import { isExpendable } from "./expendable.ts";
import type { Scan } from "./observe.ts";

/**
 * The cluster as decisions are tried on it: all nodes with the pods that count there, those that another pod makes room for
 * included. Pods that are expendable are in nobody's way.
 * Source: cluster-autoscaler core/static_autoscaler.go, RunOnce, and core/utils/expendable.go.
 */
export function setStage(stage: Rehearsal, { view, pools }: Pick<Scan, "view" | "pools">): Rehearsal {
  for (const node of pools.flatMap(({ nodes }) => nodes)) {
    const pods = view.podsOn(node.metadata.name).filter((pod) => !isPodTerminal(pod) && !isExpendable(pod));
    stage.addNode(node, pods);
  }
  for (const pod of view.podsWithoutNode()) {
    const nominated = pod.status?.nominatedNodeName ?? "";
    if (nominated !== "" && !isExpendable(pod)) stage.put(pod, nominated);
  }
  return stage;
}
