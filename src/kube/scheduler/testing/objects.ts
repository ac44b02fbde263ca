import type { Node, Pod, PodSpec, ResourceList, Taint } from "#api/kubernetes/core";

export interface NodeOptions {
  readonly labels?: Record<string, string>;
  readonly taints?: Taint[];
  readonly unschedulable?: boolean;
  readonly allocatable?: ResourceList;
}

/** Amounts of a Standard_DS2_v2 in a pool of 2019. */
export const DS2_ALLOCATABLE: ResourceList = {
  cpu: "1931m",
  memory: "5450576Ki",
  "ephemeral-storage": "93492209510",
  pods: "110",
};

/** A node as the scheduler sees it. */
export function makeNode(name: string, options: NodeOptions = {}): Node {
  const { labels = {}, taints, unschedulable, allocatable = DS2_ALLOCATABLE } = options;
  return {
    metadata: { name, labels: { "kubernetes.io/hostname": name, ...labels } },
    spec: { ...(taints === undefined ? {} : { taints }), ...(unschedulable === undefined ? {} : { unschedulable }) },
    status: { allocatable },
  };
}

/** A pod of one container with these requests. */
export function makePod(name: string, spec: Partial<PodSpec> = {}, requests?: ResourceList): Pod {
  const resources = requests === undefined ? {} : { resources: { requests } };
  return {
    metadata: { name, namespace: "default", uid: `uid-${name}` },
    spec: { containers: [{ name: "main", image: "nginx:1.15.9", ...resources }], schedulerName: "default-scheduler", ...spec },
  };
}
