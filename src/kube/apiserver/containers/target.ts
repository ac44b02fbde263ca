import type { ContainerStatus, Pod } from "#api/kubernetes/core";
import type { Core } from "../core.ts";
import type { RequestInfo } from "../request-info.ts";
import type { Resource } from "../resources.ts";
import { badRequest, notFound } from "../status.ts";
import { entryKey } from "../storage/storage.ts";

/** The container that a call is about. */
export interface ContainerTarget {
  readonly pod: Pod;
  readonly container: string;
  /** Whether it is one of the pod's own, neither an init container nor a sidecar. */
  readonly isMain: boolean;
}

/**
 * Finds the pod and its container.
 * @throws {StatusError} NotFound for the pod; BadRequest for a container that it has not, or when it has several and none is named.
 * Source: pkg/registry/core/pod/strategy.go, validateContainer.
 */
export function containerTarget(resource: Resource, { namespace, name }: RequestInfo, asked = ""): ContainerTarget {
  const pod = resource.cache.get(entryKey(namespace, name))?.object as Pod | undefined;
  if (pod === undefined) throw notFound(resource.of, name);
  const mains = pod.spec.containers.map((each) => each.name);
  const inits = (pod.spec.initContainers ?? []).map((each) => each.name);
  if (asked !== "") {
    const ephemerals = (pod.spec.ephemeralContainers ?? []).map((each) => each.name);
    if (![...mains, ...inits, ...ephemerals].includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${name}`);
    return { pod, container: asked, isMain: mains.includes(asked) };
  }
  const [only] = mains;
  if (only !== undefined && mains.length === 1) return { pod, container: only, isMain: true };
  const others = inits.length > 0 ? ` or one of the init containers: [${inits.join(" ")}]` : "";
  throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${mains.join(" ")}]${others}`);
}

/** What the kubelet says of the container; undefined before it has said anything. */
export function statusOf({ pod, container }: ContainerTarget): ContainerStatus | undefined {
  const { containerStatuses = [], initContainerStatuses = [], ephemeralContainerStatuses = [] } = pod.status ?? {};
  return [...containerStatuses, ...initContainerStatuses, ...ephemeralContainerStatuses].find(({ name }) => name === container);
}

/** What a pod's kubelet answers of a node that is gone. @throws {StatusError} NotFound. */
export function requireNode(core: Core, { spec }: Pod): void {
  const nodes = core.resources.preferred("", "nodes");
  const name = spec.nodeName ?? "";
  if (nodes?.cache.get(entryKey(undefined, name)) === undefined) throw notFound({ group: "", resource: "nodes" }, name);
}
