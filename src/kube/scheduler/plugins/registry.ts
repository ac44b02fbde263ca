import type { FilterPlugin, ScorePlugin } from "../framework/plugin.ts";
import type { FilterName, SchedulerRelease } from "../release.ts";
import { imageLocalityScore } from "./image-locality/image-locality.ts";
import { interPodAffinityScore } from "./inter-pod-affinity/affinity-score.ts";
import { interPodAffinity } from "./inter-pod-affinity/inter-pod-affinity.ts";
import { nodeAffinity, nodeAffinityScore } from "./node-affinity/node-affinity.ts";
import { nodeName } from "./node-name/node-name.ts";
import { nodePorts } from "./node-ports/node-ports.ts";
import { balancedAllocationScore } from "./node-resources-balanced-allocation/node-resources-balanced-allocation.ts";
import { leastAllocatedScore, nodeResourcesFit } from "./node-resources-fit/node-resources-fit.ts";
import { nodeVolumeLimits } from "./node-volume-limits/node-volume-limits.ts";
import { nodeUnschedulable } from "./node-unschedulable/node-unschedulable.ts";
import { podTopologySpread } from "./pod-topology-spread/pod-topology-spread.ts";
import { podTopologySpreadScore } from "./pod-topology-spread/spread-score.ts";
import { selectorSpreadScore } from "./selector-spread/selector-spread.ts";
import { taintToleration, taintTolerationScore } from "./taint-toleration/taint-toleration.ts";
import { volumeBinding } from "./volume-binding/volume-binding.ts";
import { volumeRestrictions } from "./volume-restrictions/volume-restrictions.ts";
import { volumeZone } from "./volume-zone/volume-zone.ts";

/** Every filter there is. */
export const FILTERS: Readonly<Record<FilterName, FilterPlugin>> = {
  NodeUnschedulable: nodeUnschedulable,
  NodeName: nodeName,
  TaintToleration: taintToleration,
  NodeAffinity: nodeAffinity,
  NodePorts: nodePorts,
  NodeResourcesFit: nodeResourcesFit,
  VolumeRestrictions: volumeRestrictions,
  NodeVolumeLimits: nodeVolumeLimits,
  VolumeBinding: volumeBinding,
  VolumeZone: volumeZone,
  PodTopologySpread: podTopologySpread,
  InterPodAffinity: interPodAffinity,
};

/** Every score there is, with its weight at a release. Source: pkg/scheduler/apis/config/v1/default_plugins.go. */
export function scores({ weights }: SchedulerRelease): readonly { readonly plugin: ScorePlugin; readonly weight: number }[] {
  return [
    { plugin: taintTolerationScore, weight: weights.TaintToleration },
    { plugin: nodeAffinityScore, weight: weights.NodeAffinity },
    { plugin: leastAllocatedScore, weight: 1 },
    { plugin: selectorSpreadScore, weight: 1 },
    { plugin: podTopologySpreadScore, weight: weights.PodTopologySpread },
    { plugin: interPodAffinityScore, weight: weights.InterPodAffinity },
    { plugin: balancedAllocationScore, weight: 1 },
    { plugin: imageLocalityScore, weight: 1 },
  ];
}
