import type { Status } from "#api/kubernetes/status";
import { required } from "#kube/apimachinery";
import type { Core } from "../core.ts";
import type { Answer, SessionSink } from "../request.ts";
import { badRequest, invalid, success } from "../status.ts";
import type { ResourceCall } from "../verbs/single.ts";
import { type CommandAnswer, ScriptError, scriptedAnswer } from "./exec-script.ts";
import { scriptOf } from "./script.ts";
import { commandSession, streamsOf } from "./streams.ts";
import { type ContainerTarget, containerTarget, requireNode, statusOf } from "./target.ts";

/**
 * Runs a command in a container, or rather answers it from the pod's annotation `lido.dev/exec`.
 * Differs from AKS: no process runs; a command that the script does not know ends with an error that says so.
 * @throws {StatusError} NotFound for the pod; BadRequest for a container that it has not or that does not run; Invalid without a command.
 * Source: pkg/registry/core/pod/strategy.go, ExecLocation; pkg/apis/core/validation, ValidatePodExecOptions.
 */
export function podExec(core: Core, call: ResourceCall): Answer {
  const { request, info } = call;
  const command = request.command ?? [];
  const target = runningContainer(core, call);
  if (command.length === 0) throw invalid({ group: "", kind: "PodExecOptions" }, info.name, [required("command")]);
  const session = commandSession(streamsOf(request.query), (sink) => answerCommand(core, { target, command, sink }));
  return { kind: "session", session };
}

/** The container, which has to run. */
export function runningContainer(core: Core, { resource, info, request }: ResourceCall): ContainerTarget {
  const { query } = request;
  const target = containerTarget(resource, info, query["container"]);
  const { pod, container } = target;
  streamsOf(query);
  if (!pod.spec.nodeName) throw badRequest(`pod ${info.name} does not have a host assigned`);
  requireNode(core, pod);
  if (statusOf(target)?.state?.running === undefined) throw badRequest(`container not found ("${container}")`);
  return target;
}

function answerCommand(
  core: Core,
  { target, command, sink }: { target: ContainerTarget; command: readonly string[]; sink: SessionSink },
): () => void {
  const answer = answerTo(core, target, command);
  if (typeof answer === "string") {
    sink.end(failedWith(answer));
    return () => undefined;
  }
  if (answer.stdout !== "") sink.stdout(answer.stdout);
  if (answer.stderr !== "") sink.stderr(answer.stderr);
  sink.end(answer.exitCode === 0 ? success(0) : exitedWith(answer.exitCode));
  return () => undefined;
}

/** The answer, or why there is none. */
function answerTo(core: Core, target: ContainerTarget, command: readonly string[]): CommandAnswer | string {
  const { pod, container } = target;
  const named = `container "${container}" of pod "${pod.metadata.namespace ?? ""}/${pod.metadata.name}"`;
  try {
    const script = scriptOf(core, target, "exec");
    const answer = script === undefined ? undefined : scriptedAnswer(script, command);
    return answer ?? `${named} is simulated: no process runs in it, and lido.dev/exec says nothing of ${JSON.stringify(command.join(" "))}`;
  } catch (error) {
    if (error instanceof ScriptError) return `${named} is simulated, and its lido.dev/exec cannot be read: ${error.message}`;
    throw error;
  }
}

type EndStatus = Pick<Status, "status" | "message" | "details"> & { readonly metadata: object; readonly reason: string };

/** Source: kubelet pkg/cri/streaming/remotecommand/exec.go, ServeExec. */
function exitedWith(exitCode: number): EndStatus {
  return {
    metadata: {},
    status: "Failure",
    message: `command terminated with non-zero exit code: exit status ${exitCode}`,
    reason: "NonZeroExitCode",
    details: { causes: [{ reason: "ExitCode", message: String(exitCode) }] },
  };
}

function failedWith(message: string): EndStatus {
  return { metadata: {}, status: "Failure", message, reason: "InternalError", details: { causes: [{ message }] } };
}
