import type { Pod } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import { isStatus } from "#api/kubernetes/status";
import { controllerOf, isDaemonPod, isMirrorPod, isPodTerminal } from "#kube/apimachinery";
import { type Arguments, KubectlError } from "./flags.ts";
import { setSchedulable } from "./change.ts";
import { getObject, type Session } from "./session.ts";

/** Between two attempts to evict what a budget protects, and between two looks whether a pod has gone. */
const RETRY_MS = 5_000;
const LOOK_MS = 250;

/**
 * `kubectl drain NODE`: cordons the node and evicts its pods, as long as their budgets take.
 * Source: kubernetes/kubectl pkg/cmd/drain, pkg/drain/filters.go.
 */
export async function drain(session: Session, args: Arguments): Promise<void> {
  const names = args.positional.map((word) => word.replace(/^nodes?\//, ""));
  if (names.length === 0) throw new KubectlError("USAGE: drain NODE [flags]\nSee 'kubectl drain -h' for help and examples");
  await setSchedulable(session, args, false);
  for (const name of names) await drainNode(session, args, name);
}

async function drainNode(session: Session, args: Arguments, name: string): Promise<void> {
  const { items } = (await session.transport.call({
    method: "GET",
    path: "/api/v1/pods",
    query: { fieldSelector: `spec.nodeName=${name}` },
  })) as { items: readonly Pod[] };
  const { evicted, warnings, errors } = sorted(items, args);
  if (errors.length > 0) {
    const text = errors.length === 1 ? (errors[0] ?? "") : `[${errors.join(", ")}]`;
    session.say(`error: unable to drain node "${name}" due to error: ${text}, continuing command...`);
    session.say(`There are pending nodes to be drained:\n ${name}`);
    throw new KubectlError(errors.join("\n"));
  }
  if (warnings.length > 0) session.say(`Warning: ${warnings.join("; ")}`);
  for (const pod of evicted) session.say(`evicting pod ${nameOf(pod)}`);
  await Promise.all(evicted.map((pod) => evict(session, pod)));
  session.say(`node/${name} drained`);
}

interface Sorted {
  readonly evicted: readonly Pod[];
  readonly warnings: readonly string[];
  readonly errors: readonly string[];
}

/** What is in the way of a drain, what is passed over, and what goes. */
function sorted(pods: readonly Pod[], args: Arguments): Sorted {
  const present = pods.filter((pod) => !isMirrorPod(pod));
  const ofDaemons = present.filter((pod) => isDaemonPod(pod) && !isPodTerminal(pod));
  const others = present.filter((pod) => !ofDaemons.includes(pod));
  const alone = others.filter((pod) => controllerOf(pod) === undefined && !isPodTerminal(pod));
  const local = others.filter((pod) => !isPodTerminal(pod) && hasEmptyDir(pod));
  const [ignores, forces, deletes] = [args.flag("--ignore-daemonsets"), args.flag("--force"), args.flag("--delete-emptydir-data")];
  const note = (text: string, found: readonly Pod[]): string[] => (found.length === 0 ? [] : [`${text}: ${found.map(nameOf).join(", ")}`]);
  return {
    evicted: others,
    warnings: [
      ...(ignores ? note("ignoring DaemonSet-managed Pods", ofDaemons) : []),
      ...(forces ? note("deleting Pods that declare no controller", alone) : []),
    ],
    errors: [
      ...(ignores ? [] : note("cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)", ofDaemons)),
      ...(deletes ? [] : note("cannot delete Pods with local storage (use --delete-emptydir-data to override)", local)),
      ...(forces ? [] : note("cannot delete Pods that declare no controller (use --force to override)", alone)),
    ],
  };
}

function hasEmptyDir({ spec }: Pod): boolean {
  const { volumes = [] } = spec as { readonly volumes?: readonly { readonly emptyDir?: unknown }[] };
  return volumes.some(({ emptyDir }) => emptyDir !== undefined);
}

function nameOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}

/** Evicts a pod, again and again while its budget forbids it, and waits until it has gone. */
async function evict(session: Session, pod: Pod): Promise<void> {
  const { name, namespace = "default", uid } = pod.metadata;
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  const body = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } };
  while (await isRefused(session, { path, body, name, namespace })) await session.clock.sleep(RETRY_MS, session.signal);
  for (;;) {
    const present = await getObject(session, path).catch((error: unknown) => {
      if (isStatus(error, "NotFound")) return undefined;
      throw error;
    });
    if (present === undefined || present.metadata.uid !== uid) break;
    await session.clock.sleep(LOOK_MS, session.signal);
  }
  session.say(`pod/${name} evicted`);
}

async function isRefused(
  session: Session,
  { path, body, name, namespace }: { readonly path: string; readonly body: object; readonly name: string; readonly namespace: string },
): Promise<boolean> {
  try {
    await session.transport.call({ method: "POST", path: `${path}/eviction`, body });
    return false;
  } catch (error) {
    if (isStatus(error, "NotFound")) return false;
    if (!isStatus(error, "TooManyRequests")) throw error;
    session.say(`error when evicting pods/"${name}" -n "${namespace}" (will retry after ${RETRY_MS / 1000}s): ${(error as Error).message}`);
    return true;
  }
}
