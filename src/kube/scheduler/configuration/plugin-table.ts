import type { SchedulerRelease } from "../release.ts";
import type { ExtensionPoint } from "./document.ts";

/** A plugin with its weight; 0 where none is said. */
export interface WeightedPlugin {
  readonly name: string;
  readonly weight: number;
}

/** Where each plugin comes in. Source: pkg/scheduler/framework/plugins, the interfaces that each implements. */
const POINTS: Readonly<Record<string, readonly ExtensionPoint[]>> = {
  SchedulingGates: ["preEnqueue"],
  PrioritySort: ["queueSort"],
  NodeUnschedulable: ["filter"],
  NodeName: ["filter"],
  TaintToleration: ["filter", "preScore", "score"],
  NodeAffinity: ["preFilter", "filter", "preScore", "score"],
  NodePorts: ["preFilter", "filter"],
  NodeResourcesFit: ["preFilter", "filter", "preScore", "score"],
  VolumeRestrictions: ["preFilter", "filter"],
  NodeVolumeLimits: ["preFilter", "filter"],
  VolumeBinding: ["preFilter", "filter", "reserve", "preScore", "score", "preBind"],
  VolumeZone: ["preFilter", "filter"],
  PodTopologySpread: ["preFilter", "filter", "preScore", "score"],
  InterPodAffinity: ["preFilter", "filter", "preScore", "score"],
  DynamicResources: ["preEnqueue", "preFilter", "filter", "postFilter", "score", "reserve", "preBind"],
  DefaultPreemption: ["postFilter", "preEnqueue"],
  NodeResourcesBalancedAllocation: ["preScore", "score"],
  ImageLocality: ["score"],
  DefaultBinder: ["bind"],
};

/** Whether kube-scheduler has the plugin. */
export function isPlugin(name: string): boolean {
  return Object.hasOwn(POINTS, name);
}

/** Whether the plugin comes in there. */
export function comesInAt(name: string, point: ExtensionPoint): boolean {
  return isPlugin(name) && (POINTS[name] ?? []).includes(point);
}

/** The plugins that are on without a word, in their order. Source: pkg/scheduler/apis/config/v1/default_plugins.go. */
export function defaultPlugins({ weights, hasDynamicResources }: SchedulerRelease): readonly WeightedPlugin[] {
  const weight: Readonly<Record<string, number>> = {
    ...weights,
    NodeResourcesFit: 1,
    DynamicResources: 2,
    NodeResourcesBalancedAllocation: 1,
    ImageLocality: 1,
  };
  return Object.keys(POINTS)
    .filter((name) => name !== "DynamicResources" || hasDynamicResources)
    .map((name) => ({ name, weight: weight[name] ?? 0 }));
}
