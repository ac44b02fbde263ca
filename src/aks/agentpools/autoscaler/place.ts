import type { Pod, PodSpec, ResourceList, Taint } from "#api/kubernetes/core";
import { type Amounts, amountsOf, findUntoleratedTaint, isReleaseAtLeast, podRequests, requiredNodeMatcher } from "#kube/apimachinery";

/** A node that is there, or that would be, with what is left of it. */
export interface Place {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly allocatable: Amounts;
  /** What its pods ask for. */
  readonly taken: Amounts;
  readonly pods: number;
  /** `TCP/80` of the node that its pods take. */
  readonly ports: ReadonlySet<string>;
}

/** An empty place. */
export function emptyPlace(node: {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly allocatable: Readonly<ResourceList>;
}): Place {
  return { ...node, allocatable: amountsOf(node.allocatable), taken: new Map(), pods: 0, ports: new Set() };
}

/** A place with everything that runs there. */
export function occupied(place: Place, pods: readonly Pick<Pod, "spec">[]): Place {
  const taken = new Map(place.taken);
  const ports = new Set(place.ports);
  for (const { spec } of pods) {
    for (const [resource, amount] of requestsOf(spec)) taken.set(resource, (taken.get(resource) ?? 0) + amount);
    for (const port of hostPorts(spec)) ports.add(port);
  }
  return { ...place, taken, ports, pods: place.pods + pods.length };
}

/** The place with one pod more. */
export function withPod(place: Place, pod: Pick<Pod, "spec">): Place {
  return occupied(place, [pod]);
}

/**
 * Why the pod cannot go there, in the words of the cluster's scheduler; empty when it can. What it looks at: taints, node
 * selector and required node affinity, ports of the node, and resources, in this order; the first that rejects speaks.
 * Source: kubernetes pkg/scheduler, plugins tainttoleration, nodeaffinity, nodeports, noderesources.
 * @param release of the cluster, `1.34.2`.
 */
export function refusals({ spec }: Pick<Pod, "spec">, place: Place, release: string): readonly string[] {
  const taint = findUntoleratedTaint(place.taints, spec.tolerations);
  if (taint !== undefined) return [taintReason(taint, release)];
  if (!matcherOf(spec)(place)) return [affinityReason(release)];
  if (hostPorts(spec).some((port) => place.ports.has(port))) return ["node(s) didn't have free ports for the requested pod ports"];
  const short = [...requestsOf(spec)].filter(
    ([resource, amount]) => amount > 0 && (place.taken.get(resource) ?? 0) + amount > (place.allocatable.get(resource) ?? 0),
  );
  const crowded = place.pods + 1 > (place.allocatable.get("pods") ?? Number.POSITIVE_INFINITY);
  return [...(crowded ? ["Too many pods"] : []), ...short.map(([resource]) => `Insufficient ${resource}`)];
}

/** Whether the pod can go there. */
export function fits(pod: Pick<Pod, "spec">, place: Place, release: string): boolean {
  return refusals(pod, place, release).length === 0;
}

/** The share of cpu or memory, whichever is larger, that pods ask for. Source: cluster-autoscaler simulator/utilization/info.go. */
export function utilizationOf({ allocatable, taken }: Place): Utilization {
  const share = (resource: string): number => (taken.get(resource) ?? 0) / (allocatable.get(resource) ?? Number.POSITIVE_INFINITY);
  const [cpu, memory] = [share("cpu"), share("memory")];
  return { cpu, memory, most: Math.max(cpu, memory) };
}

export interface Utilization {
  readonly cpu: number;
  readonly memory: number;
  readonly most: number;
}

/** Source: plugins/tainttoleration/taint_toleration.go of 1.17, 1.20 and 1.34. */
function taintReason({ key, value = "" }: Taint, release: string): string {
  if (isReleaseAtLeast(release, "1.24.0")) return `node(s) had untolerated taint {${key}: ${value}}`;
  return `node(s) had taint {${key}: ${value}}, that the pod didn't tolerate`;
}

/** Source: plugins/nodeaffinity/node_affinity.go, ErrReasonPod, of 1.20 and 1.22. */
function affinityReason(release: string): string {
  if (isReleaseAtLeast(release, "1.22.0")) return "node(s) didn't match Pod's node affinity/selector";
  return isReleaseAtLeast(release, "1.21.0") ? "node(s) didn't match Pod's node affinity" : "node(s) didn't match node selector";
}

/** Objects of the API are shared and never change: what follows from a spec is found once. */
const requests = new WeakMap<PodSpec, Amounts>();
const matchers = new WeakMap<PodSpec, ReturnType<typeof requiredNodeMatcher>>();

/** What the pod asks for of a node. */
export function requestsOf(spec: PodSpec): Amounts {
  let known = requests.get(spec);
  if (known === undefined) requests.set(spec, (known = podRequests(spec)));
  return known;
}

function matcherOf(spec: PodSpec): ReturnType<typeof requiredNodeMatcher> {
  let known = matchers.get(spec);
  if (known === undefined) matchers.set(spec, (known = requiredNodeMatcher(spec)));
  return known;
}

function hostPorts(spec: PodSpec): readonly string[] {
  return spec.containers.flatMap(({ ports = [] }) =>
    ports.flatMap(({ hostPort = 0, protocol = "TCP" }) => (hostPort > 0 ? [`${protocol}/${hostPort}`] : [])),
  );
}
