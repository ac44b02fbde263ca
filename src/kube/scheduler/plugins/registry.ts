import type { FilterPlugin, ScorePlugin } from "../framework/plugin.ts";
import type { FilterName, ScoreName } from "../release.ts";
import { imageLocalityScore } from "./image-locality/image-locality.ts";
import { interPodAffinityScore } from "./inter-pod-affinity/affinity-score.ts";
import { interPodAffinity } from "./inter-pod-affinity/inter-pod-affinity.ts";
import { nodeAffinity, nodeAffinityScore } from "./node-affinity/node-affinity.ts";
import { nodeName } from "./node-name/node-name.ts";
import { nodePorts } from "./node-ports/node-ports.ts";
import { balancedAllocationScore } from "./node-resources-balanced-allocation/node-resources-balanced-allocation.ts";
import { allocationScore } from "./node-resources-fit/allocation-score.ts";
import { nodeResourcesFit } from "./node-resources-fit/node-resources-fit.ts";
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

/** Every score there is. */
export const SCORES: Readonly<Record<ScoreName, ScorePlugin>> = {
  TaintToleration: taintTolerationScore,
  NodeAffinity: nodeAffinityScore,
  NodeResourcesFit: allocationScore,
  SelectorSpread: selectorSpreadScore,
  PodTopologySpread: podTopologySpreadScore,
  InterPodAffinity: interPodAffinityScore,
  NodeResourcesBalancedAllocation: balancedAllocationScore,
  ImageLocality: imageLocalityScore,
};
