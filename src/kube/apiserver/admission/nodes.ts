import type { Node } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import { TAINTS } from "#kube/apimachinery";

/**
 * A new node is not ready until the node controller has seen it be, so that no pod comes too early.
 * Source: plugin/pkg/admission/nodetaint/admission.go, also in 1.12 (kubernetes#73298) and on by default since then.
 */
export function taintNewNode(object: KubeObject): void {
  const node = object as Node;
  const spec = (node.spec ??= {});
  const taints = spec.taints ?? [];
  if (taints.some(({ key, effect }) => key === TAINTS.notReady && effect === "NoSchedule")) return;
  spec.taints = [...taints, { key: TAINTS.notReady, effect: "NoSchedule" }];
}
