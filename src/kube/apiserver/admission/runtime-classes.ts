import type { Pod, Toleration } from "#api/kubernetes/core";
import { equalJson } from "#kube/apimachinery";
import type { RuntimeClass } from "../registry/node/runtime-classes.ts";
import type { Resource, ResourceTable } from "../resources.ts";
import { forbidden } from "../status.ts";

/**
 * Gives a new pod what its RuntimeClass says of overhead and of where it may run.
 * @throws {StatusError} Forbidden for a class that is not there, and for a pod that says otherwise.
 * Source: plugin/pkg/admission/runtimeclass/admission.go.
 */
export function admitRuntimeClass(resources: ResourceTable, { of }: Resource, { metadata, spec }: Pod): void {
  const refuse = (message: string): never => {
    throw forbidden(of, metadata.name, message);
  };
  const name = (spec as { runtimeClassName?: string | null }).runtimeClassName ?? undefined;
  const found = name === undefined ? undefined : resources.preferred("node.k8s.io", "runtimeclasses")?.cache.get(name)?.object;
  if (name !== undefined && found === undefined) refuse(`pod rejected: RuntimeClass ${JSON.stringify(name)} not found`);
  const { overhead, scheduling } = (found ?? {}) as Partial<RuntimeClass>;
  const fixed = overhead?.podFixed;
  if (overhead === undefined) {
    if (spec.overhead !== undefined && spec.overhead !== null)
      refuse("pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead");
  } else {
    if (Object.keys(spec.overhead ?? {}).length > 0 && !equalJson(spec.overhead, fixed))
      refuse("pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
    if (fixed !== undefined) spec.overhead = fixed;
  }
  for (const [key, value] of Object.entries(scheduling?.nodeSelector ?? {})) {
    const own = spec.nodeSelector?.[key];
    if (own !== undefined && own !== value)
      refuse(`conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own}`);
    spec.nodeSelector = { ...spec.nodeSelector, [key]: value };
  }
  const more = (scheduling?.tolerations ?? []).filter((each) => !hasToleration(spec.tolerations ?? [], each));
  if (more.length > 0) spec.tolerations = [...(spec.tolerations ?? []), ...more];
}

function hasToleration(tolerations: readonly Toleration[], wanted: Toleration): boolean {
  return tolerations.some((each) => equalJson(each, wanted));
}
