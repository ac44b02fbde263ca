import type { ContainerState, ContainerStatus, Pod } from "#api/kubernetes/core";
import { findCondition, isPodTerminal, parseTime } from "#kube/apimachinery";

/** The STATUS, READY and RESTARTS of a pod's row. */
export interface PodSummary {
  readonly reason: string;
  readonly ready: number;
  readonly total: number;
  readonly restarts: number;
  /** When a container last ended, milliseconds since the epoch. */
  readonly lastRestartMs: number | undefined;
}

type Terminated = NonNullable<ContainerState["terminated"]> & { readonly signal?: number };

function endReason({ reason, signal, exitCode }: Terminated): string {
  if (reason !== undefined && reason !== "") return reason;
  return signal !== undefined && signal !== 0 ? `Signal:${signal}` : `ExitCode:${exitCode ?? 0}`;
}

interface Restarts {
  count: number;
  lastMs: number | undefined;
}

function countRestarts(restarts: Restarts, { restartCount, lastState }: ContainerStatus): void {
  restarts.count += restartCount || 0;
  const ended = parseTime(lastState?.terminated?.finishedAt);
  if (ended !== undefined) restarts.lastMs = Math.max(restarts.lastMs ?? 0, ended);
}

interface Initialization {
  /** Set while the pod is still initializing. */
  readonly reason: string | undefined;
  readonly readySidecars: number;
  readonly restarts: Restarts;
}

/** Why this init container holds the pod up, or nothing when it has done its part. */
function initReason(status: ContainerStatus, isSidecar: boolean, progress: string): string | undefined {
  const { terminated, waiting } = status.state ?? {};
  if (terminated !== undefined && terminated.exitCode === 0) return undefined;
  if (isSidecar && status.started === true) return undefined;
  if (terminated !== undefined) return `Init:${endReason(terminated)}`;
  const waits = waiting?.reason !== undefined && waiting.reason !== "" && waiting.reason !== "PodInitializing";
  return waits ? `Init:${waiting.reason}` : `Init:${progress}`;
}

function initialization(pod: Pod, sidecars: ReadonlySet<string>): Initialization {
  const all: Restarts = { count: 0, lastMs: undefined };
  let readySidecars = 0;
  const total = pod.spec.initContainers?.length ?? 0;
  for (const [index, status] of (pod.status?.initContainerStatuses ?? []).entries()) {
    const isSidecar = sidecars.has(status.name);
    countRestarts(all, status);
    const reason = initReason(status, isSidecar, `${index}/${total}`);
    if (reason !== undefined) return { reason, readySidecars, restarts: all };
    if (isSidecar && status.ready && status.state?.terminated === undefined) readySidecars++;
  }
  return { reason: undefined, readySidecars, restarts: all };
}

interface Running {
  readonly reason: string | undefined;
  readonly ready: number;
  readonly hasRunning: boolean;
}

function running(pod: Pod, restarts: Restarts): Running {
  let reason: string | undefined;
  let ready = 0;
  let hasRunning = false;
  for (const status of (pod.status?.containerStatuses ?? []).toReversed()) {
    countRestarts(restarts, status);
    const { waiting, terminated, running: runs } = status.state ?? {};
    if (waiting?.reason !== undefined && waiting.reason !== "") reason = waiting.reason;
    else if (terminated !== undefined) reason = endReason(terminated);
    else if (status.ready && runs !== undefined) {
      hasRunning = true;
      ready++;
    }
  }
  return { reason, ready, hasRunning };
}

function isTrue(pod: Pod, type: string): boolean {
  return findCondition(pod.status?.conditions, type)?.status === "True";
}

function startingReason({ status }: Pod): string {
  const scheduled = findCondition(status?.conditions, "PodScheduled");
  if (scheduled?.reason === "SchedulingGated") return "SchedulingGated";
  return status?.reason !== undefined && status.reason !== "" ? status.reason : (status?.phase ?? "");
}

function finalReason(pod: Pod, reason: string, hasRunning: boolean): string {
  if (pod.metadata.deletionTimestamp !== undefined) {
    if (pod.status?.reason === "NodeLost") return "Unknown";
    if (!isPodTerminal(pod)) return "Terminating";
  }
  if (reason === "Completed" && hasRunning) return isTrue(pod, "Ready") ? "Running" : "NotReady";
  return reason;
}

/** Sums up a pod as `kubectl get pods` shows it. Source: pkg/printers/internalversion/printers.go, printPod. */
export function summarize(pod: Pod): PodSummary {
  const sidecars = new Set(
    (pod.spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always").map(({ name }) => name),
  );
  const total = (pod.spec.containers ?? []).length + sidecars.size;
  const start = initialization(pod, sidecars);
  if (start.reason !== undefined && !isTrue(pod, "Initialized")) {
    const { count, lastMs } = start.restarts;
    return { reason: finalReason(pod, start.reason, false), ready: start.readySidecars, total, restarts: count, lastRestartMs: lastMs };
  }
  // Once containers run, only their restarts and those of sidecars count.
  const restarts: Restarts = { count: 0, lastMs: undefined };
  for (const status of pod.status?.initContainerStatuses ?? []) if (sidecars.has(status.name)) countRestarts(restarts, status);
  const now = running(pod, restarts);
  const reason = now.reason ?? start.reason ?? startingReason(pod);
  return {
    reason: finalReason(pod, reason, now.hasRunning),
    ready: start.readySidecars + now.ready,
    total,
    restarts: restarts.count,
    lastRestartMs: restarts.lastMs,
  };
}
