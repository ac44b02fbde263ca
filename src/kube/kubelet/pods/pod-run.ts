import type { Pod, PodSpec } from "#api/kubernetes/core";

/**
 * Says how long the containers of a pod run, in seconds; without it they run for ever when they are always restarted, and a while else.
 * Differs from AKS: containers are simulated; those of pods with `restartPolicy` Never or OnFailure end with 0 after 5 seconds.
 */
export const RUN_SECONDS_ANNOTATION = "lido.dev/run-seconds";
/** The exit code they end with; 0 without it. */
export const EXIT_CODE_ANNOTATION = "lido.dev/exit-code";

const MAX_RUN_SECONDS = 365 * 86_400;
const MAX_EXIT_CODE = 255;

/** How long containers run that are there to end, when nothing is said. */
const TASK_MS = 5_000;

/** How a pod's containers end. */
export interface SimulatedRun {
  /** Milliseconds on a real machine. */
  readonly runMs: number;
  readonly exitCode: number;
}

/** How the pod ends; nothing when it runs for ever. An annotation that is no number of the range counts as absent. */
export function simulatedRun({ metadata: { annotations }, spec }: Pod): SimulatedRun | undefined {
  const seconds = numberOf(annotations?.[RUN_SECONDS_ANNOTATION], MAX_RUN_SECONDS);
  const exitCode = numberOf(annotations?.[EXIT_CODE_ANNOTATION], MAX_EXIT_CODE);
  const isTask = spec.restartPolicy === "Never" || spec.restartPolicy === "OnFailure";
  if (seconds === undefined && exitCode === undefined && !isTask) return undefined;
  const runMs = seconds === undefined ? (exitCode === undefined ? TASK_MS : 0) : seconds * 1000;
  return { runMs, exitCode: exitCode ?? 0 };
}

function numberOf(text: string | undefined, max: number): number | undefined {
  if (text === undefined || !/^\d+$/.test(text)) return undefined;
  const number = Number(text);
  return number <= max ? number : undefined;
}

/** A probe that answers takes this much beyond its initial delay. */
const PROBE_MS = 1_000;

/** From the start of the last container until all are ready: the longest initial delay of a readiness probe. Milliseconds. */
export function readinessMs({ containers }: PodSpec): number {
  let longestMs = 0;
  for (const { readinessProbe } of containers) {
    if (readinessProbe !== undefined) longestMs = Math.max(longestMs, (readinessProbe.initialDelaySeconds ?? 0) * 1000 + PROBE_MS);
  }
  return longestMs;
}
