import type { KubeObject } from "#api/kubernetes/meta";
import type { Selector } from "#kube/apimachinery";
import type { ResourceTable } from "../../resources.ts";
import { notFound } from "../../status.ts";
import type { ReviewedCall } from "./review.ts";

/**
 * Whether the labels of the call's namespace are selected; what is in no namespace always is.
 * Source: apiserver pkg/admission/plugin/webhook/predicates/namespace/matcher.go. @throws {StatusError} NotFound for the namespace.
 */
export function selectsNamespace(
  resources: ResourceTable,
  selector: Selector,
  { resource, subresource, operation, namespace }: ReviewedCall,
  object: KubeObject | undefined,
): boolean {
  const isNamespace = resource.kind.resource === "namespaces" && resource.group === "";
  if (selector.empty || (namespace === "" && !isNamespace)) return true;
  if (isNamespace && subresource === "" && (operation === "CREATE" || operation === "UPDATE"))
    return selector.matches(object?.metadata.labels);
  const namespaces = resources.preferred("", "namespaces");
  const found = namespaces?.cache.get(namespace)?.object;
  if (found === undefined) throw notFound({ group: "", resource: "namespaces" }, namespace);
  return selector.matches(found.metadata.labels);
}

/** Source: …/predicates/object/matcher.go. */
export function selectsObject(selector: Selector, object: KubeObject | undefined, previous: KubeObject | undefined): boolean {
  if (selector.empty) return true;
  return [object, previous].some((each) => each?.metadata !== undefined && selector.matches(each.metadata.labels));
}
