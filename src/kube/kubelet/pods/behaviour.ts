import type { Pod } from "#api/kubernetes/core";
import { SIMULATION_PREFIX, simulationNumber, simulationText, type SimulationWord } from "#api/simulation";
import { milliValue, QuantityError } from "#kube/apimachinery";
import type { PullFailure } from "../image-failures.ts";
import { STOP_MS } from "../stages/pod-stages.ts";
import type { ContainerRecord } from "./containers.ts";
import { plainCommand } from "./plain-command.ts";

const MAX_SECONDS = 365 * 86_400;
const MAX_EXIT_CODE = 255;
/** How long containers run that are there to end, when nothing is said. */
const TASK_MS = 5_000;
/** What an init container takes when nothing is said. */
const INIT_MS = 1_000;
/** What a container that uses too much memory lives. */
const OOM_MS = 1_000;
/** A process that was killed, and one that was told to stop and knew no better. */
export const SIGKILL_EXIT = 137;
const SIGTERM_EXIT = 143;

/** How a container ends by itself. */
export interface SimulatedExit {
  /** Milliseconds on a real machine from its start. */
  readonly runMs: number;
  readonly exitCode: number;
  /** Other than what follows from the exit code. */
  readonly reason?: "OOMKilled";
  readonly message?: string;
}

type Asked = Pick<ContainerRecord, "name" | "kind" | "container">;

/**
 * How the container ends; nothing when it runs for ever. An annotation that is no number of the range counts as absent.
 * Differs from AKS: containers are simulated; unless their command says by itself how long it takes, those of pods with
 * `restartPolicy` Never or OnFailure end with 0 after 5 seconds, init containers after one.
 */
export function simulatedExit(pod: Pod, each: Asked): SimulatedExit | undefined {
  if (isOutOfMemory(pod, each)) return { runMs: OOM_MS, exitCode: SIGKILL_EXIT, reason: "OOMKilled" };
  const seconds = numberOf(pod, each, "run-seconds", MAX_SECONDS);
  const exitCode = numberOf(pod, each, "exit-code", MAX_EXIT_CODE);
  const { restartPolicy } = pod.spec;
  const isTask = each.kind === "init" || (each.kind === "main" && (restartPolicy === "Never" || restartPolicy === "OnFailure"));
  const plain = seconds === undefined && exitCode === undefined ? plainCommand(each.container) : undefined;
  if (plain !== undefined ? plain.seconds > MAX_SECONDS : seconds === undefined && exitCode === undefined && !isTask) return undefined;
  const taskMs = each.kind === "init" ? INIT_MS : TASK_MS;
  const asked = seconds ?? plain?.seconds;
  const runMs = asked === undefined ? (exitCode === undefined ? taskMs : 0) : asked * 1000;
  const message = textOf(pod, each, "termination-message");
  return { runMs, exitCode: exitCode ?? plain?.exitCode ?? 0, ...(message === undefined ? {} : { message }) };
}

/**
 * What the container ends with when it is told to stop and does so in time: what serves ends well, what is there to end dies of the
 * signal.
 */
export function stoppedExitCode({ spec: { restartPolicy } }: Pod): number {
  return restartPolicy === "Never" || restartPolicy === "OnFailure" ? SIGTERM_EXIT : 0;
}

/** How long the container takes to stop when it is told to, its hook before that included, in milliseconds on a real machine. */
export function stopMs(pod: Pod, each: Asked): number {
  const seconds = numberOf(pod, each, "stop-seconds", MAX_SECONDS);
  const sleep = each.container.lifecycle?.preStop?.sleep?.seconds ?? 0;
  return sleep * 1000 + (seconds === undefined ? STOP_MS : seconds * 1000);
}

/** Why its image cannot be pulled, by annotation. */
export function simulatedPullFailure(pod: Pod, each: Asked): PullFailure | undefined {
  const text = textOf(pod, each, "pull-error");
  return text === "not-found" || text === "denied" || text === "unreachable" ? text : undefined;
}

/** Why the runtime cannot start it. */
export function simulatedStartFailure(pod: Pod, each: Asked): string | undefined {
  return textOf(pod, each, "start-error");
}

export type ProbeKind = "startup" | "readiness" | "liveness";

/** When the answer of the container's probe turns: milliseconds on a real machine after its start. */
export interface ProbeTurn {
  /** From then on, or until then. */
  readonly succeeds: "from" | "until";
  readonly ms: number;
}

/** What the container's probe finds; undefined when it always succeeds. */
export function simulatedProbe(pod: Pod, each: Asked, kind: ProbeKind): ProbeTurn | undefined {
  if (kind === "readiness" && textOf(pod, each, "ready") === "false") return { succeeds: "from", ms: Number.POSITIVE_INFINITY };
  const seconds = numberOf(pod, each, PROBE_WORDS[kind], MAX_SECONDS);
  if (seconds === undefined) return undefined;
  return { succeeds: kind === "liveness" ? "until" : "from", ms: seconds * 1000 };
}

const PROBE_WORDS: Readonly<Record<ProbeKind, SimulationWord>> = {
  startup: "started-after-seconds",
  readiness: "ready-after-seconds",
  liveness: "unhealthy-after-seconds",
};

/** Whether something else is said about the pod's containers now. */
export function hasOtherBehaviour(pod: Pod, before: Pod): boolean {
  return pod.metadata.annotations !== before.metadata.annotations && behaviourText(pod) !== behaviourText(before);
}

function behaviourText({ metadata: { annotations = {} } }: Pod): string {
  let text = "";
  for (const [name, value] of Object.entries(annotations)) if (name.startsWith(SIMULATION_PREFIX)) text += `${name}=${value}\n`;
  return text;
}

function isOutOfMemory(pod: Pod, each: Asked): boolean {
  const used = textOf(pod, each, "memory");
  const limit = each.container.resources?.limits?.["memory"];
  if (used === undefined || limit === undefined) return false;
  try {
    return milliValue(used) > milliValue(limit);
  } catch (error) {
    if (error instanceof QuantityError) return false;
    throw error;
  }
}

function textOf(pod: Pod, { name, kind }: Asked, word: SimulationWord): string | undefined {
  return simulationText(pod, { name, isMain: kind === "main" }, word);
}

function numberOf(pod: Pod, { name, kind }: Asked, word: SimulationWord, max: number): number | undefined {
  return simulationNumber(pod, { name, isMain: kind === "main" }, { word, max });
}
