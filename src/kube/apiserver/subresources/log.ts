import type { Pod } from "#api/kubernetes/core";
import type { RequestInfo } from "../request-info.ts";
import type { Resource } from "../resources.ts";
import { badRequest, notFound } from "../status.ts";
import { entryKey } from "../storage/storage.ts";

/**
 * What `kubectl logs` prints. It ends at once, also with `follow`: nothing would ever be added.
 * Differs from AKS: containers are simulated and write no logs.
 * @throws {StatusError} NotFound for the pod; BadRequest for a container that it has not or that has not started.
 */
export function podLog(resource: Resource, { namespace, name }: RequestInfo, query: Readonly<Record<string, string>>): string {
  const pod = resource.cache.get(entryKey(namespace, name))?.object as Pod | undefined;
  if (pod === undefined) throw notFound(resource.of, name);
  const container = containerOf(pod, query["container"] ?? "");
  const status = (pod.status?.containerStatuses ?? []).find((each) => each.name === container);
  if (status?.state?.waiting !== undefined)
    throw badRequest(
      `container "${container}" in pod "${name}" is waiting to start: ${status.state.waiting.reason ?? "ContainerCreating"}`,
    );
  return `container "${container}" of pod "${namespace}/${name}" is simulated: it runs no process and writes no log\n`;
}

/** Source: pkg/registry/core/pod/strategy.go, LogLocation. */
function containerOf(pod: Pod, asked: string): string {
  const names = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].map((each) => each.name);
  const { name } = pod.metadata;
  if (asked !== "") {
    if (!names.includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${name}`);
    return asked;
  }
  const running = pod.spec.containers.map((each) => each.name);
  if (running.length === 1) return running[0] ?? "";
  throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${running.join(" ")}]`);
}
