import type { Condition, Pod, PodPhase, PodStatus } from "#api/kubernetes/core";
import { findCondition, formatTime, qosClass } from "#kube/apimachinery";
import type { NodeRuntime } from "../nodes/node-runtime.ts";
import { type ContainerRecord, containerStatus } from "./containers.ts";
import type { PodRejection } from "./admission.ts";

/** What a pod's status is made of. */
export interface PodFacts {
  readonly pod: Pod;
  readonly node: NodeRuntime;
  readonly containers: readonly ContainerRecord[];
  readonly phase: PodPhase;
  readonly ip: string | undefined;
  readonly startMs: number;
}

type ConditionPatch = Omit<Condition, "reason" | "message"> & { readonly reason: string | null; readonly message: string | null };

/**
 * The status as a strategic merge patch, so that conditions of others stay.
 * Source: pkg/kubelet/kubelet_pods.go, generateAPIPodStatus; pkg/kubelet/status/generate.go.
 */
export function podStatusPatch(facts: PodFacts, nowMs: number): { readonly status: object } {
  const { pod, node, containers, phase, ip, startMs } = facts;
  const { release, runtimeName } = node;
  const hostIp = node.bootstrap.internalIp;
  const statuses = (isInit: boolean): PodStatus["containerStatuses"] =>
    containers.filter(({ kind }) => (kind !== "main") === isInit).map((each) => containerStatus(each, runtimeName, release));
  const init = statuses(true);
  return {
    status: {
      phase,
      conditions: podConditions(facts, nowMs),
      hostIP: hostIp,
      ...(release.hasHostIps ? { hostIPs: [{ ip: hostIp }] } : {}),
      ...(ip === undefined ? {} : { podIP: ip }),
      ...(ip !== undefined && release.hasPodIps ? { podIPs: [{ ip }] } : {}),
      startTime: formatTime(startMs),
      ...(init?.length === 0 ? {} : { initContainerStatuses: init }),
      containerStatuses: statuses(false),
      qosClass: pod.status?.qosClass ?? qosClass(pod.spec),
    },
  };
}

/** The status of a pod that its node does not run. Source: pkg/kubelet/kubelet.go, rejectPod. */
export function rejectedStatusPatch({ reason, message }: PodRejection, node: NodeRuntime, nowMs: number): { readonly status: object } {
  return { status: { phase: "Failed", reason, message: node.release.rejected(message), startTime: formatTime(nowMs) } };
}

function podConditions(facts: PodFacts, nowMs: number): ConditionPatch[] {
  const { pod, node, containers, phase, ip } = facts;
  const serving = containers.filter(({ kind }) => kind !== "init");
  const unready = serving.filter(({ isReady }) => !isReady).map(({ name }) => name);
  const uninitialized = containers.filter((each) => each.kind !== "main" && !isInitialized(each)).map(({ name }) => name);
  const isOver = phase === "Succeeded" || phase === "Failed";
  const ready = isOver
    ? no(phase === "Succeeded" ? "PodCompleted" : "PodFailed")
    : unready.length > 0
      ? no("ContainersNotReady", `containers with unready status: [${unready.join(" ")}]`)
      : YES;
  const initialized =
    uninitialized.length > 0 ? no("ContainersNotInitialized", `containers with incomplete status: [${uninitialized.join(" ")}]`) : YES;
  const verdicts: (readonly [type: string, verdict: Verdict])[] = [
    ["Initialized", phase === "Succeeded" ? { ...YES, reason: "PodCompleted" } : initialized],
    ["Ready", ready],
    ["ContainersReady", ready],
    ["PodScheduled", YES],
  ];
  if (node.release.hasSandboxCondition) verdicts.unshift(["PodReadyToStartContainers", ip !== undefined && !isOver ? YES : no(null)]);
  return verdicts.map(([type, verdict]) => {
    const before = findCondition(pod.status?.conditions, type);
    const since = before?.status === verdict.status ? before.lastTransitionTime : undefined;
    return { type, ...verdict, lastProbeTime: null, lastTransitionTime: since ?? formatTime(nowMs) };
  });
}

interface Verdict {
  readonly status: "True" | "False";
  readonly reason: string | null;
  readonly message: string | null;
}

/** Nulls take away what an earlier status said. */
const YES: Verdict = { status: "True", reason: null, message: null };

function no(reason: string | null, message: string | null = null): Verdict {
  return { status: "False", reason, message };
}

function isInitialized({ kind, state, ending }: ContainerRecord): boolean {
  return kind === "sidecar" ? state === "running" : ending?.exitCode === 0;
}
