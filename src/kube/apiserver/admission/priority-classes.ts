import type { KubeObject } from "#api/kubernetes/meta";
import type { Resource } from "../resources.ts";
import { forbidden } from "../status.ts";

export interface PriorityClass extends KubeObject {
  value?: number;
  globalDefault?: boolean;
  preemptionPolicy?: string;
}

/** Of several defaults, the one of the lowest value. Source: plugin/pkg/admission/priority/admission.go, getDefaultPriorityClass. */
export function defaultPriorityClass(classes: Resource | undefined): PriorityClass | undefined {
  let found: PriorityClass | undefined;
  for (const { object } of classes?.cache.values() ?? []) {
    const each = object as PriorityClass;
    if (each.globalDefault === true && (found === undefined || (each.value ?? 0) < (found.value ?? 0))) found = each;
  }
  return found;
}

/** There is one default at most. Source: as above, validatePriorityClass. @throws {StatusError} Forbidden. */
export function checkDefaultClass(resource: Resource, object: KubeObject, isNew: boolean): void {
  if ((object as PriorityClass).globalDefault !== true) return;
  const { name } = object.metadata;
  const other = defaultPriorityClass(resource)?.metadata.name;
  if (other === undefined || (!isNew && other === name)) return;
  throw forbidden(resource.of, name, `PriorityClass ${other} is already marked as default. Only one default can exist`);
}
