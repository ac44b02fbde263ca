import type { Container, ResourceList, Toleration } from "#api/kubernetes/core";
import type { KubeObject, ResourceType } from "#api/kubernetes/meta";

/** An object that the service keeps in the cluster, and what kind it is. */
export interface SystemWorkload {
  readonly type: ResourceType;
  readonly object: KubeObject;
}

export interface ComponentContainer {
  readonly name: string;
  readonly image: string;
  readonly requests?: ResourceList;
  readonly limits?: ResourceList;
  readonly args?: readonly string[];
}

/** A part of the system that runs as pods in kube-system. */
export interface Component {
  readonly kind: "Deployment" | "DaemonSet";
  readonly name: string;
  /** First Kubernetes version with it, and first without. */
  readonly since?: string;
  readonly until?: string;
  /** Pods of a deployment; one when absent. */
  readonly replicas?: number;
  /** Labels that its pods are found by. */
  readonly selector: Readonly<Record<string, string>>;
  readonly containers: readonly ComponentContainer[];
  readonly hostNetwork?: boolean;
  readonly priorityClassName?: "system-node-critical" | "system-cluster-critical";
  readonly serviceAccountName?: string;
  /** Pods that an eviction must leave, when the component has a budget for it. */
  readonly minAvailable?: { readonly budget: string; readonly pods: number };
  /** Only in clusters with this network plugin. */
  readonly networkPlugin?: "azure" | "kubenet";
}

/** Containers as pods have them. */
export function containersOf(component: Component): Container[] {
  return component.containers.map(({ name, image, requests, limits, args }) => ({
    name,
    image,
    imagePullPolicy: "IfNotPresent",
    ...(args === undefined ? {} : { args: [...args] }),
    resources: { ...(requests === undefined ? {} : { requests }), ...(limits === undefined ? {} : { limits }) },
  }));
}

/** Pods of daemon sets run everywhere. Source: daemon sets of kube-system in AKS clusters, as their owners list them. */
export const everyNode: readonly Toleration[] = [
  { key: "CriticalAddonsOnly", operator: "Exists" },
  { effect: "NoExecute", operator: "Exists" },
  { effect: "NoSchedule", operator: "Exists" },
];

/** Pods of deployments may use nodes kept for the system. Source: Azure docs use-system-pools. */
export const systemNodes: readonly Toleration[] = [{ key: "CriticalAddonsOnly", operator: "Exists" }];
