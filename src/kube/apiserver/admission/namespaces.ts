import type { Namespace } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import type { Resource, ResourceTable } from "../resources.ts";
import { forbidden, notFound } from "../status.ts";

/** Source: apiserver pkg/admission/plugin/namespace/lifecycle/admission.go, NewLifecycle. */
const IMMORTAL: ReadonlySet<string> = new Set(["default", "kube-system", "kube-public"]);

function isNamespaces({ group, kind }: Resource): boolean {
  return group === "" && kind.resource === "namespaces";
}

/** Nothing is created in a namespace that does not exist or is going. Source: as above, Admit. */
export function checkNamespace(context: { readonly resources: ResourceTable }, resource: Resource, object: KubeObject): void {
  const { namespace, name } = object.metadata;
  if (namespace === undefined || !resource.kind.namespaced) return;
  const namespaces = context.resources.preferred("", "namespaces");
  if (namespaces === undefined) return;
  const found: Namespace | undefined = namespaces.cache.get(namespace)?.object;
  if (found === undefined) throw notFound(namespaces.of, namespace);
  if (found.status?.phase !== "Terminating") return;
  throw forbidden(resource.of, name, `unable to create new content in namespace ${namespace} because it is being terminated`, [
    { reason: "NamespaceTerminating", message: `namespace ${namespace} is being terminated`, field: "metadata.namespace" },
  ]);
}

/** Some namespaces are there for ever. Source: as above, Admit. */
export function refuseImmortal(resource: Resource, name: string): void {
  if (isNamespaces(resource) && IMMORTAL.has(name)) throw forbidden(resource.of, name, "this namespace may not be deleted");
}
