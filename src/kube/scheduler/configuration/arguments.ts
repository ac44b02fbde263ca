import type { NodeAffinity } from "#api/kubernetes/core";
import {
  DEFAULT_ARGUMENTS,
  type DefaultConstraint,
  type PluginArguments,
  type ResourceWeight,
  type ScoringStrategyType,
} from "../profiles/plugin-arguments.ts";
import type { DecodedArguments } from "./decode.ts";
import type { ArgumentDocuments, ResourceInDocument } from "./document.ts";

/**
 * What the plugins were told, with the defaults for what was left out. The arguments have been found valid.
 * Source: pkg/scheduler/apis/config/v1/defaults.go.
 */
export function pluginArguments(told: DecodedArguments): PluginArguments {
  const { InterPodAffinity: affinity, DefaultPreemption: preemption, VolumeBinding: volumes, PodTopologySpread: spread } = told;
  const { interPodAffinity, preemption: byDefault, volumeBinding, balancedAllocation } = DEFAULT_ARGUMENTS;
  const balanced = told.NodeResourcesBalancedAllocation?.resources ?? [];
  const timeout = volumes?.bindTimeoutSeconds;
  return {
    fit: told.NodeResourcesFit === undefined ? DEFAULT_ARGUMENTS.fit : fitArguments(told.NodeResourcesFit),
    balancedAllocation: balanced.length === 0 ? balancedAllocation : { resources: balanced.map(({ name = "" }) => name) },
    spread:
      spread?.defaultingType === "List"
        ? { defaults: (spread.defaultConstraints ?? []) as readonly DefaultConstraint[] }
        : DEFAULT_ARGUMENTS.spread,
    interPodAffinity: {
      hardWeight: affinity?.hardPodAffinityWeight ?? interPodAffinity.hardWeight,
      ignoresTermsOfOthers: affinity?.ignorePreferredTermsOfExistingPods ?? interPodAffinity.ignoresTermsOfOthers,
    },
    nodeAffinity: { added: told.NodeAffinity?.addedAffinity as NodeAffinity | undefined },
    preemption: {
      minCandidatePercentage: preemption?.minCandidateNodesPercentage ?? byDefault.minCandidatePercentage,
      minCandidates: preemption?.minCandidateNodesAbsolute ?? byDefault.minCandidates,
    },
    volumeBinding: timeout === undefined ? volumeBinding : { timeoutMs: timeout * 1_000 },
  };
}

function fitArguments(args: ArgumentDocuments["NodeResourcesFit"]): PluginArguments["fit"] {
  const { strategy } = DEFAULT_ARGUMENTS.fit;
  const { scoringStrategy } = args;
  return {
    strategy:
      scoringStrategy === undefined
        ? strategy
        : {
            type: scoringStrategy.type as ScoringStrategyType,
            resources: weights(scoringStrategy.resources, strategy.resources),
            shape: (scoringStrategy.requestedToCapacityRatio?.shape ?? []).map(({ utilization = 0, score = 0 }) => ({
              utilization,
              score,
            })),
          },
    ignoredResources: new Set(args.ignoredResources),
    ignoredResourceGroups: new Set(args.ignoredResourceGroups),
  };
}

function weights(resources: readonly ResourceInDocument[] | undefined, byDefault: readonly ResourceWeight[]): readonly ResourceWeight[] {
  if (resources === undefined || resources.length === 0) return byDefault;
  return resources.map(({ name = "", weight }) => ({ name, weight: weight || 1 }));
}
