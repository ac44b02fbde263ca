import type { Node, Pod, PodSpec } from "#api/kubernetes/core";
import { type Amounts, amountsOf, isPodTerminal, podRequests } from "#kube/apimachinery";

/** The shares of cpu and memory that pods ask for, and the larger of them. */
export interface Utilization {
  readonly cpu: number;
  readonly memory: number;
  readonly most: number;
}

/** How much of the node its pods ask for. Source: cluster-autoscaler simulator/utilization/info.go. */
export function utilizationOf({ status }: Node, pods: readonly Pod[]): Utilization {
  const allocatable = amountsOf(status?.allocatable);
  const taken = requestedBy(pods.filter((pod) => !isPodTerminal(pod)));
  const share = (resource: string): number => (taken.get(resource) ?? 0) / (allocatable.get(resource) ?? Number.POSITIVE_INFINITY);
  const [cpu, memory] = [share("cpu"), share("memory")];
  return { cpu, memory, most: Math.max(cpu, memory) };
}

/** What the pods ask for together. */
export function requestedBy(pods: readonly Pick<Pod, "spec">[]): Amounts {
  const sum = new Map<string, number>();
  for (const { spec } of pods) for (const [resource, amount] of requestsOf(spec)) sum.set(resource, (sum.get(resource) ?? 0) + amount);
  return sum;
}

/** Objects of the API are shared and never change: what follows from a spec is found once. */
const requests = new WeakMap<PodSpec, Amounts>();

/** What the pod asks for of a node. */
export function requestsOf(spec: PodSpec): Amounts {
  let known = requests.get(spec);
  if (known === undefined) requests.set(spec, (known = podRequests(spec)));
  return known;
}
