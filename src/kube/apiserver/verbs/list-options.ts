import { badRequest, invalid } from "../status.ts";
import type { FieldError } from "../registry/kind.ts";
import { isTrue } from "../request-info.ts";

export interface ListOptions {
  /** Undefined when not sent; 0 takes any state. */
  readonly resourceVersion: number | undefined;
  readonly match: "Exact" | "NotOlderThan" | undefined;
  /** Undefined for no bound. */
  readonly limit: number | undefined;
  readonly continueToken: string | undefined;
}

export interface WatchOptions {
  readonly resourceVersion: number | undefined;
  readonly sendInitialEvents: boolean;
  readonly allowBookmarks: boolean;
  /** Undefined for the server's own choice. */
  readonly timeoutSeconds: number | undefined;
}

type Query = Readonly<Record<string, string>>;

const EXACT = "Exact";
const NOT_OLDER_THAN = "NotOlderThan";

/** @throws {StatusError} Source: apimachinery pkg/apis/meta/internalversion/validation/validation.go, ValidateListOptions. */
export function listOptionsOf(query: Query): ListOptions {
  const match = text(query, "resourceVersionMatch");
  const resourceVersion = text(query, "resourceVersion");
  const continueToken = text(query, "continue");
  const errors: FieldError[] = [];
  if (match !== undefined) {
    if (resourceVersion === undefined) errors.push(matchForbidden("resourceVersionMatch is forbidden unless resourceVersion is provided"));
    if (continueToken !== undefined) errors.push(matchForbidden("resourceVersionMatch is forbidden when continue is provided"));
    if (match !== EXACT && match !== NOT_OLDER_THAN) errors.push(matchNotSupported(match, [EXACT, NOT_OLDER_THAN, ""]));
    if (match === EXACT && resourceVersion === "0")
      errors.push(matchForbidden('resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
  }
  if (query["sendInitialEvents"] !== undefined)
    errors.push({ type: "Forbidden", field: "sendInitialEvents", detail: "sendInitialEvents is forbidden for list" });
  refuse(errors);
  return {
    resourceVersion: revisionOf(resourceVersion),
    match: match as ListOptions["match"],
    limit: limitOf(text(query, "limit")),
    continueToken,
  };
}

/** @throws {StatusError} Source: as above, validateWatchOptions. */
export function watchOptionsOf(query: Query): WatchOptions {
  const match = text(query, "resourceVersionMatch");
  const sendsInitialEvents = query["sendInitialEvents"] !== undefined;
  const errors: FieldError[] = [];
  if (sendsInitialEvents && match !== NOT_OLDER_THAN)
    errors.push(matchForbidden(`sendInitialEvents requires setting resourceVersionMatch to ${NOT_OLDER_THAN}`));
  if (match !== undefined) {
    if (!sendsInitialEvents)
      errors.push(matchForbidden("resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"));
    if (match !== NOT_OLDER_THAN) errors.push(matchNotSupported(match, [NOT_OLDER_THAN]));
    if (text(query, "continue") !== undefined) errors.push(matchForbidden("resourceVersionMatch is forbidden when continue is provided"));
  }
  refuse(errors);
  const timeout = text(query, "timeoutSeconds");
  return {
    resourceVersion: revisionOf(text(query, "resourceVersion")),
    sendInitialEvents: sendsInitialEvents && isTrue(query["sendInitialEvents"]),
    allowBookmarks: isTrue(query["allowWatchBookmarks"]),
    timeoutSeconds: timeout === undefined ? undefined : wholeNumber("timeoutSeconds", timeout),
  };
}

function text(query: Query, name: string): string | undefined {
  const value = query[name];
  return value === "" ? undefined : value;
}

function matchForbidden(detail: string): FieldError {
  return { type: "Forbidden", field: "resourceVersionMatch", detail };
}

function matchNotSupported(value: string, supported: readonly string[]): FieldError {
  return { type: "NotSupported", field: "resourceVersionMatch", value, supported };
}

function refuse(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid({ group: "meta.k8s.io", kind: "ListOptions" }, "", errors);
}

/** Source: apiserver pkg/storage/api_object_versioner.go, ParseResourceVersion. */
function revisionOf(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const fault = !/^\d+$/.test(value) ? "invalid syntax" : BigInt(value) > MAX_UINT64 ? "value out of range" : undefined;
  if (fault !== undefined)
    throw invalid({ group: "meta.k8s.io", kind: "ListOptions" }, "", [
      { type: "Invalid", field: "resourceVersion", value, detail: `strconv.ParseUint: parsing ${JSON.stringify(value)}: ${fault}` },
    ]);
  return Number(value);
}

const MAX_UINT64 = 2n ** 64n - 1n;

function limitOf(value: string | undefined): number | undefined {
  const limit = value === undefined ? 0 : wholeNumber("limit", value);
  return limit <= 0 ? undefined : limit;
}

function wholeNumber(name: string, value: string): number {
  if (!/^-?\d+$/.test(value))
    throw badRequest(`invalid value for parameter ${name}: strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
  return Number(value);
}
