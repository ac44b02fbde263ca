import { kindSchema, type ObjectSchema } from "#api/kubernetes/schema";
import type { KubeObject } from "#api/kubernetes/meta";
import {
  cappedUpdaters,
  emptyFieldSet,
  type FieldSet,
  fieldSetOf,
  formatTime,
  isJsonObject,
  type JsonObject,
  type Managers,
  managersAfterUpdate,
  noManagers,
  readManagers,
  type Write,
  writeManagers,
} from "#kube/apimachinery";
import type { Core } from "./core.ts";
import type { User } from "./request.ts";
import { type Resource, shown } from "./resources.ts";
import { metadataLeftByStatus } from "./verbs/next-metadata.ts";

/** Whose write it is, as `metadata.managedFields` names it. */
export interface Author {
  readonly name: string;
  /** Its writes are kept track of from an object's creation on; those of others only where a client is known already. */
  readonly isClient: boolean;
  /** Who asked for it; absent for the server's own writes, to which no rule of access applies. */
  readonly user?: User;
  /** Takes what admission has to say beside the answer. */
  warn?(text: string): void;
  /** The query of the request, of callers that are somebody else's programs. */
  readonly asked?: Readonly<Record<string, string>>;
}

/** Bytes of a manager's name at most. Source: apimachinery pkg/apis/meta/v1/validation, FieldManagerMaxLength. */
export const MAX_MANAGER_LENGTH = 128;

/** Who a request without a name for its field manager is. Source: apiserver pkg/endpoints/handlers/create.go, prefixFromUserAgent. */
export function managerOfUserAgent(userAgent: string): string {
  const printable = (userAgent.split("/")[0] ?? "").replaceAll(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, "");
  return Buffer.from(printable)
    .subarray(0, MAX_MANAGER_LENGTH)
    .toString()
    .replace(/\uFFFD$/, "");
}

/** Parts of the service itself: `system:kube-scheduler` is `kube-scheduler`, every kubelet `kubelet`. */
export function authorOfUser(user: User): Author {
  const { name } = user;
  return { name: name.startsWith("system:node:") ? "kubelet" : name.replace(/^system:/, ""), isClient: false, user };
}

const byResource = new WeakMap<Resource, ObjectSchema>();

/** The fields of a resource's objects; undefined for kinds whose fields are not known. */
export function schemaOf(resource: Resource): ObjectSchema | undefined {
  const known = byResource.get(resource);
  if (known !== undefined) return known;
  const { group, version, kind } = resource;
  const schema = kind.schema ?? kindSchema(group, version, kind.kind) ?? kindSchema(group, kind.version, kind.kind);
  if (schema !== undefined) byResource.set(resource, schema);
  return schema;
}

/** What to keep track of in one write. */
export interface Tracked {
  readonly resource: Resource;
  /** `status`, `scale`, or empty. */
  readonly subresource: string;
  readonly author: Author;
}

/** A write of the resource at its version, by whoever it is; undefined where nothing is kept track of. */
export function writeOf(
  core: Core,
  { resource, subresource, author }: Tracked,
  { managers, operation }: { readonly managers: Managers; readonly operation: "Apply" | "Update" },
): Write | undefined {
  const schema = schemaOf(resource);
  if (schema === undefined) return undefined;
  const as = { name: author.name === "" ? "unknown" : author.name, operation, apiVersion: resource.apiVersion, subresource };
  return { schema, managers, as, ignored: ignoredBy(resource, schema, subresource), time: formatTime(core.clock.now()) };
}

/** What a way of writing does not take. Source: GetResetFields of the strategies in pkg/registry. */
function ignoredBy({ kind }: Resource, schema: ObjectSchema, subresource: string): FieldSet {
  if (subresource === "status" || subresource === "approval") {
    const left = metadataLeftByStatus(kind);
    const others = [...schema.fields.keys()].filter((name) => name !== "status" && (name !== "metadata" || left === "all"));
    return fieldSetOf(
      ...others.map((name) => [`f:${name}`]),
      ...(left === "all" || left === "nothing" ? [] : [["f:metadata", `f:${left}`]]),
    );
  }
  return kind.hasStatus ? fieldSetOf(["f:status"]) : emptyFieldSet;
}

/** The managers of a stored object; none for what cannot be read. */
export function managersOf({ metadata }: KubeObject): Managers {
  return readManagers(metadata.managedFields) ?? noManagers;
}

/** An object as its resource shows it, without its managers: what fields are counted in. */
export function bare(resource: Resource, object: KubeObject): JsonObject {
  const { managedFields: _, ...metadata } = shown(resource, object).metadata;
  return { ...shown(resource, object), metadata };
}

/** Notes in a new object who set its fields. */
export function trackCreation(core: Core, tracked: Tracked, object: KubeObject): void {
  if (!tracked.author.isClient) return;
  const write = writeOf(core, tracked, { managers: noManagers, operation: "Update" });
  if (write !== undefined) setManagers(object, managersAfterUpdate(write, emptyOf(tracked.resource), bare(tracked.resource, object)));
}

const empties = new WeakMap<Resource, JsonObject>();

/**
 * What Go writes of an object that nobody has said anything of: nobody owns that.
 * Source: apimachinery pkg/util/managedfields/internal/structuredmerge.go, Update: a creation is a change of an empty object.
 */
function emptyOf(resource: Resource): JsonObject {
  let empty = empties.get(resource);
  if (empty === undefined) {
    const object: KubeObject = { metadata: { name: "" } };
    resource.storedMalformation?.(object);
    empties.set(resource, (empty = bare(resource, object)));
  }
  return empty;
}

/**
 * Notes in the object that takes another's place who set what of it. Objects without managers get none by an update.
 * @param sent what the caller says of managers: an empty list, or one empty entry, resets them; a list that can be read replaces them.
 */
export function trackUpdate(
  core: Core,
  tracked: Tracked,
  { previous, next, sent }: Record<"previous" | "next", KubeObject> & { sent?: unknown },
): void {
  const managers = managersBefore(previous, tracked.subresource === "" ? sent : undefined);
  const keeps = tracked.subresource === "status" && !tracked.author.isClient;
  const write = managers.size === 0 || keeps ? undefined : writeOf(core, tracked, { managers, operation: "Update" });
  if (write === undefined) return setManagers(next, managers);
  const { resource } = tracked;
  setManagers(next, cappedUpdaters(managersAfterUpdate(write, bare(resource, previous), bare(resource, next))));
}

/** Source: apimachinery pkg/util/managedfields/internal/fieldmanager.go, decodeLiveOrNew and isResetManagedFields. */
function managersBefore(previous: KubeObject, sent: unknown): Managers {
  if (Array.isArray(sent) && (sent.length === 0 || (sent.length === 1 && isJsonObject(sent[0]) && Object.keys(sent[0]).length === 0)))
    return noManagers;
  const managers = readManagers(sent);
  return managers === undefined || managers.size === 0 ? managersOf(previous) : managers;
}

/** Puts managers into a private object. */
export function setManagers(object: KubeObject, managers: Managers): void {
  const entries = writeManagers(managers);
  if (entries === undefined) delete object.metadata.managedFields;
  else object.metadata.managedFields = [...entries];
}
