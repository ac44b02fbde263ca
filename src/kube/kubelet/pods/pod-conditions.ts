import type { Condition, Pod } from "#api/kubernetes/core";
import { findCondition, formatTime } from "#kube/apimachinery";
import type { ContainerRecord } from "./containers.ts";
import type { PodFacts } from "./pod-status.ts";

type ConditionPatch = Omit<Condition, "reason" | "message"> & { readonly reason: string | null; readonly message: string | null };

/** Conditions that a kubelet writes, nulls for what an earlier status said. Source: pkg/kubelet/status/generate.go. */
export function podConditions(facts: PodFacts, nowMs: number): ConditionPatch[] {
  const { pod, node, containers, phase, ip } = facts;
  const serving = containers.filter(({ kind }) => kind === "main" || kind === "sidecar");
  const unready = serving.filter(({ isReady }) => !isReady).map(({ name }) => name);
  const isBegun = containers.some(({ kind, id }) => kind === "main" && id !== "");
  const uninitialized = containers
    .filter((each) => (each.kind === "init" || each.kind === "sidecar") && !isInitialized(each))
    .map(({ name }) => name);
  const isOver = phase === "Succeeded" || phase === "Failed";
  const ready = isOver
    ? no(phase === "Succeeded" ? "PodCompleted" : "PodFailed")
    : unready.length > 0
      ? no("ContainersNotReady", `containers with unready status: [${unready.join(" ")}]`)
      : YES;
  const initialized =
    uninitialized.length > 0 && !isBegun
      ? no("ContainersNotInitialized", `containers with incomplete status: [${uninitialized.join(" ")}]`)
      : YES;
  const verdicts: (readonly [type: string, verdict: Verdict])[] = [
    ["Initialized", phase === "Succeeded" ? { ...YES, reason: "PodCompleted" } : initialized],
    ["Ready", ready === YES ? gateVerdict(pod) : ready],
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

/** Source: pkg/kubelet/status/generate.go, GeneratePodReadyCondition. */
function gateVerdict({ spec, status }: Pod): Verdict {
  const unmet: string[] = [];
  for (const { conditionType } of spec.readinessGates ?? []) {
    const found = findCondition(status?.conditions, conditionType);
    if (found === undefined) unmet.push(`corresponding condition of pod readiness gate "${conditionType}" does not exist.`);
    else if (found.status !== "True") unmet.push(`the status of pod readiness gate "${conditionType}" is not "True", but ${found.status}`);
  }
  return unmet.length === 0 ? YES : no("ReadinessGatesNotReady", unmet.join(", "));
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

function isInitialized({ kind, state, isStarted, ending }: ContainerRecord): boolean {
  return kind === "sidecar" ? state === "running" && isStarted : ending?.exitCode === 0;
}
