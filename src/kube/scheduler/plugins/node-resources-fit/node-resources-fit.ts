import type { FilterPlugin } from "../../framework/plugin.ts";
import type { FilterStatus } from "../../framework/status.ts";
import type { NodeState } from "../../node-state.ts";
import type { PodAmounts } from "../../pod-to-place.ts";
import type { PluginArguments } from "../../profiles/plugin-arguments.ts";
import type { SchedulerRelease } from "../../release.ts";
import { isExtendedResource } from "./resource-names.ts";

const NAME = "NodeResourcesFit";

/** Rejects nodes that lack a resource or a place, and says every one that is missing. Source: plugins/noderesources/fit.go. */
export const nodeResourcesFit: FilterPlugin = {
  name: NAME,
  prepare({ amounts }, { release, plugins }) {
    const asked = amounts.extended.length === 0 ? amounts : withoutIgnored(amounts, plugins);
    return { scope: "node", check: (node) => (fits(node, asked) ? undefined : rejectionOf(node, asked, release)) };
  },
};

/** Extended resources that the profile leaves to others, by their name or by what stands before its slash. */
function withoutIgnored(amounts: PodAmounts, { fit: { ignoredResources, ignoredResourceGroups } }: PluginArguments): PodAmounts {
  if (ignoredResources.size + ignoredResourceGroups.size === 0) return amounts;
  const isIgnored = (resource: string): boolean =>
    isExtendedResource(resource) && (ignoredResources.has(resource) || ignoredResourceGroups.has(resource.slice(0, resource.indexOf("/"))));
  return { ...amounts, extended: amounts.extended.filter(([resource]) => !isIgnored(resource)) };
}

/** The common case: no array is made and nothing is looked up. */
function fits(node: NodeState, { cpu, memory, ephemeralStorage, extended }: PodAmounts): boolean {
  return (
    node.podCount < node.allocatablePods &&
    (cpu === 0 || cpu <= node.allocatableCpu - node.requestedCpu) &&
    (memory === 0 || memory <= node.allocatableMemory - node.requestedMemory) &&
    (ephemeralStorage === 0 || ephemeralStorage <= node.allocatableEphemeralStorage - node.requestedEphemeralStorage) &&
    extended.every(([resource, amount]) => amount <= extendedLeft(node, resource))
  );
}

function extendedLeft(node: NodeState, resource: string): number {
  return (node.allocatableExtended.get(resource) ?? 0) - (node.requestedExtended.get(resource) ?? 0);
}

function rejectionOf(node: NodeState, amounts: PodAmounts, release: SchedulerRelease): FilterStatus {
  const reasons: string[] = [];
  let isOversize = false;
  const compare = (resource: string, amount: number, allocatable: number, requested: number): void => {
    if (amount === 0 || amount <= allocatable - requested) return;
    reasons.push(`Insufficient ${resource}`);
    if (amount > allocatable) isOversize = true;
  };
  if (node.podCount >= node.allocatablePods) reasons.push(release.tooManyPodsReason);
  compare("cpu", amounts.cpu, node.allocatableCpu, node.requestedCpu);
  compare("memory", amounts.memory, node.allocatableMemory, node.requestedMemory);
  compare("ephemeral-storage", amounts.ephemeralStorage, node.allocatableEphemeralStorage, node.requestedEphemeralStorage);
  for (const [resource, amount] of amounts.extended) {
    compare(resource, amount, node.allocatableExtended.get(resource) ?? 0, node.requestedExtended.get(resource) ?? 0);
  }
  const code = isOversize && release.isOversizeUnresolvable ? "UnschedulableAndUnresolvable" : "Unschedulable";
  return { code, plugins: [NAME], reasons };
}
