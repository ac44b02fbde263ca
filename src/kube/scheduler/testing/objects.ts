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

/** Pods on nodes as a table writes them: `a:foo a:foo b:bar,tier=x c:-other/foo` is two of app foo on a, and so on; `-` begins a namespace. */
export function placedPods(text: string): Record<string, Pod[]> {
  const byNode: Record<string, Pod[]> = {};
  for (const [index, entry] of text.split(" ").filter(Boolean).entries()) {
    const [, node = "", namespace = "default", app = "", more = ""] = /^([^:]+):(?:-([^/]+)\/)?([^,]*)(?:,(.*))?$/.exec(entry) ?? [];
    const labels = Object.fromEntries(
      more
        .split(",")
        .filter(Boolean)
        .map((pair) => pair.split("=", 2)),
    );
    const { deleted, ...rest } = labels as Record<string, string>;
    const pod = makePod(`p${index}`);
    const metadata = {
      ...pod.metadata,
      namespace,
      labels: { app, ...rest },
      ...(deleted === undefined ? {} : { deletionTimestamp: deleted }),
    };
    (byNode[node] ??= []).push({ ...pod, metadata });
  }
  return byNode;
}

/** The pod with these labels. */
export function labelled(pod: Pod, labels: Record<string, string>, namespace = "default"): Pod {
  return { ...pod, metadata: { ...pod.metadata, namespace, labels } };
}
