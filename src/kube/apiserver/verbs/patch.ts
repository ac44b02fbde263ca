import type { KubeObject, ObjectMeta } from "#api/kubernetes/meta";
import {
  applyJsonMergePatch,
  applyJsonPatch,
  applyStrategicMergePatch,
  cloneJson,
  type JsonObject,
  PatchError,
  patchTypeOf,
} from "#kube/apimachinery";
import type { Core } from "../core.ts";
import { withKnownFieldsPatched } from "../field-validation.ts";
import { asObject, asStored } from "../object-meta.ts";
import { type Resource, shown } from "../resources.ts";
import { badRequest, bodyTooLarge, invalid, noMediaType, unprocessablePatch, unsupportedMediaType } from "../status.ts";
import { type Committed, commit, type CommitTarget } from "./commit.ts";
import { decoded, refuseUnknownVersion } from "./patch-refusals.ts";
import { checkName, type PartCall, planUpdate } from "./update.ts";

export interface PatchCall extends CommitTarget, PartCall {
  readonly contentType: string | undefined;
  readonly body: unknown;
}

const JSON_PATCH = "application/json-patch+json";
const MERGE_PATCH = "application/merge-patch+json";
export const STRATEGIC_PATCH = "application/strategic-merge-patch+json";

/** What PATCH takes beside configurations to apply, in the order in which a refusal lists it. */
export const PATCH_TYPES: readonly string[] = [JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH];

/** Source: apiextensions-apiserver pkg/apiserver/customresource_handler.go, supportedTypes. */
export const CUSTOM_PATCH_TYPES: readonly string[] = [JSON_PATCH, MERGE_PATCH, "application/apply-patch+yaml"];

type Apply = (current: JsonObject, resource: Resource) => JsonObject;

/** Changes an object by a patch; tried again on the newer state when others write it too. @throws {StatusError} */
export async function patchObject(core: Core, call: PatchCall): Promise<Committed> {
  const { resource } = call;
  // How lists of a custom kind merge is not known to a strategic patch.
  if (resource.kind.isCustom === true && ![JSON_PATCH, MERGE_PATCH].includes(call.contentType ?? ""))
    throw unsupportedMediaType(CUSTOM_PATCH_TYPES);
  const apply = patchOf(call.contentType, call.body);
  return await commit(core, call, ({ object }) => {
    // Decoding a kind that is stored by other names changes what it is given in place.
    const current = resource.kind.conversion === undefined ? shown(resource, object) : cloneJson(shown(resource, object));
    const isStrategic = call.contentType === STRATEGIC_PATCH;
    const made = applied(() => apply(current as unknown as JsonObject, resource));
    // What a strategic patch makes is of its type already.
    const result = isStrategic ? { ...made, apiVersion: resource.apiVersion, kind: resource.kind.kind } : made;
    const prefix = call.contentType === JSON_PATCH ? "json patch " : "";
    const outcome = { isStrategic, body: call.body, result };
    refuseUnknownVersion(resource, outcome, (asked) => core.resources.all.some(({ apiVersion }) => apiVersion === asked));
    return decoded(resource, outcome, () => {
      const patched = withKnownFieldsPatched(resource, asObject(resource, result), call.fieldValidation, { ...outcome, prefix });
      const sent = asStored(resource, patched);
      checkNamespace(call, sent);
      checkPatchedName(call, sent.metadata);
      refuseOtherUid(call, sent.metadata, object.metadata);
      return planUpdate(core, call, { previous: object, sent: withoutOwnVersion(sent, object), ownsSent: false });
    });
  });
}

/** Source: apiserver pkg/endpoints/handlers/rest.go, checkName. */
function checkPatchedName(call: PatchCall, { name }: Partial<ObjectMeta>): void {
  if (name === undefined || name === "")
    throw badRequest(`the name of the object (${call.name} based on URL) was undeterminable: name must be provided`);
  checkName(call, name);
}

/** A patch is no precondition, as an update is. Source: apimachinery pkg/api/validation/objectmeta.go, ValidateObjectMetaUpdate. */
function refuseOtherUid({ resource, name }: PatchCall, { uid }: Partial<ObjectMeta>, before: ObjectMeta): void {
  if (uid !== undefined && uid !== "" && uid !== before.uid)
    throw invalid(resource.kind, name, [{ type: "Invalid", field: "metadata.uid", value: uid, detail: "field is immutable" }]);
}

/** Source: apiserver pkg/registry/rest/meta.go, EnsureObjectNamespaceMatchesRequestNamespace. */
function checkNamespace({ resource, namespace }: PatchCall, { metadata }: KubeObject): void {
  const sent = metadata.namespace ?? "";
  if (resource.kind.namespaced && sent !== "" && sent !== namespace)
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
}

/** A patch that leaves resourceVersion alone is no claim about it, also when it is tried again on a newer state. */
function withoutOwnVersion(sent: KubeObject, current: KubeObject): KubeObject {
  if (sent.metadata.resourceVersion !== current.metadata.resourceVersion) return sent;
  const { resourceVersion: _, ...metadata } = sent.metadata;
  return { ...sent, metadata };
}

/** Reads a patch of any kind once, for as many attempts as it takes. */
export function patchOf(contentType: string | undefined, body: unknown): Apply {
  switch (contentType) {
    case JSON_PATCH:
      return (current) => applyJsonPatch(current, body);
    case MERGE_PATCH:
      return (current) => applyJsonMergePatch(current, body);
    case STRATEGIC_PATCH:
      return (current, { kind }) => applyStrategicMergePatch(current, body, patchTypeOf(kind.group, kind.version, kind.kind));
    default:
      throw noMediaType();
  }
}

/** Runs a patch and turns what is wrong with it into a refusal. */
export function applied<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    if (error.kind === "malformed") throw badRequest(error.message);
    if (error.kind === "too-many-operations") throw bodyTooLarge(MAX_OPERATIONS);
    throw unprocessablePatch(error.cause instanceof Error ? error.cause.message : error.message);
  }
}

/** Source: apiserver pkg/endpoints/handlers/patch.go, maxJSONPatchOperations. */
const MAX_OPERATIONS = 10_000;
