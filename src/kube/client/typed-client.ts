import type { Binding, Eviction } from "#api/kubernetes/core";
import type { KubeList, KubeObject, ResourceType, WatchEvent } from "#api/kubernetes/meta";
import { resources } from "#api/kubernetes/resources";
import type { KubeTransport } from "#api/kubernetes/transport";
import type { KubeClient, ListOptions, ListResult, Name, Patch, WatchOptions } from "./client.ts";
import { collectionPath, listQuery, objectPath } from "./paths.ts";

/** Media types of patches. Source: apimachinery pkg/types/patch.go. */
const PATCH_TYPES = {
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  json: "application/json-patch+json",
} as const;

/** A typed client over any transport. Objects that the transport shares are shared here too: they must not be changed. */
export function createKubeClient(transport: KubeTransport): KubeClient {
  return {
    tellsAtOnce: transport.tellsAtOnce === true,
    async get<T extends KubeObject>(type: ResourceType<T>, name: Name, options: { subresource?: string } = {}) {
      return (await transport.call({ method: "GET", path: objectPath(type, name, options.subresource) })) as T;
    },
    async list<T extends KubeObject>(type: ResourceType<T>, options: ListOptions = {}) {
      const path = collectionPath(type, options.namespace);
      return resultOf(type, (await transport.call({ method: "GET", path, query: listQuery(options) })) as KubeList<T>);
    },
    async create<T extends KubeObject>(type: ResourceType<T>, object: T) {
      const path = collectionPath(type, object.metadata.namespace);
      return (await transport.call({ method: "POST", path, body: withType(type, object) })) as T;
    },
    async update<T extends KubeObject>(type: ResourceType<T>, object: T, options: { subresource?: string } = {}) {
      const path = objectPath(type, object.metadata, options.subresource);
      return (await transport.call({ method: "PUT", path, body: withType(type, object) })) as T;
    },
    async patch<T extends KubeObject>(type: ResourceType<T>, name: Name, patch: Patch, options: { subresource?: string } = {}) {
      const path = objectPath(type, name, options.subresource);
      return (await transport.call({ method: "PATCH", path, body: patch.body, contentType: PATCH_TYPES[patch.type] })) as T;
    },
    async delete(type, name, options) {
      const path = objectPath(type, name);
      await transport.call({ method: "DELETE", path, ...(options === undefined ? {} : { body: options }) });
    },
    async bind(pod, nodeName) {
      const body: Binding = { apiVersion: "v1", kind: "Binding", metadata: metadataOf(pod), target: { kind: "Node", name: nodeName } };
      await transport.call({ method: "POST", path: objectPath(resources.pods, pod, "binding"), body });
    },
    async evict(pod, options) {
      const body: Eviction = {
        apiVersion: "policy/v1",
        kind: "Eviction",
        metadata: metadataOf(pod),
        deleteOptions: options?.gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds: options.gracePeriodSeconds },
      };
      await transport.call({ method: "POST", path: objectPath(resources.pods, pod, "eviction"), body });
    },
    watch: (type, options, handlers) => watch(transport, type, options, handlers),
  };
}

function watch<T extends KubeObject>(
  transport: KubeTransport,
  type: ResourceType<T>,
  options: WatchOptions,
  handlers: Parameters<KubeClient["watch"]>[2] & { event(event: WatchEvent<T>): void },
): { stop(): void } {
  const query = {
    ...listQuery(options),
    ...(options.allowBookmarks === true ? { allowWatchBookmarks: "true" } : {}),
    watch: "true",
  };
  return transport.watch(
    { path: collectionPath(type, options.namespace), query },
    { event: (event) => handlers.event(event as WatchEvent<T>), end: (error) => handlers.end(error) },
  );
}

/** Servers may leave the type out of a list's items, as it is the same for all: here each has it, as when it is read alone. */
function resultOf<T extends KubeObject>(type: ResourceType<T>, { items, metadata }: KubeList<T>): ListResult<T> {
  const { resourceVersion = "", continue: token } = metadata;
  const isTyped = items[0] === undefined || items[0].kind !== undefined;
  const typed = isTyped ? items : items.map((item) => withType(type, item));
  return { items: typed, resourceVersion, ...(token === undefined || token === "" ? {} : { continue: token }) };
}

/** Objects are written with their type, also when the caller left it out. */
function withType<T extends KubeObject>({ group, version, kind }: ResourceType<T>, object: T): T {
  const apiVersion = group === "" ? version : `${group}/${version}`;
  return object.apiVersion === apiVersion && object.kind === kind ? object : { ...object, apiVersion, kind };
}

function metadataOf({ name, namespace }: Name): { name: string; namespace?: string } {
  return { name, ...(namespace === undefined ? {} : { namespace }) };
}
