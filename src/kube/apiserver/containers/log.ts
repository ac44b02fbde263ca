import type { ContainerState, ContainerStatus, Pod } from "#api/kubernetes/core";
import { isPodTerminal, parseTime } from "#kube/apimachinery";
import type { Timer } from "#lib";
import type { Core } from "../core.ts";
import type { Answer, TextSink } from "../request.ts";
import { badRequest } from "../status.ts";
import { entryKey } from "../storage/storage.ts";
import type { ResourceCall } from "../verbs/single.ts";
import { limited } from "./followers.ts";
import { type ContainerRun, type LogLine, logLines, type LogOptions, renderLine, selectLines } from "./log-lines.ts";
import { logOptionsOf } from "./log-options.ts";
import { scriptOf } from "./script.ts";
import { type ContainerTarget, containerTarget, requireNode, statusOf } from "./target.ts";

/** How often a follower looks whether its container still runs. */
const FOLLOW_MS = 1_000;

/**
 * What `kubectl logs` prints: the lines that the pod's annotation `lido.dev/logs` gives the container, at the times of its run.
 * Differs from AKS: containers are simulated and write what they are told to; without a word, one line that says so.
 * @throws {StatusError} NotFound for the pod; BadRequest for a container that it has not or that has not started.
 * Source: pkg/registry/core/pod/strategy.go, LogLocation; pkg/kubelet/kubelet_pods.go, validateContainerLogStatus.
 */
export function podLog(core: Core, { resource, info, request }: ResourceCall): Answer {
  const options = logOptionsOf(request.query, info.name, core.clock.now());
  const target = containerTarget(resource, info, request.query["container"]);
  const { pod } = target;
  // A pod without a node has no kubelet to ask.
  if (!pod.spec.nodeName) return { kind: "text", code: 200, text: "" };
  requireNode(core, pod);
  const run = runOf(statusOf(target), target, options.previous);
  const lines = linesOf(core, target, run);
  const budget = new Budget(options.limitBytes);
  const text = budget.take(textOf(selectLines(lines, options, core.clock.now()), options.timestamps));
  if (!options.follow || options.previous) return { kind: "text", code: 200, text };
  const current = (): Pod | undefined => resource.cache.get(entryKey(info.namespace, info.name))?.object as Pod | undefined;
  const follow = limited(core, (sink) => followLog(core, { sink, target, lines, options, budget, current }));
  return { kind: "text", code: 200, text, follow };
}

/** The container's lines in this run. */
export function linesOf(core: Core, target: ContainerTarget, run: ContainerRun): LogLine[] {
  const { pod, container } = target;
  const honest = `container "${container}" of pod "${pod.metadata.namespace ?? ""}/${pod.metadata.name}" is simulated: it runs no process and writes no log`;
  return logLines(scriptOf(core, target, "logs") ?? honest, run);
}

/** @throws {StatusError} BadRequest when there is no such run. */
function runOf(status: ContainerStatus | undefined, { pod, container }: ContainerTarget, isPrevious: boolean): ContainerRun {
  const named = `container "${container}" in pod "${pod.metadata.name}"`;
  if (status === undefined) throw badRequest(`${named} is not available`);
  const { state = {}, lastState = {} } = status;
  if (isPrevious) {
    if (lastState.terminated === undefined) throw badRequest(`previous terminated ${named} not found`);
    return ended(lastState.terminated);
  }
  if (state.running !== undefined) return { startedMs: parseTime(state.running.startedAt) ?? 0, finishedMs: undefined };
  const last = state.terminated ?? lastState.terminated;
  if (last !== undefined) return ended(last);
  throw badRequest(`${named} is waiting to start${waitText(state.waiting?.reason)}`);
}

function ended({ startedAt, finishedAt }: NonNullable<ContainerState["terminated"]>): ContainerRun {
  return { startedMs: parseTime(startedAt) ?? 0, finishedMs: parseTime(finishedAt) ?? 0 };
}

function waitText(reason: string | undefined): string {
  if (reason === undefined) return " - no logs yet";
  if (reason === "ErrImagePull") return ": image can't be pulled";
  return reason === "ImagePullBackOff" ? ": trying and failing to pull image" : `: ${reason}`;
}

function textOf(lines: readonly LogLine[], timestamps: boolean): string {
  return lines.map((line) => renderLine(line, timestamps)).join("");
}

/** Bytes that may still be sent. */
class Budget {
  #left: number;

  constructor(limit: number | undefined) {
    this.#left = limit ?? Number.POSITIVE_INFINITY;
  }

  get isSpent(): boolean {
    return this.#left <= 0;
  }

  /** The part of the text that fits. */
  take(text: string): string {
    const bytes = Buffer.byteLength(text);
    const taken = bytes <= this.#left ? text : Buffer.from(text).subarray(0, this.#left).toString();
    this.#left -= bytes;
    return taken;
  }
}

interface Following {
  readonly sink: TextSink;
  readonly target: ContainerTarget;
  readonly lines: readonly LogLine[];
  readonly options: Pick<LogOptions, "timestamps">;
  readonly budget: { take(text: string): string; readonly isSpent: boolean };
  /** The pod as it is now. */
  readonly current: () => Pod | undefined;
}

/** Sends each line in its time until the container has ended; returns the way to stop. */
export function followLog({ clock }: Core, { sink, target, lines, options, budget, current }: Following): () => void {
  let timer: Timer | undefined;
  let next = lines.findIndex(({ atMs }) => atMs > clock.now());
  if (next === -1) next = lines.length;
  const before = statusOf(target)?.containerID;
  const look = (): void => {
    const from = next;
    while (next < lines.length && (lines[next]?.atMs ?? 0) <= clock.now()) next++;
    if (next > from) sink.write(budget.take(textOf(lines.slice(from, next), options.timestamps)));
    const pod = current();
    const status = pod === undefined ? undefined : statusOf({ ...target, pod });
    const runs = status?.state?.running !== undefined && status.containerID === before;
    if (!runs || budget.isSpent || (pod !== undefined && isPodTerminal(pod))) return sink.end();
    const dueMs = (lines[next]?.atMs ?? Number.POSITIVE_INFINITY) - clock.now();
    timer = clock.after(Math.min(Math.max(dueMs, 0), FOLLOW_MS), look);
  };
  timer = clock.after(0, look);
  return () => timer?.cancel();
}
