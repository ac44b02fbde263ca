import type { Node, Pod, Taint, Toleration } from "#api/kubernetes/core";
import { milliValue } from "#kube/apimachinery";

/** Whether pods are kept off the node: it is cordoned, or has a taint that the pod does not tolerate. */
export function untolerated(
  pod: Pod,
  taints: readonly Taint[] = [],
  effects: readonly string[] = ["NoSchedule", "NoExecute"],
): Taint | undefined {
  return taints.find((taint) => effects.includes(taint.effect) && !(pod.spec.tolerations ?? []).some((one) => tolerates(one, taint)));
}

/** Source: the rules of tolerations in kubernetes' concepts, taint-and-toleration. */
function tolerates({ key, operator = "Equal", value = "", effect }: Toleration, taint: Taint): boolean {
  if (effect !== undefined && (effect as string) !== "" && effect !== taint.effect) return false;
  if (key === undefined || key === "") return operator === "Exists";
  return key === taint.key && (operator === "Exists" || value === (taint.value ?? ""));
}

/** Thousandths of a resource that the pod's containers request. */
function requested(pod: Pod, resource: string): number {
  return pod.spec.containers.reduce((sum, { resources }) => sum + milliValue(resources?.requests?.[resource] ?? "0"), 0);
}

/** Resources of which the pods together ask for more than the node has. */
export function overfull(node: Node, pods: readonly Pod[]): readonly string[] {
  const allocatable = node.status?.allocatable ?? {};
  const over = ["cpu", "memory"].filter((resource) => {
    const has = milliValue(allocatable[resource] ?? "0");
    return pods.reduce((sum, pod) => sum + requested(pod, resource), 0) > has;
  });
  return pods.length > Number(allocatable["pods"] ?? 0) ? [...over, "pods"] : over;
}

export function isReady(node: Node): boolean {
  return node.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}

export function isPodReady(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}

/** Neither ended nor on its way out. */
export function isLive(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp === undefined && holdsResources(pod);
}

export function holdsResources(pod: Pod): boolean {
  return pod.status?.phase !== "Succeeded" && pod.status?.phase !== "Failed";
}

export function selects(pod: Pod, node: Node): boolean {
  return Object.entries(pod.spec.nodeSelector ?? {}).every(([key, value]) => node.metadata.labels?.[key] === value);
}

/** Whether the pod's place hangs on more than what is looked at here: other pods, or its disks. */
export function hangsOnOthers({ spec }: Pod): boolean {
  return (
    spec.affinity !== undefined ||
    spec.topologySpreadConstraints !== undefined ||
    spec.volumes?.some(({ persistentVolumeClaim }) => persistentVolumeClaim !== undefined) === true
  );
}

/** Whether the pods keep apart by their own word, though both are on the node. A node that is in no place of the kind is none. */
export function areTooNear(one: Pod, other: Pod, { metadata: { labels = {} } }: Node): boolean {
  const keepsOff = (pod: Pod, { metadata }: Pod): boolean =>
    (pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).some(
      ({ labelSelector, topologyKey }) =>
        labels[topologyKey] !== undefined &&
        Object.entries(labelSelector?.matchLabels ?? {}).every(([key, value]) => metadata.labels?.[key] === value),
    );
  return one.metadata.namespace === other.metadata.namespace && (keepsOff(one, other) || keepsOff(other, one));
}
