import type { Pod } from "#api/kubernetes/core";
import { type Amounts, amountsOf, podRequests, requiredNodeMatcher } from "#kube/apimachinery";
import type { NodeRuntime } from "../nodes/node-runtime.ts";

/** Why a kubelet does not run a pod that was bound to it. */
export interface PodRejection {
  readonly reason: string;
  readonly message: string;
}

/**
 * Admits a pod to the node and counts it, or says why not. Extended resources that the node does not offer are not asked for,
 * as in a kubelet. Source: pkg/kubelet/lifecycle/predicate.go, Admit and generalFilter.
 */
export function admitPod(key: string, pod: Pod, node: NodeRuntime): PodRejection | undefined {
  const requests = podRequests(pod.spec);
  const rejection = insufficientResource(requests, node) ?? mismatch(pod, node);
  if (rejection === undefined) node.admitted.add(key, requests);
  return rejection;
}

function insufficientResource(requests: Amounts, node: NodeRuntime): PodRejection | undefined {
  const allocatable = amountsOf(node.allocatable);
  const places = allocatable.get("pods") ?? 0;
  if (node.admitted.count >= places) return outOf("pods", 1, node.admitted.count, places);
  for (const [resource, amount] of requests) {
    const capacity = allocatable.get(resource);
    if (amount === 0 || capacity === undefined) continue;
    const used = node.admitted.used(resource);
    if (amount > capacity - used) return outOf(resource, amount, used, capacity);
  }
  return undefined;
}

// The parameters are the numbers of the message, in its order.
function outOf(resource: string, requested: number, used: number, capacity: number): PodRejection {
  return {
    reason: `OutOf${resource}`,
    message: `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
  };
}

function mismatch({ spec }: Pod, node: NodeRuntime): PodRejection | undefined {
  return requiredNodeMatcher(spec)({ name: node.name, labels: node.labels }) ? undefined : node.release.affinityRejection;
}
