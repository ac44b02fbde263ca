import type { PodPhase, PodSpec } from "#api/kubernetes/core";
import type { ContainerRecord } from "./containers.ts";

type RestartPolicy = PodSpec["restartPolicy"];

/** What is to be done for a pod now: start a container, wait for the time of one or for something to happen, or nothing ever again. */
export type PodStep =
  | { readonly kind: "start"; readonly container: ContainerRecord }
  | { readonly kind: "wait"; readonly untilMs: number | undefined }
  | { readonly kind: "over" };

const WAIT: PodStep = { kind: "wait", untilMs: undefined };

/**
 * Whether a container that has ended runs again.
 * Source: pkg/kubelet/container/helpers.go, ShouldContainerBeRestarted; kuberuntime_container.go, findNextInitContainerToRun.
 */
export function isRestarted({ kind, ending }: Pick<ContainerRecord, "kind" | "ending">, policy: RestartPolicy = "Always"): boolean {
  if (kind === "sidecar" || kind === "ephemeral") return kind === "sidecar";
  const failed = ending?.exitCode !== 0;
  return kind === "init" ? failed && policy !== "Never" : policy === "Always" || (policy === "OnFailure" && failed);
}

/**
 * What comes next: ephemeral containers, init containers one after the other, each to its end, sidecars until they have started, then all others.
 * Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go, computePodActions.
 */
export function planPod(containers: readonly ContainerRecord[], policy: RestartPolicy, nowMs: number): PodStep {
  const mains = containers.filter(({ kind }) => kind === "main");
  if (mains.every((each) => isOver(each, policy))) return { kind: "over" };
  const isInitialized = mains.some(({ id }) => id !== "");
  let untilMs = Number.POSITIVE_INFINITY;
  for (const each of containers) {
    const blocks = (each.kind === "init" || each.kind === "sidecar") && !isInitialized;
    if (isOver(each, policy)) {
      if (each.kind === "init" && each.ending?.exitCode !== 0) return { kind: "over" };
      continue;
    }
    if (each.state === "running") {
      if (blocks && !(each.kind === "sidecar" && each.isStarted)) break;
      continue;
    }
    if (each.kind === "init" && isInitialized) continue;
    if (each.notBeforeMs <= nowMs) return { kind: "start", container: each };
    untilMs = Math.min(untilMs, each.notBeforeMs);
    if (blocks) break;
  }
  return untilMs === Number.POSITIVE_INFINITY ? WAIT : { kind: "wait", untilMs };
}

/** Whether the container has ended and does not run again. */
function isOver(each: ContainerRecord, policy: RestartPolicy): boolean {
  return each.state === "terminated" && !isRestarted(each, policy);
}

/**
 * The pod's phase by what its containers do.
 * Source: pkg/kubelet/kubelet_pods.go, getPhase.
 */
export function phaseOf(containers: readonly ContainerRecord[], policy: RestartPolicy = "Always"): PodPhase {
  let running = 0;
  let stopped = 0;
  let succeeded = 0;
  let waiting = 0;
  let failedInit = 0;
  let pendingInit = 0;
  for (const { kind, state, ending, isStarted } of containers) {
    if (kind === "ephemeral") continue;
    if (kind === "main") {
      if (state === "running") running++;
      else if (ending === undefined) waiting++;
      else {
        stopped++;
        if (ending.exitCode === 0) succeeded++;
      }
    } else if (kind === "sidecar") {
      if (!isStarted && ending === undefined) pendingInit++;
    } else if (ending?.exitCode !== 0 || state === "running") {
      if (ending === undefined || policy !== "Never" || state === "running") pendingInit++;
      else failedInit++;
    }
  }
  if (failedInit > 0) return "Failed";
  const isUninitialized = pendingInit > 0 && running + stopped === 0;
  if (isUninitialized || waiting > 0) return "Pending";
  if (running > 0 || policy === "Always") return "Running";
  if (stopped === succeeded) return "Succeeded";
  return policy === "Never" ? "Failed" : "Running";
}
