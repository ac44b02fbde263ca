import type { KubeObject } from "#api/kubernetes/meta";
import { isStatus } from "#api/kubernetes/status";
import {
  type Applied,
  applyConfig,
  checkTyped,
  compareFields,
  type Conflict,
  difference,
  emptyFieldSet,
  equalJson,
  type FieldSet,
  fieldsOf,
  hasPath,
  isJsonObject,
  type JsonObject,
  type Managers,
  managersAfterUpdate,
  noManagers,
  TypedError,
  union,
  type Write,
} from "#kube/apimachinery";
import type { Core } from "../core.ts";
import { bare, managersOf, schemaOf, setManagers, type Tracked, writeOf } from "../field-management.ts";
import { checkAppliedTwice, type FieldValidation } from "../field-validation.ts";
import { asObject, asStored } from "../object-meta.ts";
import type { Resource } from "../resources.ts";
import { applyConflict, badRequest, notFound, unsupportedMediaType } from "../status.ts";
import { storable } from "../storage/codec.ts";
import { entryKey } from "../storage/storage.ts";
import { type Committed, commit, type CommitTarget, type Plan } from "./commit.ts";
import { createObject } from "./create.ts";
import { checkAddress, checkName, planUpdate } from "./update.ts";

export const APPLY_PATCH = "application/apply-patch+yaml";

export interface ApplyCall extends CommitTarget, Tracked {
  readonly body: unknown;
  /** Takes fields over from others. */
  readonly force: boolean;
  /** Media types that are taken instead where a kind's fields are not known. */
  readonly otherTypes: readonly string[];
  readonly fieldValidation?: FieldValidation | undefined;
}

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
/** Who owns the fields of an object that nobody was kept track of. Source: …/managedfields/internal/skipnonapplied.go. */
const BEFORE_FIRST_APPLY = "before-first-apply";

/**
 * Server-side apply: the object becomes what its applier says, and keeps what others manage; it is created when it is not there.
 * @throws {StatusError} Conflict when others manage fields of the configuration with other values.
 * Source: apiserver pkg/endpoints/handlers/patch.go, applyPatcher; apimachinery pkg/util/managedfields.
 */
export async function applyObject(core: Core, call: ApplyCall): Promise<Committed & { readonly created: boolean }> {
  const config = configOf(call);
  checkAppliedTwice(call.fieldValidation);
  const { resource, namespace, name } = call;
  for (;;) {
    if (resource.cache.get(entryKey(namespace, name)) !== undefined) {
      const committed = await commit(core, call, ({ object }) => planApply(core, call, { config, previous: object }));
      return { ...committed, created: false };
    }
    if (call.subresource !== "") throw notFound(resource.of, name);
    try {
      return { object: await create(core, call, config), removed: false, created: true };
    } catch (error) {
      // Somebody else created it in between.
      if (!isStatus(error, "AlreadyExists") || call.dryRun) throw error;
    }
  }
}

/** The body, once it is known to be of the kind, the version and the place that it is applied to. */
function configOf({ resource, body, otherTypes, ...target }: ApplyCall): JsonObject {
  const schema = schemaOf(resource);
  if (schema === undefined) throw unsupportedMediaType(otherTypes);
  if (!isJsonObject(body)) throw badRequest("error decoding YAML: the body is not an object");
  const { apiVersion, kind } = body;
  if (kind !== resource.kind.kind || apiVersion !== resource.apiVersion)
    throw badRequest(`invalid object type: ${shownType(apiVersion, kind)}`);
  const sent = asObject(resource, body);
  if (sent.metadata.managedFields !== undefined && sent.metadata.managedFields !== null)
    throw badRequest("metadata.managedFields must be nil");
  checkAddress({ resource, ...target }, sent);
  const config = { ...body, metadata: { ...sent.metadata, name: target.name } };
  try {
    checkTyped(config, schema);
  } catch (error) {
    if (!(error instanceof TypedError)) throw error;
    throw badRequest(untyped(resource, target, error));
  }
  return config;
}

/** A kind with its group and version as Go prints it, `/v1, Kind=Pod`. Source: apimachinery pkg/runtime/schema, GroupVersionKind.String. */
function shownType(apiVersion: unknown, kind: unknown): string {
  const parts = typeof apiVersion === "string" ? apiVersion.split("/") : [""];
  if (parts.length > 2) return "/, Kind=";
  const [group = "", version = ""] = parts.length === 2 ? parts : ["", ...parts];
  return `${group}/${version}, Kind=${typeof kind === "string" ? kind : ""}`;
}

/** Differs from AKS: Kubernetes answers these words with a status of 500. */
function untyped(
  { apiVersion, kind }: Resource,
  { namespace, name }: Pick<CommitTarget, "namespace" | "name">,
  { message }: TypedError,
): string {
  return `failed to create typed patch object (${namespace}/${name}; ${shownType(apiVersion, kind.kind)}): ${message}`;
}

async function create(core: Core, call: ApplyCall, config: JsonObject): Promise<KubeObject> {
  const { resource, namespace, name, dryRun, author } = call;
  if (author.user !== undefined)
    core.access.require({ user: author.user, verb: "create", ...resource.of, subresource: "", name, namespace });
  const write = requireWrite(core, call, noManagers);
  const applied = applyConfig(write, {}, config, call.force);
  const managers = applied.kind === "conflicts" ? noManagers : applied.managers;
  return await createObject(core, { resource, namespace, body: config, ownsBody: false, dryRun, author, managers });
}

function planApply(core: Core, call: ApplyCall, { config, previous }: { config: JsonObject; previous: KubeObject }): Plan | Promise<Plan> {
  const { resource } = call;
  const live = bare(resource, previous);
  const write = requireWrite(core, call, knownManagers(core, call, previous, live));
  const applied = settled(call, { write, live, config });
  if (applied.kind === "same") return sameObject(resource, previous, applied.managers);
  const object = withLastApplied(call, applied.object, config);
  const sent = asStored(resource, asObject(resource, object));
  checkName(call, sent.metadata.name ?? "");
  const { resourceVersion } = (config["metadata"] ?? {}) as { resourceVersion?: string };
  const { resourceVersion: _, ...metadata } = sent.metadata;
  const asked = { ...sent, metadata: { ...metadata, ...(resourceVersion !== undefined && { resourceVersion }) } };
  return planUpdate(core, { ...call, managers: applied.managers }, { previous, sent: asked, ownsSent: false });
}

function requireWrite(core: Core, call: ApplyCall, managers: Managers): Write {
  const write = writeOf(core, call, { managers, operation: "Apply" });
  if (write === undefined) throw unsupportedMediaType(call.otherTypes);
  return write;
}

function knownManagers(core: Core, call: ApplyCall, previous: KubeObject, live: JsonObject): Managers {
  const managers = managersOf(previous);
  if (managers.size > 0) return managers;
  const author = { name: BEFORE_FIRST_APPLY, isClient: true };
  const write = writeOf(core, { ...call, author }, { managers, operation: "Update" });
  return write === undefined ? managers : managersAfterUpdate(write, {}, live);
}

function sameObject({ storedApiVersion, storedKind }: Resource, previous: KubeObject, managers: Managers): Plan {
  const object = storable(previous, storedApiVersion, storedKind);
  setManagers(object, managers);
  return equalJson(object.metadata.managedFields, previous.metadata.managedFields) ? { kind: "keep" } : { kind: "replace", object };
}

interface Attempt {
  readonly write: Write;
  readonly live: JsonObject;
  readonly config: JsonObject;
}

/**
 * Applies, or refuses for conflicts. kubectl takes over what it set by applying on the client's side.
 * Source: …/managedfields/internal/lastappliedmanager.go.
 */
function settled(call: ApplyCall, { write, live, config }: Attempt): Exclude<Applied, { kind: "conflicts" }> {
  const first = applyConfig(write, live, config, call.force);
  if (first.kind !== "conflicts") return first;
  const own = call.author.name === "kubectl" ? lastAppliedFields(call.resource, write, live) : emptyFieldSet;
  const left = first.conflicts.filter(({ path }: Conflict) => !hasPath(own, path));
  if (left.length > 0) throw applyConflict(left);
  const forced = applyConfig(write, live, config, true);
  if (forced.kind === "conflicts") throw applyConflict(forced.conflicts);
  return forced;
}

/** Fields of the last configuration that kubectl applied on its side, as far as they still are as it set them. */
function lastAppliedFields({ apiVersion }: Resource, { schema }: Write, live: JsonObject): FieldSet {
  const text = annotationsOf(live)[LAST_APPLIED];
  const last = typeof text === "string" ? parsed(text) : undefined;
  if (last === undefined || last["apiVersion"] !== apiVersion) return emptyFieldSet;
  try {
    checkTyped(last, schema);
    const { removed, modified, added } = compareFields(last, live, schema);
    return difference(fieldsOf(last, schema), union(union(removed, modified), added));
  } catch (error) {
    if (error instanceof TypedError) return emptyFieldSet;
    throw error;
  }
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function annotationsOf(object: JsonObject): JsonObject {
  const { metadata } = object;
  return isJsonObject(metadata) && isJsonObject(metadata["annotations"]) ? metadata["annotations"] : {};
}

/** kubectl's own note of what it applied follows what it applies here. Source: …/managedfields/internal/lastappliedupdater.go. */
function withLastApplied({ author }: ApplyCall, object: JsonObject, config: JsonObject): JsonObject {
  const annotations = annotationsOf(object);
  if (author.name !== "kubectl" || !annotations[LAST_APPLIED]) return object;
  const metadata = config["metadata"] as JsonObject;
  const { [LAST_APPLIED]: _, ...own } = annotationsOf(config);
  const applied = { ...config, metadata: { ...metadata, ...(metadata["annotations"] !== undefined && { annotations: own }) } };
  const noted = { ...annotations, [LAST_APPLIED]: `${JSON.stringify(applied)}\n` };
  return { ...object, metadata: { ...(object["metadata"] as JsonObject), annotations: noted } };
}
