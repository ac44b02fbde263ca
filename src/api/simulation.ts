import type { KubeObject } from "./kubernetes/meta.ts";

/**
 * Annotations of pods that say what their simulated containers do: `lido.dev/<name>` for the pod's containers, not its init
 * containers and sidecars, or `lido.dev/<container>.<name>` for one of any kind, which wins.
 */
export const SIMULATION_PREFIX = "lido.dev/";

/** What can be said of a container. */
export type SimulationWord =
  /** Seconds that it runs. */
  | "run-seconds"
  /** What it ends with: 0 to 255. */
  | "exit-code"
  /** What it leaves behind as it ends. */
  | "termination-message"
  /** Why its image cannot be pulled: `not-found`, `denied` or `unreachable`. */
  | "pull-error"
  /** Why the runtime cannot start it. */
  | "start-error"
  /** `false`: its readiness probe fails. */
  | "ready"
  /** Seconds after its start from which its readiness probe succeeds. */
  | "ready-after-seconds"
  /** Seconds after its start from which its startup probe succeeds. */
  | "started-after-seconds"
  /** Seconds after its start from which its liveness probe fails. */
  | "unhealthy-after-seconds"
  /** Seconds that it takes to stop when it is asked to. */
  | "stop-seconds"
  /** What it uses: `100m`. */
  | "cpu"
  /** What it uses: `64Mi`. More than its limit kills it. */
  | "memory"
  /** Lines that it has written, or `configmap/<name>[/<key>]`, which holds them. */
  | "logs"
  /** What commands answer, as YAML, or `configmap/<name>[/<key>]`, which holds it. */
  | "exec";

/** The annotation's text; undefined when there is none. @param isMain whether the pod's own word counts for this container. */
export function simulationText(
  { metadata: { annotations } }: KubeObject,
  container: { readonly name: string; readonly isMain: boolean },
  word: SimulationWord,
): string | undefined {
  if (annotations === undefined) return undefined;
  const own = annotations[`${SIMULATION_PREFIX}${container.name}.${word}`];
  return own ?? (container.isMain ? annotations[SIMULATION_PREFIX + word] : undefined);
}

/** As {@link simulationText}, for whole numbers; undefined for what is no number from 0 to `max`. */
export function simulationNumber(
  pod: KubeObject,
  container: { readonly name: string; readonly isMain: boolean },
  { word, max }: { readonly word: SimulationWord; readonly max: number },
): number | undefined {
  const text = simulationText(pod, container, word);
  if (text === undefined || !/^\d{1,9}$/.test(text)) return undefined;
  const number = Number(text);
  return number <= max ? number : undefined;
}
