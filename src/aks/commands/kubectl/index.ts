import { ownEntry } from "#lib";
import { isStatus } from "#api/kubernetes/status";
import { apply, create } from "./apply.ts";
import { scale, setMetadata, setSchedulable, taint } from "./change.ts";
import { remove } from "./delete.ts";
import { drain } from "./drain.ts";
import { type Arguments, KubectlError, parseArguments, PartsFailed } from "./flags.ts";
import { get } from "./get.ts";
import { pathOf, type Session } from "./session.ts";
import { errorText, namespaceOf } from "./targets.ts";

export type { Session } from "./session.ts";

type Command = (session: Session, args: Arguments) => Promise<void>;

const COMMANDS: Readonly<Record<string, Command>> = {
  get,
  apply,
  create,
  delete: remove,
  label: (session, args) => setMetadata(session, args, "labels"),
  annotate: (session, args) => setMetadata(session, args, "annotations"),
  taint,
  cordon: (session, args) => setSchedulable(session, args, false),
  uncordon: (session, args) => setSchedulable(session, args, true),
  drain,
  scale,
  logs,
  version,
};

/** Commands of kubectl that are not spoken here. Source: kubernetes/kubectl pkg/cmd/cmd.go. */
const OTHERS: ReadonlySet<string> = new Set(
  (
    "api-resources api-versions attach auth autoscale certificate cluster-info completion config cp debug describe diff edit events " +
    "exec explain expose kustomize patch plugin port-forward proxy replace rollout run set top wait"
  ).split(" "),
);

/**
 * Runs kubectl with these words, against one cluster, and returns its exit code. What it prints is kubectl's.
 * Source: kubernetes/kubectl pkg/cmd.
 */
export async function runKubectl(session: Session, words: readonly string[]): Promise<number> {
  try {
    const { name, rest } = commandOf(words);
    const command = ownEntry(COMMANDS, name);
    if (command === undefined) throw unknownCommand(name);
    await command(session, parseArguments(name, rest));
    return 0;
  } catch (error) {
    if (!(error instanceof PartsFailed)) session.say(errorText(error));
    return 1;
  }
}

/** Flags may come before the command: `kubectl -n kube-system get pods`. */
function commandOf(words: readonly string[]): { readonly name: string; readonly rest: readonly string[] } {
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? "";
    if (!word.startsWith("-")) return { name: word, rest: [...words.slice(0, index), ...words.slice(index + 1)] };
    // A short flag, or a long one without `=`, is followed by its value.
    if (/^-n$|^--namespace$|^--v$|^-v$|^--request-timeout$/.test(word)) index++;
  }
  throw new KubectlError(
    "a command of kubectl is required: get, apply, create, delete, label, annotate, taint, cordon, uncordon, drain, scale, logs, version",
  );
}

function unknownCommand(name: string): KubectlError {
  return new KubectlError(OTHERS.has(name) ? `kubectl ${name} is not emulated` : `unknown command "${name}" for "kubectl"`);
}

/** `kubectl logs POD`: what the cluster says of a container that does not run. */
async function logs(session: Session, args: Arguments): Promise<void> {
  const [word = "", ...more] = args.positional;
  if (word === "" || more.length > 0)
    throw new KubectlError(
      "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command",
    );
  if (word.includes("/") && !/^pods?\//.test(word)) throw new KubectlError("logs of anything but a pod are not emulated");
  if (args.flag("--follow")) throw new KubectlError("following logs is not emulated");
  const container = args.text("--container");
  const query = container === undefined ? {} : { container };
  const [namespace, pod] = [namespaceOf(args), word.replace(/^pods?\//, "")];
  const text = await session.transport
    .call({ method: "GET", path: `${pathOf(POD, namespace, pod)}/log`, query })
    .catch((error: unknown) => {
      if (!isStatus(error, "NotFound")) throw error;
      throw new KubectlError(`error from server (NotFound): pods "${pod}" not found in namespace "${namespace}"`);
    });
  for (const line of (typeof text === "string" ? text : JSON.stringify(text)).replace(/\n$/, "").split("\n")) session.say(line);
}

const POD = {
  group: "",
  version: "v1",
  resource: "pods",
  kind: "Pod",
  namespaced: true,
  singular: "pod",
  shortNames: [],
  categories: [],
} as const;

/**
 * `kubectl version`. Source: kubernetes/kubectl pkg/cmd/version.
 * Differs from AKS: the client is of the cluster's own version.
 */
async function version(session: Session, args: Arguments): Promise<void> {
  const { gitVersion } = (await session.transport.call({ method: "GET", path: "/version" })) as { gitVersion: string };
  session.say(`Client Version: ${gitVersion}`);
  if (!args.flag("--client")) session.say(`Server Version: ${gitVersion}`);
}
