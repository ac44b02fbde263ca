import type { Pod, PodPhase, PodStatus } from "#api/kubernetes/core";
import { formatTime, qosClass } from "#kube/apimachinery";
import type { NodeRuntime } from "../nodes/node-runtime.ts";
import type { PodRejection } from "./admission.ts";
import { type ContainerRecord, containerStatus } from "./containers.ts";
import { listOf } from "./ephemeral.ts";
import { podConditions } from "./pod-conditions.ts";

/** What a pod's status is made of. */
export interface PodFacts {
  readonly pod: Pod;
  readonly node: NodeRuntime;
  readonly containers: readonly ContainerRecord[];
  readonly phase: PodPhase;
  readonly ip: string | undefined;
  readonly startMs: number;
  /** Why it has failed as a whole. */
  readonly end: { readonly reason: string; readonly message: string } | undefined;
}

/**
 * The status as a strategic merge patch, so that conditions of others stay.
 * Source: pkg/kubelet/kubelet_pods.go, generateAPIPodStatus; pkg/kubelet/status/generate.go.
 */
export function podStatusPatch(facts: PodFacts, nowMs: number): { readonly status: object } {
  const { pod, node, containers, phase, ip, startMs } = facts;
  const { release, runtimeName } = node;
  const hostIp = node.bootstrap.internalIp;
  const statuses = (list: string): PodStatus["containerStatuses"] =>
    containers.filter((each) => listOf(each) === list).map((each) => containerStatus(each, runtimeName, release));
  const init = statuses("initContainers");
  // Source: pkg/kubelet/kubelet_pods.go, convertToAPIContainerStatuses: by name, as a pod may get them in any order.
  const ephemeral = statuses("ephemeralContainers")?.sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    status: {
      phase,
      ...facts.end,
      conditions: podConditions(facts, nowMs),
      hostIP: hostIp,
      ...(release.hasHostIps ? { hostIPs: [{ ip: hostIp }] } : {}),
      ...(ip === undefined ? {} : { podIP: ip }),
      ...(ip !== undefined && release.hasPodIps ? { podIPs: [{ ip }] } : {}),
      startTime: formatTime(startMs),
      ...(init?.length === 0 ? {} : { initContainerStatuses: init }),
      containerStatuses: statuses("containers"),
      ...(ephemeral?.length === 0 ? {} : { ephemeralContainerStatuses: ephemeral }),
      qosClass: pod.status?.qosClass ?? qosClass(pod.spec),
    },
  };
}

/** The status of a pod that its node does not run. Source: pkg/kubelet/kubelet.go, rejectPod. */
export function rejectedStatusPatch({ reason, message }: PodRejection, node: NodeRuntime, nowMs: number): { readonly status: object } {
  return { status: { phase: "Failed", reason, message: node.release.rejected(message), startTime: formatTime(nowMs) } };
}
