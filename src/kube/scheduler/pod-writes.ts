import type { Condition, Pod } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import { isStatus } from "#api/kubernetes/status";
import { findCondition, formatTime } from "#kube/apimachinery";
import type { KubeClient, Recorder } from "#kube/client";
import { type Clock, Defect, type Logger } from "#lib";
import { DISRUPTION_TARGET, PREEMPTION_BY_SCHEDULER } from "./preemption/preemption.ts";
import { type SchedulerProfile, schedulerNameOf } from "./profiles/profile.ts";

/** What the scheduler writes about pods. Nothing here throws when a call does not get through. */
export interface PodWrites {
  /** Binds the pod and says so; returns why not when it did not get through. */
  bind(pod: Pod, nodeName: string): Promise<Error | undefined>;
  /** Says in an event and in the PodScheduled condition why the pod has no node, and to which it is nominated from now on. */
  unscheduled(pod: Pod, failure: Failure): Promise<void>;
  /** The pod is nominated to no node any more. */
  clearNomination(pod: Pod): Promise<void>;
  /** Deletes the victim and says why; returns why not when it did not get through. */
  preempt(victim: Pod, preemption: VictimsFate): Promise<Error | undefined>;
}

/** Why a pod has no node. */
export interface Failure {
  readonly reason: "Unschedulable" | "SchedulerError";
  readonly message: string;
  /** Empty for none any more; what it was when absent. */
  readonly nominatedNodeName?: string;
}

export interface VictimsFate {
  readonly preemptor: Pod;
  readonly nodeName: string;
  readonly profile: SchedulerProfile;
}

export interface PodWritesOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  /** Tells people what happened to a pod, as the scheduler of this name. */
  readonly recorder: (schedulerName: string) => Pick<Recorder, "moment" | "record">;
}

/** Source: pkg/scheduler/schedule_one.go, bindingCycle and handleSchedulingFailure. */
export function createPodWrites({ client, clock, log, recorder }: PodWritesOptions): PodWrites {
  const recorderOf = ({ spec }: Pod): Pick<Recorder, "moment" | "record"> => recorder(schedulerNameOf(spec));
  return {
    async bind(pod, nodeName) {
      const { name, namespace = "default" } = pod.metadata;
      // The pod's kubelet may record what it does before the call comes back.
      const moment = recorderOf(pod).moment();
      const failure = await refusalOf(client.bind({ name, namespace }, nodeName));
      if (failure !== undefined) {
        log.info("a binding was refused", { pod: `${namespace}/${name}`, node: nodeName, error: failure });
        return failure;
      }
      recorderOf(pod).record({
        about: pod,
        moment,
        type: "Normal",
        reason: "Scheduled",
        action: "Binding",
        message: `Successfully assigned ${namespace}/${name} to ${nodeName}`,
      });
      return undefined;
    },
    async unscheduled(pod, failure) {
      const { reason, message, nominatedNodeName = pod.status?.nominatedNodeName ?? "" } = failure;
      recorderOf(pod).record({ about: pod, type: "Warning", reason: "FailedScheduling", action: "Scheduling", message });
      const condition = unscheduledCondition(pod, reason, message, clock.now());
      const isNominationNew = nominatedNodeName !== (pod.status?.nominatedNodeName ?? "");
      if (condition === undefined && !isNominationNew) return;
      await patchStatus(pod, {
        ...(condition === undefined ? {} : { conditions: [condition] }),
        ...(isNominationNew ? { nominatedNodeName: nominatedNodeName || null } : {}),
      });
    },
    async clearNomination(pod) {
      await patchStatus(pod, { nominatedNodeName: null });
    },
    async preempt(victim, { preemptor, nodeName, profile: { name: schedulerName, release } }) {
      const { name, namespace = "default" } = victim.metadata;
      if (release.marksVictims) {
        const failure = await patchStatus(victim, { conditions: [victimCondition(preemptor, clock.now())] });
        if (failure !== undefined) return isStatus(failure, "NotFound") ? undefined : failure;
      }
      const failure = await refusalOf(client.delete(resources.pods, { name, namespace }));
      if (failure !== undefined) return isStatus(failure, "NotFound") ? undefined : failure;
      const message = release.preemptedMessage(preemptor, nodeName);
      recorder(schedulerName).record({ about: victim, type: "Normal", reason: "Preempted", action: "Preempting", message });
      return undefined;
    },
  };

  async function patchStatus(pod: Pod, status: Record<string, unknown>): Promise<Error | undefined> {
    const { name, namespace = "default" } = pod.metadata;
    const patch = { type: "strategic", body: { status } } as const;
    const failure = await refusalOf(client.patch(resources.pods, { name, namespace }, patch, { subresource: "status" }));
    if (failure !== undefined) log.debug("a pod's status could not be written", { pod: `${namespace}/${name}`, error: failure });
    return failure;
  }
}

/** Source: framework/preemption/preemption.go, PreemptPod. */
function victimCondition({ spec }: Pod, nowMs: number): Condition {
  return {
    type: DISRUPTION_TARGET,
    status: "True",
    reason: PREEMPTION_BY_SCHEDULER,
    message: `${spec.schedulerName ?? ""}: preempting to accommodate a higher priority pod`,
    lastProbeTime: null,
    lastTransitionTime: formatTime(nowMs),
  };
}

/** The condition to write, or nothing when the pod has it already. */
function unscheduledCondition(pod: Pod, reason: string, message: string, nowMs: number): Condition | undefined {
  const known = findCondition(pod.status?.conditions, "PodScheduled");
  if (known?.status === "False" && known.reason === reason && known.message === message) return undefined;
  const lastTransitionTime = known?.status === "False" ? (known.lastTransitionTime ?? formatTime(nowMs)) : formatTime(nowMs);
  return { type: "PodScheduled", status: "False", reason, message, lastProbeTime: null, lastTransitionTime };
}

/** Why a call did not get through: a refusal, or a transport that failed. Defects go on. */
async function refusalOf(call: Promise<unknown>): Promise<Error | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    if (error instanceof Error && !(error instanceof Defect)) return error;
    throw error;
  }
}
