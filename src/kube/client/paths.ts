import type { ResourceType } from "#api/kubernetes/meta";
import type { ListOptions } from "./client.ts";

/** `/api/v1/namespaces/ns/pods`; across namespaces, and for kinds without them, leaves the namespace out. */
export function collectionPath({ group, version, resource, namespaced }: ResourceType, namespace: string | undefined): string {
  const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  return namespaced && namespace !== undefined ? `${root}/namespaces/${encode(namespace)}/${resource}` : `${root}/${resource}`;
}

/** Path of one object, or of its subresource. */
export function objectPath(type: ResourceType, at: { name: string; namespace?: string | undefined }, subresource?: string): string {
  const path = `${collectionPath(type, at.namespace)}/${encode(at.name)}`;
  return subresource === undefined || subresource === "" ? path : `${path}/${subresource}`;
}

/** Letters of nearly every name stand for themselves in paths. */
const PLAIN = /^[A-Za-z0-9._-]*$/;

function encode(segment: string): string {
  return PLAIN.test(segment) ? segment : encodeURIComponent(segment);
}

/** Query of a list or watch. */
export function listQuery({ labelSelector, fieldSelector, limit, continue: token, resourceVersion }: ListOptions): Record<string, string> {
  const query: Record<string, string> = {};
  if (labelSelector !== undefined) query["labelSelector"] = labelSelector;
  if (fieldSelector !== undefined) query["fieldSelector"] = fieldSelector;
  if (limit !== undefined) query["limit"] = String(limit);
  if (token !== undefined) query["continue"] = token;
  if (resourceVersion !== undefined) query["resourceVersion"] = resourceVersion;
  return query;
}
