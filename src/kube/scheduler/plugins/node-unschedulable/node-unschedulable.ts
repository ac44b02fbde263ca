import type { Taint } from "#api/kubernetes/core";
import { isTolerated, TAINTS } from "#kube/apimachinery";
import type { FilterPlugin } from "../../framework/plugin.ts";
import { unresolvable } from "../../framework/status.ts";

const NAME = "NodeUnschedulable";
const TAINT: Taint = { key: TAINTS.unschedulable, effect: "NoSchedule" };
const REJECTION = unresolvable(NAME, "node(s) were unschedulable");

/** Rejects cordoned nodes, unless the pod tolerates their taint. Source: plugins/nodeunschedulable/node_unschedulable.go. */
export const nodeUnschedulable: FilterPlugin = {
  name: NAME,
  prepare({ pod }) {
    if (isTolerated(TAINT, pod.spec.tolerations)) return undefined;
    return { scope: "class", check: (node) => (node.isUnschedulable ? REJECTION : undefined) };
  },
};
