import type { KubeObject } from "#api/kubernetes/meta";
import { dynamicValue, textValue } from "../../cel/values.ts";
import type { Resource, ResourceTable } from "../../resources.ts";
import type { ReviewedCall } from "./review.ts";

/**
 * What expressions about a call see of it.
 * Source: apiserver pkg/admission/plugin/cel/activation.go; condition.go, CreateAdmissionRequest and CreateNamespaceObject.
 */
export function callValues(
  resources: ResourceTable,
  call: ReviewedCall,
  { of, object, withNamespace }: { of: Resource; object: KubeObject | undefined; withNamespace: boolean },
): Record<string, unknown> {
  const shown = (each: KubeObject | undefined): unknown => (each === undefined ? null : dynamicValue(call.form.show(of, each)));
  return {
    object: shown(object),
    oldObject: shown(call.previous),
    request: requestOf(call, of),
    namespaceObject: withNamespace ? namespaceOf(resources, call) : null,
  };
}

function requestOf(
  { resource, subresource, name, namespace, operation, author, dryRun, options, form }: ReviewedCall,
  of: Resource,
): unknown {
  const { name: username = "", groups = [], uid = "", extra = {} } = author.user ?? {};
  const resourceOf = (each: Resource): object => ({ group: each.group, version: each.version, resource: each.of.resource });
  return dynamicValue({
    kind: form.kind(of),
    resource: resourceOf(of),
    requestKind: form.kind(resource),
    requestResource: resourceOf(resource),
    name,
    namespace,
    operation,
    userInfo: { username, groups, ...(uid !== "" && { uid }), extra },
    dryRun,
    ...(subresource !== "" && { subResource: subresource, requestSubResource: subresource }),
    ...(options !== undefined && { options }),
  });
}

function namespaceOf(resources: ResourceTable, { resource, namespace }: ReviewedCall): unknown {
  if (namespace === "" || (resource.group === "" && resource.kind.resource === "namespaces")) return null;
  const found = resources.preferred("", "namespaces")?.cache.get(namespace)?.object;
  if (found === undefined) return null;
  const { uid, creationTimestamp, deletionTimestamp, managedFields: _, ownerReferences: __, ...metadata } = found.metadata;
  const { spec, status } = found as KubeObject & { spec?: { finalizers?: string[] }; status?: { phase?: string } };
  const shown = dynamicValue({
    metadata: { ...metadata, UID: uid },
    spec: { finalizers: spec?.finalizers ?? [] },
    status: { phase: status?.phase ?? "" },
  }) as Map<string, Map<string, unknown>>;
  for (const [name, time] of Object.entries({ creationTimestamp, deletionTimestamp }))
    if (time !== undefined) shown.get("metadata")?.set(name, textValue(time, "google.protobuf.Timestamp"));
  return shown;
}
