import type { ResourceList } from "#api/kubernetes/core";
import { amountsOf } from "#kube/apimachinery";
import type { Template } from "./template.ts";
import { requestedBy } from "./usage.ts";

/**
 * Labels by which nodes of similar pools may differ.
 * Source: processors/nodegroupset/azure_nodegroups.go and compare_nodegroups.go, BasicIgnoredLabels.
 */
const OWN_LABELS: ReadonlySet<string> = new Set([
  "agentpool",
  "kubernetes.azure.com/agentpool",
  "kubernetes.azure.com/node-image-version",
  "kubernetes.io/hostname",
  "topology.kubernetes.io/zone",
  "topology.kubernetes.io/region",
  "failure-domain.beta.kubernetes.io/zone",
  "failure-domain.beta.kubernetes.io/region",
  "topology.disk.csi.azure.com/zone",
]);
/** Shares by which they may differ. Source: cluster-autoscaler config/autoscaling_options.go, NewDefaultNodeGroupDifferenceRatios. */
const MOST = { capacityMemory: 0.015, allocatable: 0.05, free: 0.05 } as const;

/** Whether nodes of two pools do the same for pods. Source: compare_nodegroups.go, IsCloudProviderNodeInfoSimilar. */
export function isSimilar(one: Template, other: Template): boolean {
  return (
    labelsOf(one) === labelsOf(other) &&
    isNear(one.node.status?.capacity, other.node.status?.capacity, (resource) => (resource === "memory" ? MOST.capacityMemory : 0)) &&
    isNear(one.node.status?.allocatable, other.node.status?.allocatable, () => MOST.allocatable) &&
    isNearlyAsFree(one, other)
  );
}

function labelsOf({ node }: Template): string {
  const shared = Object.entries(node.metadata.labels ?? {}).filter(([key]) => !OWN_LABELS.has(key));
  return JSON.stringify(shared.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isNear(one: ResourceList = {}, other: ResourceList = {}, most: (resource: string) => number): boolean {
  const [left, right] = [amountsOf(one), amountsOf(other)];
  if (left.size !== right.size) return false;
  return [...left].every(([resource, amount]) => isWithin(amount, right.get(resource), most(resource)));
}

function isNearlyAsFree(one: Template, other: Template): boolean {
  const free = ({ node, pods }: Template, resource: string): number =>
    (amountsOf(node.status?.allocatable).get(resource) ?? 0) - (requestedBy(pods).get(resource) ?? 0);
  return ["cpu", "memory"].every((resource) => isWithin(free(one, resource), free(other, resource), MOST.free));
}

function isWithin(one: number, other: number | undefined, most: number): boolean {
  if (other === undefined) return false;
  const larger = Math.max(one, other);
  return larger - Math.min(one, other) <= larger * most;
}

/** What is known of a pool's size. */
interface Sized {
  readonly name: string;
  readonly size: number;
  readonly max: number;
}

/** An addition of nodes. */
export interface Growth {
  readonly group: string;
  readonly from: number;
  readonly to: number;
  readonly max: number;
}

/** New nodes go one by one to the smallest of the pools. Source: processors/nodegroupset/balancing_processor.go. */
export function balanced(groups: readonly Sized[], added: number): readonly Growth[] {
  const sizes = groups.map(({ name, size, max }) => ({ group: name, from: size, to: size, max }));
  for (let count = 0; count < added; count++) {
    const open = sizes.filter(({ to, max }) => to < max).sort((a, b) => a.to - b.to)[0];
    if (open !== undefined) open.to++;
  }
  return sizes.filter(({ from, to }) => to > from);
}
