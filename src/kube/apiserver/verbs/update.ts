import type { Namespace, Pod } from "#api/kubernetes/core";
import type { KubeObject, ObjectMeta } from "#api/kubernetes/meta";
import { cloneJson, equalJson, type Managers } from "#kube/apimachinery";
import { type Form, ownForm, type Review, type ReviewedCall, writeOptions } from "../admission/dynamic/review.ts";
import { type Core, strategyContext } from "../core.ts";
import { setManagers, type Tracked, trackUpdate } from "../field-management.ts";
import { type FieldValidation, withKnownFields } from "../field-validation.ts";
import { asObject, asStored, metadataErrors } from "../object-meta.ts";
import { omitEmpty } from "../omitted.ts";
import type { Resource } from "../resources.ts";
import { badRequest, conflict, invalid, modified } from "../status.ts";
import { storable } from "../storage/codec.ts";
import { type Committed, commit, type CommitTarget, type Plan } from "./commit.ts";
import { countsGenerations } from "./create.ts";
import { withEphemeralContainers } from "./ephemeral-containers.ts";
import { finalizerErrors, nextMetadata } from "./next-metadata.ts";
import { withStatus } from "./status.ts";

/** A write of an object, or of the part of it that the subresource is: `status`, `finalize`, `scale` for its replicas. */
export interface PartCall extends Tracked {
  /** Who manages which field, where that is known already: of what is applied. */
  readonly managers?: Managers;
  readonly fieldValidation?: FieldValidation | undefined;
  readonly dryRun: boolean;
  /** How others are shown the object, where that is not as it is. */
  readonly form?: Form;
}

export interface UpdateCall extends CommitTarget, PartCall {
  readonly body: unknown;
  readonly ownsBody: boolean;
}

/** Replaces an object, or the part of it that the subresource is. @throws {StatusError} as the API refuses. */
export async function updateObject(core: Core, call: UpdateCall): Promise<Committed> {
  const sent = asStored(call.resource, withKnownFields(call.resource, asObject(call.resource, call.body), call.fieldValidation));
  checkAddress(call, sent);
  return await commit(core, call, (entry) => planUpdate(core, call, { previous: entry.object, sent, ownsSent: call.ownsBody }));
}

/** Source: apiserver pkg/registry/rest/meta.go, EnsureObjectNamespaceMatchesRequestNamespace; pkg/endpoints/handlers/rest.go, checkName. */
export function checkAddress(target: CommitTarget, { metadata }: KubeObject): void {
  const { resource, namespace } = target;
  const sent = metadata.namespace ?? "";
  if (resource.kind.namespaced && sent !== "" && sent !== namespace)
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  if (metadata.name !== undefined && metadata.name !== "") checkName(target, metadata.name);
}

/** @throws {StatusError} BadRequest for another name than that of the path. */
export function checkName({ name }: CommitTarget, sent: string): void {
  if (sent !== name) throw badRequest(`the name of the object (${sent}) does not match the name on the URL (${name})`);
}

interface Replacement {
  readonly previous: KubeObject;
  readonly sent: KubeObject;
  readonly ownsSent: boolean;
}

/** What is to become of `previous` when `sent` is put in its place; a promise where others have a say in it. */
export function planUpdate(core: Core, call: PartCall, replacement: Replacement): Plan | Promise<Plan> {
  const { resource } = call;
  const { previous, sent } = replacement;
  checkPreconditions(resource, previous, sent.metadata);
  const review = core.reviews.of(resource, () => updateOf(core, call, previous));
  if (review !== undefined) return planReviewed(core, call, { review, ...replacement });
  const object = partOf(core, call, replacement);
  manage(core, call, { previous, next: object, sent });
  return planned(previous, object);
}

function manage(core: Core, call: PartCall, { previous, next, sent }: Record<"previous" | "next" | "sent", KubeObject>): void {
  if (call.managers === undefined) trackUpdate(core, call, { previous, next, sent: sent.metadata.managedFields });
  else setManagers(next, call.managers);
}

function partOf(core: Core, call: PartCall, { previous, sent, ownsSent }: Replacement): KubeObject {
  const { resource, subresource, author } = call;
  if (subresource === "status" || subresource === "approval") {
    core.admission.admitStatus(resource, () => withDefaults(core, resource, sent), { author, previous, subresource });
    return withStatus(core, call, { previous, sent, ownsSent });
  }
  if (subresource === "finalize") return withSpecFinalizers(resource, previous, sent);
  if (subresource === "ephemeralcontainers") return withEphemeralContainers(core, call, { previous: previous as Pod, sent: sent as Pod });
  const object = completeObject(core, call, { previous, sent: ownsSent ? sent : cloneJson(sent) });
  return checkedObject(core, call, object, previous);
}

/** A private copy, complete as decoding makes it. */
function withDefaults(core: Core, { strategy }: Resource, sent: KubeObject): KubeObject {
  const object = cloneJson(sent);
  strategy.applyDefaults?.(object, strategyContext(core));
  return object;
}

/**
 * The same where others have a say: whoever mutates sees the object complete but not yet checked, whoever validates as it is to
 * be stored. Source: apiserver pkg/endpoints/handlers/update.go; pkg/registry/rest/update.go.
 */
function planReviewed(core: Core, call: PartCall, { review, ...replacement }: Replacement & { readonly review: Review }): Promise<Plan> {
  const { previous, sent } = replacement;
  const isWhole = call.subresource === "" || call.subresource === "scale";
  const draft = isWhole
    ? completeObject(core, call, { previous, sent: replacement.ownsSent ? sent : cloneJson(sent) })
    : partOf(core, call, replacement);
  manage(core, call, { previous, next: draft, sent });
  return reviewed(core, call, { review, previous, draft });
}

async function reviewed(
  core: Core,
  call: PartCall,
  { review, previous, draft }: { readonly review: Review; readonly previous: KubeObject; readonly draft: KubeObject },
): Promise<Plan> {
  const { resourceVersion } = previous.metadata;
  const shownDraft = { ...draft, metadata: { ...draft.metadata, ...(resourceVersion !== undefined && { resourceVersion }) } };
  const mutated = (await review.mutate(shownDraft)) ?? shownDraft;
  const isWhole = call.subresource === "" || call.subresource === "scale";
  let object = draft;
  if (mutated !== shownDraft) {
    const managed = draft.metadata.managedFields;
    object = isWhole
      ? completeObject(core, call, { previous, sent: mutated })
      : partOf(core, call, { previous, sent: mutated, ownsSent: true });
    if (managed !== undefined) object.metadata.managedFields = managed;
  }
  if (isWhole) checkedObject(core, call, object, previous);
  await review.validate({ ...object, metadata: { ...object.metadata, ...(resourceVersion !== undefined && { resourceVersion }) } });
  return planned(previous, object);
}

function updateOf(core: Core, { resource, subresource, author, dryRun, form }: PartCall, previous: KubeObject): ReviewedCall {
  const { name, namespace = "" } = previous.metadata;
  return {
    operation: "UPDATE",
    resource,
    subresource,
    name,
    namespace: resource.group === "" && resource.kind.resource === "namespaces" ? name : namespace,
    author,
    dryRun,
    form: form ?? ownForm(strategyContext(core)),
    previous,
    options: writeOptions("UpdateOptions", author, dryRun),
  };
}

function planned(previous: KubeObject, object: KubeObject): Plan {
  // Who took the last finalizer away is answered as by any update. Source: apiserver pkg/registry/generic/registry/store.go, deleteWithoutFinalizers.
  return endsWith(previous, object) ? { kind: "remove", answer: object } : { kind: "replace", object };
}

function checkPreconditions({ of }: Resource, { metadata }: KubeObject, sent: ObjectMeta): void {
  const { uid, resourceVersion } = sent;
  if (uid !== undefined && uid !== "" && uid !== metadata.uid)
    throw conflict(of, metadata.name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`);
  if (resourceVersion !== undefined && resourceVersion !== "" && resourceVersion !== "0" && resourceVersion !== metadata.resourceVersion)
    throw modified(of, metadata.name);
}

/** Source: pkg/registry/core/namespace/strategy.go, namespaceFinalizeStrategy. */
function withSpecFinalizers({ storedApiVersion, storedKind }: Resource, previous: KubeObject, sent: KubeObject): KubeObject {
  const { finalizers } = (sent as Namespace).spec ?? {};
  const object: Namespace = storable(previous, storedApiVersion, storedKind);
  object.spec = { ...(previous as Namespace).spec, ...(finalizers === undefined ? { finalizers: [] } : { finalizers }) };
  return object;
}

/** Source: apiserver pkg/registry/rest/update.go, BeforeUpdate; what comes before it. */
function completeObject(core: Core, { resource }: PartCall, { previous, sent }: { previous: KubeObject; sent: KubeObject }): KubeObject {
  const { kind, strategy } = resource;
  const object: KubeObject & { status?: unknown } = storable(sent, resource.storedApiVersion, resource.storedKind);
  object.metadata = nextMetadata(object.metadata, previous.metadata);
  // Defaults work in place, and the status is shared with the previous object.
  if (kind.hasStatus) delete object.status;
  const context = strategyContext(core);
  strategy.applyDefaults?.(object, context);
  omitEmpty(resource, object);
  if (kind.hasStatus) object.status = (previous as { status?: unknown }).status;
  return object;
}

/** Source: as above. */
function checkedObject(core: Core, { resource, subresource, author }: PartCall, object: KubeObject, previous: KubeObject): KubeObject {
  const { kind, strategy } = resource;
  const context = strategyContext(core);
  core.admission.admitUpdate(resource, object, { author, previous, subresource });
  strategy.prepareForUpdate?.(object, previous, context);
  if (countsGenerations(resource, core.version) && specChanged(object, previous))
    object.metadata.generation = (previous.metadata.generation ?? 0) + 1;
  const errors = [
    ...metadataErrors(resource, object.metadata),
    ...finalizerErrors(object.metadata, previous.metadata),
    ...(strategy.validate?.(object, context) ?? []),
    ...(strategy.validateUpdate?.(object, previous, context) ?? []),
  ];
  if (errors.length > 0) throw invalid(kind, object.metadata.name, errors);
  return object;
}

function specChanged(object: KubeObject, previous: KubeObject): boolean {
  const counted = (each: KubeObject): unknown => ({ ...each, metadata: undefined, status: undefined });
  return !equalJson(counted(object), counted(previous));
}

/**
 * Whether the object goes with this update: its deletion waited only for finalizers that are gone now.
 * Source: apiserver pkg/registry/generic/registry/store.go, ShouldDeleteDuringUpdate; pkg/registry/core/namespace/storage.
 */
function endsWith(previous: KubeObject, next: KubeObject): boolean {
  if ((next.metadata.finalizers ?? []).length > 0 || previous.metadata.deletionTimestamp === undefined) return false;
  if (next.kind === "Namespace" && ((next as Namespace).spec?.finalizers ?? []).length > 0) return false;
  return (previous.metadata.deletionGracePeriodSeconds ?? 0) === 0;
}
