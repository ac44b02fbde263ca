import type { ResourceList } from "./core.ts";
import type { KubeObject } from "./meta.ts";

/** metrics.k8s.io/v1beta1: what a node uses. */
export interface NodeMetrics extends KubeObject {
  timestamp: string;
  window: string;
  usage: ResourceList;
}

/** metrics.k8s.io/v1beta1: what the containers of a pod use. */
export interface PodMetrics extends KubeObject {
  timestamp: string;
  window: string;
  containers: { name: string; usage: ResourceList }[];
}
