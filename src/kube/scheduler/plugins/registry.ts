import type { FilterPlugin, ScorePlugin } from "../framework/plugin.ts";
import type { FilterName, SchedulerRelease } from "../release.ts";
import { nodeAffinity, nodeAffinityScore } from "./node-affinity/node-affinity.ts";
import { nodeName } from "./node-name/node-name.ts";
import { nodePorts } from "./node-ports/node-ports.ts";
import { balancedAllocationScore } from "./node-resources-balanced-allocation/node-resources-balanced-allocation.ts";
import { leastAllocatedScore, nodeResourcesFit } from "./node-resources-fit/node-resources-fit.ts";
import { nodeUnschedulable } from "./node-unschedulable/node-unschedulable.ts";
import { taintToleration, taintTolerationScore } from "./taint-toleration/taint-toleration.ts";

/** Every filter there is. */
export const FILTERS: Readonly<Record<FilterName, FilterPlugin>> = {
  NodeUnschedulable: nodeUnschedulable,
  NodeName: nodeName,
  TaintToleration: taintToleration,
  NodeAffinity: nodeAffinity,
  NodePorts: nodePorts,
  NodeResourcesFit: nodeResourcesFit,
};

/** Every score there is, with its weight at a release. Source: pkg/scheduler/apis/config/v1/default_plugins.go. */
export function scores({ weights }: SchedulerRelease): readonly { readonly plugin: ScorePlugin; readonly weight: number }[] {
  return [
    { plugin: taintTolerationScore, weight: weights.TaintToleration },
    { plugin: nodeAffinityScore, weight: weights.NodeAffinity },
    { plugin: leastAllocatedScore, weight: 1 },
    { plugin: balancedAllocationScore, weight: 1 },
  ];
}
