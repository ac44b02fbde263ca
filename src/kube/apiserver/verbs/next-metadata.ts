import type { ObjectMeta } from "#api/kubernetes/meta";
import type { Kind } from "../registry/kind.ts";

/** What the caller may set, over what the server keeps. */
export function nextMetadata(sent: ObjectMeta, previous: ObjectMeta): ObjectMeta {
  const { labels, annotations, ownerReferences, finalizers } = sent;
  const {
    labels: _,
    annotations: __,
    ownerReferences: ___,
    finalizers: ____,
    resourceVersion: _____,
    managedFields: ______,
    ...kept
  } = previous;
  return {
    ...kept,
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
    ...(ownerReferences === undefined ? {} : { ownerReferences }),
    ...(finalizers === undefined || finalizers.length === 0 ? {} : { finalizers }),
  };
}

/** Source: apimachinery pkg/api/validation/objectmeta.go, ValidateFinalizersUpdate (ValidateNoNewFinalizers). */
export function finalizerErrors(next: ObjectMeta, previous: ObjectMeta): { type: "Forbidden"; field: string; detail: string }[] {
  if (previous.deletionTimestamp === undefined) return [];
  const added = (next.finalizers ?? []).filter((finalizer) => !(previous.finalizers ?? []).includes(finalizer));
  if (added.length === 0) return [];
  const detail = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((each) => JSON.stringify(each)).join(", ")}}`;
  return [{ type: "Forbidden", field: "metadata.finalizers", detail }];
}

/** Kinds whose metadata a write of the status leaves alone. Source: PrepareForUpdate of the status strategies in pkg/registry. */
const LEFT_ALONE: ReadonlySet<string> = new Set([
  "flowcontrol.apiserver.k8s.io/flowschemas",
  "flowcontrol.apiserver.k8s.io/prioritylevelconfigurations",
  "networking.k8s.io/servicecidrs",
  "storage.k8s.io/volumeattachments",
  "admissionregistration.k8s.io/validatingadmissionpolicies",
  "apiregistration.k8s.io/apiservices",
]);

/** Members of the metadata that it leaves alone, of kinds whose others it takes. Source: as above. */
const LEFT: Readonly<Record<string, "labels" | "ownerReferences">> = { "apps/deployments": "labels", "/pods": "ownerReferences" };

/** What of an object's metadata a write of its status leaves alone: all of it, one member, or nothing. */
export function metadataLeftByStatus({ group, resource, isCustom }: Kind): "all" | "labels" | "ownerReferences" | "nothing" {
  const key = `${group}/${resource}`;
  // Source: apiextensions-apiserver pkg/registry/customresource/status_strategy.go.
  if (isCustom === true || LEFT_ALONE.has(key)) return "all";
  return LEFT[key] ?? "nothing";
}
