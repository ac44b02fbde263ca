import type { Pod } from "#api/kubernetes/core";
import type { DeleteOptions, KubeObject } from "#api/kubernetes/meta";
import { isStatus } from "#api/kubernetes/status";
import { cloneJson, formatTime, isJsonObject } from "#kube/apimachinery";
import { ownForm, type Review, type ReviewedCall } from "../admission/dynamic/review.ts";
import { type Core, strategyContext } from "../core.ts";
import type { Author } from "../field-management.ts";
import { isPods, type Resource } from "../resources.ts";
import { badRequest, conflict, invalid } from "../status.ts";
import { storable } from "../storage/codec.ts";
import type { Entry } from "../storage/resource-cache.ts";
import { type Committed, commit, type CommitTarget, type Plan } from "./commit.ts";
import { countsGenerations } from "./create.ts";

export interface DeleteCall extends CommitTarget {
  readonly options: DeleteOptions;
  /** Whose deletion it is; absent for those that nobody else has a say in. */
  readonly author?: Author;
  /** It is deleted with others: what is asked about it is not told its name. Source: apiserver pkg/endpoints/handlers/delete.go, DeleteCollection. */
  readonly ofCollection?: true;
}

const POLICIES = ["Background", "Foreground", "Orphan"] as const;

/** Source: apimachinery pkg/apis/meta/v1/types.go, FinalizerOrphanDependents and FinalizerDeleteDependents. */
const ORPHAN = "orphan";
const FOREGROUND = "foregroundDeletion";

/**
 * Deletes an object, or marks it for deletion while grace or finalizers hold it.
 * Source: apiserver pkg/registry/generic/registry/store.go, Delete; pkg/registry/rest/delete.go, BeforeDelete.
 */
export async function deleteObject(core: Core, call: DeleteCall): Promise<Committed> {
  const committed = await markedOrGone(core, call);
  return isDue(call, committed) ? await removeMarked(core, call, committed) : committed;
}

/** A pod that has no time left is marked, as watchers see, and goes after that. */
function isDue({ resource, dryRun }: DeleteCall, { object, removed }: Committed): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers = [] } = object.metadata;
  const isOver = deletionTimestamp !== undefined && deletionGracePeriodSeconds === 0 && finalizers.length === 0;
  return isPods(resource.kind) && isOver && !removed && !dryRun;
}

/** Source: apiserver pkg/registry/generic/registry/store.go, Delete: what went in the meantime is as it was marked. */
async function removeMarked(core: Core, call: DeleteCall, marked: Committed): Promise<Committed> {
  const { uid } = marked.object.metadata;
  try {
    return await commit(core, call, ({ object }) => {
      const isHeld = object.metadata.uid !== uid || (object.metadata.finalizers ?? []).length > 0;
      return isHeld ? { kind: "keep" } : { kind: "remove" };
    });
  } catch (error) {
    if (isStatus(error, "NotFound")) return { ...marked, removed: true };
    throw error;
  }
}

async function markedOrGone(core: Core, call: DeleteCall): Promise<Committed> {
  const { author, resource, namespace } = call;
  const name = call.ofCollection === true ? "" : call.name;
  return await commit(core, call, (entry) => {
    core.admission.admitDelete(resource, { namespace, name, author });
    const review = author && core.reviews.of(call.resource, () => deletionOf(core, { ...call, author }, entry.object));
    if (review === undefined) return planDelete(core, call, entry);
    return planReviewed(core, call, { review, entry });
  });
}

async function planReviewed(core: Core, call: DeleteCall, { review, entry }: { review: Review; entry: Entry }): Promise<Plan> {
  checkPreconditions(call.resource, entry.object, call.options);
  await review.mutate(undefined);
  await review.validate(undefined);
  return planDelete(core, call, entry);
}

/** Source: apiserver pkg/endpoints/handlers/delete.go; pkg/registry/rest/delete.go, AdmissionToValidateObjectDeleteFunc. */
function deletionOf(core: Core, call: DeleteCall & { readonly author: Author }, previous: KubeObject): ReviewedCall {
  const { resource, options, author, dryRun } = call;
  const { name, namespace = "" } = previous.metadata;
  return {
    operation: "DELETE",
    resource,
    subresource: "",
    name,
    namespace: resource.group === "" && resource.kind.resource === "namespaces" ? name : namespace,
    author,
    dryRun,
    form: ownForm(strategyContext(core)),
    previous,
    options: { kind: "DeleteOptions", apiVersion: "meta.k8s.io/v1", ...options },
  };
}

function planDelete(core: Core, { resource, options }: DeleteCall, { object }: Entry): Plan {
  checkPreconditions(resource, object, options);
  const { finalizers: present = [], deletionTimestamp } = object.metadata;
  const own = resource.kind.deletionFinalizer;
  const waiting = own === undefined || deletionTimestamp !== undefined ? present : [...new Set([...present, own])];
  const finalizers = finalizersAfter(waiting, options);
  const grace = graceSeconds(resource, object as Pod, options);
  const held = finalizers.length > 0 || holdsNamespace(resource, object);
  const { deletionGracePeriodSeconds } = object.metadata;
  const isMarked = deletionTimestamp !== undefined;
  const isNew = isPods(resource.kind) && (!isMarked || deletionGracePeriodSeconds !== 0);
  if (grace === 0 && !held && !isNew) return { kind: "remove" };
  const isShortened = isMarked && grace < (deletionGracePeriodSeconds ?? 0);
  if (isMarked && !isShortened && finalizers.length === (object.metadata.finalizers ?? []).length) return { kind: "keep" };
  return { kind: "replace", object: marked(core, resource, { object, grace, finalizers }) };
}

/** @throws {StatusError} Conflict when the object is not the one that the options name. */
export function checkPreconditions({ of, kind }: Resource, { metadata }: KubeObject, { preconditions }: DeleteOptions): void {
  const { uid, resourceVersion } = preconditions ?? {};
  const named = { group: of.group, resource: kind.kind };
  if (uid !== undefined && uid !== metadata.uid)
    throw conflict(
      named,
      metadata.name,
      `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    );
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion)
    throw conflict(
      named,
      metadata.name,
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`,
    );
}

/** Source: apiserver pkg/registry/generic/registry/store.go, deletionFinalizersForGarbageCollection. */
function finalizersAfter(present: readonly string[], { propagationPolicy }: DeleteOptions): readonly string[] {
  if (propagationPolicy === undefined) return present;
  const others = present.filter((finalizer) => finalizer !== ORPHAN && finalizer !== FOREGROUND);
  if (propagationPolicy === "Orphan") return [...others, ORPHAN];
  return propagationPolicy === "Foreground" ? [...others, FOREGROUND] : others;
}

/** A namespace stays until its content is gone. Source: pkg/registry/core/namespace/storage/storage.go, Delete. */
function holdsNamespace({ kind }: Resource, object: KubeObject): boolean {
  if (kind.group !== "" || kind.resource !== "namespaces") return false;
  const { spec } = object as { spec?: { finalizers?: string[] } };
  return (spec?.finalizers ?? []).length > 0;
}

/** Source: pkg/registry/core/pod/strategy.go, CheckGracefulDelete and DefaultGracePeriodSeconds. */
const DEFAULT_GRACE_SECONDS = 30;

/** Seconds that the object may still run; only pods on a node have any. */
function graceSeconds({ kind }: Resource, pod: Pod, { gracePeriodSeconds }: DeleteOptions): number {
  if (!isPods(kind)) return 0;
  const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata;
  const asked = gracePeriodSeconds !== undefined && gracePeriodSeconds < 0 ? 1 : gracePeriodSeconds;
  if (deletionTimestamp !== undefined) return Math.min(asked ?? Number.POSITIVE_INFINITY, deletionGracePeriodSeconds ?? 0);
  const isOver = pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
  if (pod.spec.nodeName === undefined || pod.spec.nodeName === "" || isOver) return 0;
  const seconds = asked ?? pod.spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
  return seconds < 0 ? 1 : seconds;
}

function marked(
  core: Core,
  resource: Resource,
  { object, grace, finalizers }: { object: KubeObject; grace: number; finalizers: readonly string[] },
): KubeObject {
  const next = storable(object, resource.storedApiVersion, resource.storedKind);
  const { metadata } = next;
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, generation } = object.metadata;
  const startMs = deletionTimestamp === undefined ? core.clock.now() : Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1000;
  metadata.deletionTimestamp = formatTime(startMs + grace * 1000);
  metadata.deletionGracePeriodSeconds = grace;
  if (finalizers.length > 0) metadata.finalizers = [...finalizers];
  else delete metadata.finalizers;
  if (deletionTimestamp === undefined && generation !== undefined && countsGenerations(resource, core.version))
    metadata.generation = generation + 1;
  if (holdsNamespace(resource, object)) setTerminating(next);
  return next;
}

function setTerminating(namespace: KubeObject & { status?: object }): void {
  namespace.status = { ...namespace.status, phase: "Terminating" };
}

/**
 * DeleteOptions from the body, with what the query adds. An empty body is no options.
 * @throws {StatusError} Invalid or BadRequest. Source: apimachinery pkg/apis/meta/v1/validation, ValidateDeleteOptions.
 */
export function deleteOptionsOf(body: unknown, query: Readonly<Record<string, string>>): DeleteOptions {
  if (body !== undefined && body !== null && !isJsonObject(body)) throw badRequest("the body of a deletion must be DeleteOptions");
  const sent = cloneJson(body ?? {}) as DeleteOptions & { orphanDependents?: boolean };
  const options: DeleteOptions & { orphanDependents?: boolean } = { ...fromQuery(query), ...sent };
  const { gracePeriodSeconds, propagationPolicy, orphanDependents, preconditions } = options;
  if (gracePeriodSeconds !== undefined && !Number.isInteger(gracePeriodSeconds))
    throw badRequest("DeleteOptions.gracePeriodSeconds must be an integer");
  if (preconditions !== undefined && !isJsonObject(preconditions)) throw badRequest("DeleteOptions.preconditions must be an object");
  if (propagationPolicy !== undefined && !POLICIES.includes(propagationPolicy))
    throw invalid({ group: "meta.k8s.io", kind: "DeleteOptions" }, "", [
      {
        type: "NotSupported",
        field: "propagationPolicy",
        value: propagationPolicy,
        supported: ["Foreground", "Background", "Orphan", "nil"],
      },
    ]);
  if (propagationPolicy === undefined && orphanDependents !== undefined)
    return { ...options, propagationPolicy: orphanDependents ? "Orphan" : "Background" };
  return options;
}

function fromQuery(query: Readonly<Record<string, string>>): DeleteOptions {
  const { gracePeriodSeconds, propagationPolicy } = query;
  return {
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds: Number(gracePeriodSeconds) }),
    ...(propagationPolicy === undefined ? {} : { propagationPolicy: propagationPolicy as "Background" }),
  };
}
