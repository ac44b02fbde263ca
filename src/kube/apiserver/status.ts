import { type Status, type StatusCause, type StatusDetails, StatusError, type StatusReason } from "#api/kubernetes/status";
import { type Conflict, fieldErrorBody, formatFieldErrors, formatPath, type Manager } from "#kube/apimachinery";
import type { Attributes } from "./access/rules.ts";
import type { FieldError } from "./registry/kind.ts";

/** A resource as messages name it: `pods`, `deployments.apps`. */
export interface GroupResource {
  readonly group: string;
  readonly resource: string;
}

/** `deployments.apps`; just the resource in the core group. */
export function qualified({ group, resource }: GroupResource): string {
  return group === "" ? resource : `${resource}.${group}`;
}

function failure(code: number, reason: StatusReason, message: string, details?: StatusDetails): StatusError {
  return new StatusError(failureStatus(code, reason, message, details));
}

function failureStatus(code: number, reason: StatusReason, message: string, details?: StatusDetails): Status {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message,
    reason,
    ...(details === undefined ? {} : { details }),
    code,
  };
}

function detailsOf({ group, resource }: GroupResource, name: string): StatusDetails {
  return { ...(name === "" ? {} : { name }), ...(group === "" ? {} : { group }), kind: resource };
}

/** The Status of a call that worked and has no object to show. */
export function success(code: number, details?: StatusDetails): Status {
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", ...(details === undefined ? {} : { details }), code };
}

/*
 * Every refusal of this door. Texts and codes are those of kubernetes/apimachinery pkg/api/errors/errors.go and of the
 * files named beside them; clients match on some of them.
 */

export const notFound = (of: GroupResource, name: string): StatusError =>
  failure(404, "NotFound", `${qualified(of)} "${name}" not found`, detailsOf(of, name));

const NO_SUCH_PATH = "the server could not find the requested resource";

/** A path that nothing answers, in the words in which clients report it. Source: NewGenericServerResponse. */
export const noSuchPath = (): StatusError => failure(404, "NotFound", NO_SUCH_PATH, {});

/** Over HTTP such a path gets a page of plain text and not a Status. Source: apiserver pkg/server/routes, go-restful. */
export const isNoSuchPath = ({ message }: Status): boolean => message === NO_SUCH_PATH;

export const alreadyExists = (of: GroupResource, name: string): StatusError =>
  failure(409, "AlreadyExists", `${qualified(of)} "${name}" already exists`, detailsOf(of, name));

/** Source: apiserver pkg/registry/generic/registry/store.go, create. */
export const beingDeleted = (of: GroupResource, name: string): StatusError =>
  failure(409, "AlreadyExists", `object is being deleted: ${qualified(of)} "${name}" already exists`, detailsOf(of, name));

export const noUniqueName = (of: GroupResource, name: string): StatusError =>
  failure(
    409,
    "AlreadyExists",
    `${qualified(of)} "${name}" already exists, the server was not able to generate a unique name for the object`,
    { ...detailsOf(of, name), retryAfterSeconds: 1 },
  );

export const conflict = (of: GroupResource, name: string, why: string): StatusError =>
  failure(409, "Conflict", `Operation cannot be fulfilled on ${qualified(of)} "${name}": ${why}`, detailsOf(of, name));

/** Source: apiserver pkg/registry/generic/registry/store.go, OptimisticLockErrorMsg. */
export const modified = (of: GroupResource, name: string): StatusError =>
  conflict(of, name, "the object has been modified; please apply your changes to the latest version and try again");

/** Source: apimachinery pkg/util/managedfields/internal/conflict.go. */
export function applyConflict(conflicts: readonly Conflict[]): StatusError {
  const causes = conflicts.map(({ manager, path }) => ({
    reason: "FieldManagerConflict",
    message: `conflict with ${managerText(manager)}`,
    field: formatPath(path),
  }));
  return failure(409, "Conflict", conflictMessage(conflicts), { causes });
}

function conflictMessage(conflicts: readonly Conflict[]): string {
  const [first, ...others] = conflicts;
  if (first !== undefined && others.length === 0)
    return `Apply failed with 1 conflict: conflict with ${managerText(first.manager)}: ${formatPath(first.path)}`;
  const byManager = new Map<string, string[]>();
  for (const { manager, path } of conflicts) {
    const text = managerText(manager);
    byManager.set(text, [...(byManager.get(text) ?? []), `- ${formatPath(path)}`]);
  }
  const lines = [...byManager].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([manager, paths]) => [`conflicts with ${manager}:`, ...paths]);
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join("\n")}`;
}

/** Identifiers of managers never hold their time. Source: apimachinery pkg/util/managedfields/internal, BuildManagerIdentifier, printManager. */
function managerText({ name, operation, apiVersion, subresource }: Manager): string {
  const who = `${JSON.stringify(name)}${subresource === "" ? "" : ` with subresource ${JSON.stringify(subresource)}`}`;
  return operation === "Apply" ? who : `${who} using ${apiVersion}`;
}

export function forbidden(of: GroupResource, name: string, why: string, causes?: StatusCause[]): StatusError {
  const subject = name === "" ? qualified(of) : `${qualified(of)} "${name}"`;
  const details = { ...detailsOf(of, name), ...(causes === undefined ? {} : { causes }) };
  return failure(403, "Forbidden", `${subject} is forbidden: ${why}`, details);
}

/**
 * What a user may not do. Source: apiserver pkg/endpoints/handlers/responsewriters/errors.go, ForbiddenStatusError.
 * @param reason why, as far as the authorizer has something to say; else empty.
 */
export function accessForbidden(attributes: Attributes, reason: string): StatusError {
  const why = `${accessText(attributes)}${reason === "" ? "" : `: ${reason}`}`;
  if ("path" in attributes) return failure(403, "Forbidden", `forbidden: ${why}`, {});
  const { group, resource, name } = attributes;
  return forbidden({ group, resource }, name, why);
}

function accessText(attributes: Attributes): string {
  const { user, verb } = attributes;
  const who = `User ${JSON.stringify(user.name)} cannot ${verb}`;
  if ("path" in attributes) return withoutHtml(`${who} path ${JSON.stringify(attributes.path)}`);
  const { group, resource, subresource, namespace } = attributes;
  const what = `resource "${resource}${subresource === "" ? "" : `/${subresource}`}" in API group ${JSON.stringify(group)}`;
  return withoutHtml(`${who} ${what} ${namespace === "" ? "at the cluster scope" : `in the namespace ${JSON.stringify(namespace)}`}`);
}

function withoutHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** @param kind with the group when it has one: `Deployment`, `apps`. */
export function invalid(kind: { group: string; kind: string }, name: string, errors: readonly FieldError[]): StatusError {
  const qualifiedKind = kind.group === "" ? kind.kind : `${kind.kind}.${kind.group}`;
  return failure(422, "Invalid", `${qualifiedKind} "${name}" is invalid: ${formatFieldErrors(errors)}`, {
    ...(name === "" ? {} : { name }),
    ...(kind.group === "" ? {} : { group: kind.group }),
    ...(kind.kind === "" ? {} : { kind: kind.kind }),
    causes: errors.map((error) => ({ reason: `FieldValue${error.type}`, message: fieldErrorBody(error), field: error.field })),
  });
}

export const badRequest = (message: string): StatusError => failure(400, "BadRequest", message);

/** Source: apimachinery pkg/util/httpstream; kubelet pkg/cri/streaming. */
export const upgradeRequired = (): StatusError => badRequest("Upgrade request required");

/** A JSON patch that does not apply. Source: apiserver pkg/endpoints/handlers/patch.go, applyJSPatch (a generic 422). */
export const unprocessablePatch = (why: string): StatusError =>
  failure(422, "Invalid", `the server rejected our request due to an error in our request`, { causes: [{ message: why }] });

export const unauthorized = (): StatusError => failure(401, "Unauthorized", "Unauthorized");

export const methodNotSupported = (of: GroupResource, action: string): StatusError =>
  failure(405, "MethodNotAllowed", `${action} is not supported on resources of kind "${qualified(of)}"`, detailsOf(of, ""));

/** A path that answers other methods. Source: apimachinery pkg/api/errors/errors.go, NewGenericServerResponse. */
export const noMethod = (): StatusError =>
  failure(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {});

/** For what this server does not do and says so. */
export const notDoneHere = (message: string): StatusError => failure(405, "MethodNotAllowed", message, {});

/** Source: apiserver pkg/endpoints/handlers/negotiation/errors.go. */
export const unsupportedMediaType = (accepted: readonly string[]): StatusError =>
  failure(
    415,
    "UnsupportedMediaType",
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(", ")}`,
  );

/** A path that takes bodies of other media types. Source: go-restful, CurlyRouter; NewGenericServerResponse. */
export const noMediaType = (): StatusError => failure(415, "UnsupportedMediaType", "415: Unsupported Media Type", {});

/** Source: apiserver pkg/endpoints/handlers/negotiation/errors.go. */
export const notAcceptable = (accepted: readonly string[]): StatusError =>
  failure(406, "NotAcceptable", `only the following media types are accepted: ${accepted.join(", ")}`);

/** Source: apiserver pkg/endpoints/handlers/rest.go, limitedReadBody. */
export const bodyTooLarge = (limitBytes: number): StatusError =>
  failure(413, "RequestEntityTooLarge", `Request entity too large: limit is ${limitBytes}`);

/** An object over the store's limit; etcd's own words. */
export const objectTooLarge = (): StatusError => failure(413, "RequestEntityTooLarge", "etcdserver: request is too large");

export const expired = (message: string): StatusError => failure(410, "Expired", message);

/** Source: apiserver pkg/storage/cacher/watch_cache.go. */
export const tooOldResourceVersion = (requested: number, oldest: number): StatusError =>
  expired(`too old resource version: ${requested} (${oldest})`);

/** The page's snapshot is gone; `token` goes on from the same place in the present state. Source: storage/etcd3/errors.go. */
export function continueExpired(token: string): StatusError {
  const status = failureStatus(
    410,
    "Expired",
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without " +
      "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. " +
      "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted " +
      "between the time the first chunk was returned and now may show up in the list.",
  );
  return new StatusError({ ...status, metadata: { continue: token } as unknown as Status["metadata"] });
}

/** Source: apiserver pkg/storage/errors.go, NewTooLargeResourceVersionError. */
export const tooLargeResourceVersion = (requested: number, current: number): StatusError =>
  failure(504, "Timeout", `Timeout: Too large resource version: ${requested}, current: ${current}`, {
    causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
    retryAfterSeconds: 1,
  });

/**
 * An eviction that a budget forbids. `retryAfterSeconds` of 0 sends no `Retry-After`: with one, client-go would retry
 * silently and never show the refusal. Source: pkg/registry/core/pod/storage/eviction.go.
 */
export const disruptionBudgetForbids = (message: string, retryAfterSeconds: number): StatusError =>
  failure(429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.", {
    causes: [{ reason: "DisruptionBudget", message }],
    ...(retryAfterSeconds === 0 ? {} : { retryAfterSeconds }),
  });

/** Source: pkg/registry/core/pod/storage/eviction.go, Create. */
export const severalDisruptionBudgets = (): StatusError =>
  failure(500, "InternalError", "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.");

export const serviceUnavailable = (message: string): StatusError => failure(503, "ServiceUnavailable", message);

/** For defects only; what happened is in the log. */
export const internalError = (message: string): StatusError =>
  failure(500, "InternalError", `Internal error occurred: ${message}`, { causes: [{ message }] });

/** Source: apiserver pkg/storage/cacher/cacher.go, listing before the cache is filled. */
export const failedToList = ({ apiVersion, kind }: { apiVersion: string; kind: { kind: string } }, why: string): StatusError =>
  failure(429, "TooManyRequests", `storage is (re)initializing: failed to list ${apiVersion}, Kind=${kind.kind}: ${why}`, {
    retryAfterSeconds: 1,
  });

/** More than this server serves at once. Source: apiserver pkg/server/filters/maxinflight.go, tooManyRequests. */
export const tooManyRequests = (): StatusError =>
  failure(429, "TooManyRequests", "Too many requests, please try again later.", { retryAfterSeconds: 1 });
