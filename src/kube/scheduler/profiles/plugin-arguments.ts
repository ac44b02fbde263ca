import type { Affinity, TopologySpreadConstraint } from "#api/kubernetes/core";

/** A resource and what it weighs in a node's score. */
export interface ResourceWeight {
  readonly name: string;
  readonly weight: number;
}

/** What a node that is used to this degree is worth: 0…100 percent, 0…10. */
export interface ShapePoint {
  readonly utilization: number;
  readonly score: number;
}

export type ScoringStrategyType = "LeastAllocated" | "MostAllocated" | "RequestedToCapacityRatio";

/** How nodes are compared by what is left of them. */
export interface ScoringStrategy {
  readonly type: ScoringStrategyType;
  readonly resources: readonly ResourceWeight[];
  /** Of RequestedToCapacityRatio alone; in order of utilization. */
  readonly shape: readonly ShapePoint[];
}

/** A constraint for pods that have none; its selector is made of the pod's services and controller. */
export type DefaultConstraint = Omit<TopologySpreadConstraint, "labelSelector" | "matchLabelKeys">;

/** What the plugins of a profile were told. Source: pkg/scheduler/apis/config/types_pluginargs.go. */
export interface PluginArguments {
  readonly fit: {
    readonly strategy: ScoringStrategy;
    /** Extended resources that the filter does not ask for. */
    readonly ignoredResources: ReadonlySet<string>;
    /** What stands before the slash of such resources. */
    readonly ignoredResourceGroups: ReadonlySet<string>;
  };
  readonly balancedAllocation: { readonly resources: readonly string[] };
  readonly spread: {
    /** `system` constraints are those that kube-scheduler has by itself. */
    readonly defaults: "system" | readonly DefaultConstraint[];
  };
  readonly interPodAffinity: {
    /** What a required term of a pod on a node counts in the score; 0…100. */
    readonly hardWeight: number;
    /** Pods without preferred terms of their own are not scored by those of others. */
    readonly ignoresTermsOfOthers: boolean;
  };
  /** Terms that hold for every pod of the profile, beside the pod's own. */
  readonly nodeAffinity: { readonly added: Affinity["nodeAffinity"] };
  readonly preemption: {
    /** Candidates that are enough: this share of the nodes that could be one, and no fewer than the number. */
    readonly minCandidatePercentage: number;
    readonly minCandidates: number;
  };
  readonly volumeBinding: {
    /** How long a pod waits for its claims. */
    readonly timeoutMs: number;
  };
}

const CPU_AND_MEMORY: readonly ResourceWeight[] = [
  { name: "cpu", weight: 1 },
  { name: "memory", weight: 1 },
];

/** Source: pkg/scheduler/apis/config/v1/defaults.go. */
export const DEFAULT_ARGUMENTS: PluginArguments = {
  fit: {
    strategy: { type: "LeastAllocated", resources: CPU_AND_MEMORY, shape: [] },
    ignoredResources: new Set(),
    ignoredResourceGroups: new Set(),
  },
  balancedAllocation: { resources: ["cpu", "memory"] },
  spread: { defaults: "system" },
  interPodAffinity: { hardWeight: 1, ignoresTermsOfOthers: false },
  nodeAffinity: { added: undefined },
  preemption: { minCandidatePercentage: 10, minCandidates: 100 },
  volumeBinding: { timeoutMs: 600_000 },
};
