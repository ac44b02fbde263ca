import type { Pod } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import { cloneJson, equalJson, type FieldError, forbidden } from "#kube/apimachinery";
import { type Core, strategyContext } from "../core.ts";
import { refuseMalformed } from "../object-meta.ts";
import { invalid } from "../status.ts";
import { storable } from "../storage/codec.ts";
import { countsGenerations } from "./create.ts";
import type { PartCall } from "./update.ts";

/**
 * The pod with the ephemeral containers that were sent; everything else stays.
 * @throws {StatusError} Invalid for containers that are none, and when one that the pod has is changed or left out.
 * Source: pkg/registry/core/pod/strategy.go, podEphemeralContainersStrategy; pkg/apis/core/validation, ValidatePodEphemeralContainersUpdate.
 */
export function withEphemeralContainers(
  core: Core,
  { resource, author }: PartCall,
  { previous, sent }: { previous: Pod; sent: Partial<Pick<Pod, "spec">> },
): KubeObject {
  const { kind, strategy } = resource;
  const containers = cloneJson(sent.spec?.ephemeralContainers ?? []);
  const pod: Pod = storable(previous, resource.storedApiVersion, resource.storedKind);
  const { ephemeralContainers: _, ...spec } = cloneJson(previous.spec);
  pod.spec = { ...spec, ...(containers.length === 0 ? {} : { ephemeralContainers: containers }) };
  refuseMalformed(resource, { ...pod, metadata: { name: previous.metadata.name } });
  const context = strategyContext(core);
  strategy.applyDefaults?.(pod, context);
  const errors = [...(strategy.validate?.(pod, context) ?? []), ...changeErrors(pod, previous)];
  if (errors.length > 0) throw invalid(kind, previous.metadata.name, errors);
  core.admission.admitUpdate(resource, pod, { author, previous, subresource: "ephemeralcontainers" });
  if (countsGenerations(resource, core.version) && !equalJson(pod.spec, previous.spec))
    pod.metadata = { ...pod.metadata, generation: (previous.metadata.generation ?? 0) + 1 };
  return pod;
}

function changeErrors({ spec }: Pod, previous: Pod): FieldError[] {
  return (previous.spec.ephemeralContainers ?? []).flatMap((before) => {
    const now = (spec.ephemeralContainers ?? []).find(({ name }) => name === before.name);
    if (now !== undefined && equalJson(now, before)) return [];
    const what = now === undefined ? "removed" : "changed";
    return [forbidden("spec.ephemeralContainers", `existing ephemeral containers ${JSON.stringify(before.name)} may not be ${what}\n`)];
  });
}
