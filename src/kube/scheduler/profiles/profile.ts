import type { PodSpec } from "#api/kubernetes/core";
import { type FilterOrder, type ScoreName, type SchedulerRelease, schedulerRelease } from "../release.ts";
import { DEFAULT_ARGUMENTS, type PluginArguments } from "./plugin-arguments.ts";

/** Pods that name no scheduler are for this one. Source: kubernetes/api core/v1/types.go, DefaultSchedulerName. */
export const DEFAULT_SCHEDULER_NAME = "default-scheduler";

/** The scheduler that the pod is for. */
export function schedulerNameOf({ schedulerName = DEFAULT_SCHEDULER_NAME }: PodSpec): string {
  return schedulerName;
}

/** A plugin of a profile that prefers nodes. */
export interface WeightedScore {
  readonly name: ScoreName;
  readonly weight: number;
}

/** Plugins that are asked when no node can take a pod. */
export type PostFilterName = "DynamicResources" | "DefaultPreemption";

/**
 * The rules for pods of one `spec.schedulerName`: which plugins are asked, in which order, and what they were told. A profile
 * never changes; another configuration, or another version of the cluster, is another profile.
 */
export interface SchedulerProfile {
  readonly name: string;
  readonly release: SchedulerRelease;
  readonly filterOrder: FilterOrder;
  readonly scores: readonly WeightedScore[];
  readonly postFilters: readonly PostFilterName[];
  /** Only the nodes that a pod's affinity names are looked at. Source: plugins/nodeaffinity/node_affinity.go, PreFilter. */
  readonly narrows: boolean;
  /** Share of the nodes that is enough to choose among; 0 for one that falls with the size of the cluster. */
  readonly percentageOfNodesToScore: number;
  readonly plugins: PluginArguments;
}

/**
 * The profile of a scheduler that nobody has configured.
 *
 * @param version the cluster's, `1.34.2`.
 */
export function defaultProfile(version: string, name = DEFAULT_SCHEDULER_NAME): SchedulerProfile {
  const release = schedulerRelease(version);
  return {
    name,
    release,
    filterOrder: release.filterOrder,
    scores: defaultScores(release),
    postFilters: release.hasDynamicResources ? ["DynamicResources", "DefaultPreemption"] : ["DefaultPreemption"],
    narrows: true,
    percentageOfNodesToScore: 0,
    plugins: DEFAULT_ARGUMENTS,
  };
}

/** Source: pkg/scheduler/apis/config/v1/default_plugins.go. */
function defaultScores({ weights, spreadsByDefault }: SchedulerRelease): readonly WeightedScore[] {
  return [
    { name: "TaintToleration", weight: weights.TaintToleration },
    { name: "NodeAffinity", weight: weights.NodeAffinity },
    { name: "NodeResourcesFit", weight: 1 },
    ...(spreadsByDefault ? [] : [{ name: "SelectorSpread", weight: 1 } as const]),
    { name: "PodTopologySpread", weight: weights.PodTopologySpread },
    { name: "InterPodAffinity", weight: weights.InterPodAffinity },
    { name: "NodeResourcesBalancedAllocation", weight: 1 },
    { name: "ImageLocality", weight: 1 },
  ];
}
