import type { NodeState } from "../../node-state.ts";
import type { PodToPlace } from "../../pod-to-place.ts";
import { isScalarResource } from "./resource-names.ts";

/** How much of a resource a node has, and how much of it would be asked for with the pod. */
export interface Allocation {
  allocatable(node: NodeState): number;
  requested(node: NodeState): number;
}

/**
 * A resource as it counts in the scores of a pod; nothing when no node's share of it does.
 * Source: plugins/noderesources/resource_allocation.go, calculateResourceAllocatableRequest.
 *
 * @param counts `scoring` takes containers without requests of cpu and memory for small ones, `requests` for nothing.
 */
export function allocationOf(resource: string, { amounts }: PodToPlace, counts: "scoring" | "requests"): Allocation | undefined {
  const isScoring = counts === "scoring";
  if (resource === "cpu") {
    const own = isScoring ? amounts.scoringCpu : amounts.cpu;
    return { allocatable: (node) => node.allocatableCpu, requested: (node) => (isScoring ? node.scoringCpu : node.requestedCpu) + own };
  }
  if (resource === "memory") {
    const own = isScoring ? amounts.scoringMemory : amounts.memory;
    return {
      allocatable: (node) => node.allocatableMemory,
      requested: (node) => (isScoring ? node.scoringMemory : node.requestedMemory) + own,
    };
  }
  if (resource === "ephemeral-storage")
    return {
      allocatable: (node) => node.allocatableEphemeralStorage,
      requested: (node) => node.requestedEphemeralStorage + amounts.ephemeralStorage,
    };
  const own = amounts.extended.find(([name]) => name === resource)?.[1] ?? 0;
  if (own === 0 && isScalarResource(resource)) return undefined;
  return {
    allocatable: (node) => node.allocatableExtended.get(resource) ?? 0,
    requested: (node) => (node.requestedExtended.get(resource) ?? 0) + own,
  };
}

/** What the pod itself asks for, as {@link allocationOf} counts requests. */
export function requestOf(resource: string, { amounts }: PodToPlace): number {
  if (resource === "cpu") return amounts.cpu;
  if (resource === "memory") return amounts.memory;
  if (resource === "ephemeral-storage") return amounts.ephemeralStorage;
  return amounts.extended.find(([name]) => name === resource)?.[1] ?? 0;
}
