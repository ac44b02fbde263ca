import type { Pod, PodSpec } from "#api/kubernetes/core";

/**
 * Says how long the containers of a pod run, in seconds; without it they run for ever, for there is no process that could end.
 * Differs from AKS: containers are simulated and end only when this annotation says so.
 */
export const RUN_SECONDS_ANNOTATION = "lido.dev/run-seconds";
/** The exit code they end with; 0 without it. */
export const EXIT_CODE_ANNOTATION = "lido.dev/exit-code";

const MAX_RUN_SECONDS = 365 * 86_400;
const MAX_EXIT_CODE = 255;

/** How a pod's containers end. */
export interface SimulatedRun {
  /** Milliseconds on a real machine. */
  readonly runMs: number;
  readonly exitCode: number;
}

/** What the pod's annotations say of its end; nothing when it has none. A text that is no number of the range counts as absent. */
export function simulatedRun({ metadata: { annotations } }: Pod): SimulatedRun | undefined {
  const seconds = numberOf(annotations?.[RUN_SECONDS_ANNOTATION], MAX_RUN_SECONDS);
  const exitCode = numberOf(annotations?.[EXIT_CODE_ANNOTATION], MAX_EXIT_CODE);
  if (seconds === undefined && exitCode === undefined) return undefined;
  return { runMs: (seconds ?? 0) * 1000, exitCode: exitCode ?? 0 };
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
