import type { Condition, Pod } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import { findCondition, formatTime } from "#kube/apimachinery";
import type { KubeClient, Recorder } from "#kube/client";
import { type Clock, Defect, type Logger } from "#lib";

/** What the scheduler writes about pods. Nothing here throws when a call does not get through. */
export interface PodWrites {
  /** Binds the pod and says so; returns why not when it did not get through. */
  bind(pod: Pod, nodeName: string): Promise<Error | undefined>;
  /** Says in an event and in the PodScheduled condition why the pod has no node. */
  unscheduled(pod: Pod, reason: "Unschedulable" | "SchedulerError", message: string): Promise<void>;
}

export interface PodWritesOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  /** Tells people what happened to a pod. */
  readonly recorder: Pick<Recorder, "moment" | "record">;
}

/** Source: pkg/scheduler/schedule_one.go, bindingCycle and handleSchedulingFailure. */
export function createPodWrites({ client, clock, log, recorder }: PodWritesOptions): PodWrites {
  return {
    async bind(pod, nodeName) {
      const { name, namespace = "default" } = pod.metadata;
      // The pod's kubelet may record what it does before the call comes back.
      const moment = recorder.moment();
      const failure = await refusalOf(client.bind({ name, namespace }, nodeName));
      if (failure !== undefined) {
        log.info("a binding was refused", { pod: `${namespace}/${name}`, node: nodeName, error: failure });
        return failure;
      }
      recorder.record({
        about: pod,
        moment,
        type: "Normal",
        reason: "Scheduled",
        action: "Binding",
        message: `Successfully assigned ${namespace}/${name} to ${nodeName}`,
      });
      return undefined;
    },
    async unscheduled(pod, reason, message) {
      recorder.record({ about: pod, type: "Warning", reason: "FailedScheduling", action: "Scheduling", message });
      const condition = unscheduledCondition(pod, reason, message, clock.now());
      if (condition === undefined) return;
      const { name, namespace = "default" } = pod.metadata;
      const patch = { type: "strategic", body: { status: { conditions: [condition] } } } as const;
      const failure = await refusalOf(client.patch(resources.pods, { name, namespace }, patch, { subresource: "status" }));
      if (failure !== undefined) log.debug("a pod's condition could not be written", { pod: `${namespace}/${name}`, error: failure });
    },
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
