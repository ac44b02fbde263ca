import type { FieldError } from "#kube/apimachinery";
import { type Author, authorOfUser, MAX_MANAGER_LENGTH } from "./field-management.ts";
import type { FieldValidation } from "./field-validation.ts";
import type { ApiRequest } from "./request.ts";
import { invalid } from "./status.ts";
import { APPLY_PATCH } from "./verbs/apply.ts";

/** What a caller says of how a write is to be done. */
export interface WriteOptions {
  readonly dryRun: boolean;
  readonly author: Author;
  /** Undefined for callers of this process, whose objects are known to be of their types. */
  readonly fieldValidation: FieldValidation | undefined;
}

const DIRECTIVES = ["Ignore", "Warn", "Strict"] as const;
const KINDS: Readonly<Record<string, string>> = { create: "CreateOptions", update: "UpdateOptions", patch: "PatchOptions" };

/**
 * Reads the options of a request's query.
 * @throws {StatusError} Invalid. Source: apimachinery pkg/apis/meta/v1/validation/validation.go.
 */
export function writeOptionsOf(request: ApiRequest, verb: string): WriteOptions {
  const { query, warn, duplicates } = request;
  const errors = [...applyErrors(request, verb), ...managerErrors(query["fieldManager"] ?? "")];
  const { dryRun = "", fieldValidation = "" } = query;
  if (dryRun !== "" && dryRun !== "All") errors.push({ type: "NotSupported", field: "dryRun", value: [dryRun], supported: ["All"] });
  const directive = DIRECTIVES.find((each) => each === (fieldValidation === "" ? "Warn" : fieldValidation));
  if (directive === undefined)
    errors.push({ type: "NotSupported", field: "fieldValidation", value: fieldValidation, supported: ["", ...DIRECTIVES].toSorted() });
  if (errors.length > 0) throw invalid({ group: "meta.k8s.io", kind: KINDS[verb] ?? "CreateOptions" }, "", errors);
  return {
    dryRun: dryRun === "All",
    author: authorOf(request, query["fieldManager"] || request.fieldManager),
    fieldValidation:
      warn === undefined || directive === undefined
        ? undefined
        : { directive, warn, duplicates: directive === "Ignore" ? undefined : duplicates?.() },
  };
}

function authorOf({ user, warn, query }: ApiRequest, manager: string | undefined): Author {
  const author = manager === undefined ? authorOfUser(user) : { name: manager, isClient: true, user };
  return warn === undefined ? author : { ...author, warn, asked: query };
}

/** Configurations are applied by somebody; only they may be forced. */
function applyErrors({ query, contentType }: ApiRequest, verb: string): FieldError[] {
  if (verb !== "patch") return [];
  const { fieldManager = "", force } = query;
  if (contentType !== APPLY_PATCH)
    return force === undefined ? [] : [{ type: "Forbidden", field: "force", detail: "may not be specified for non-apply patch" }];
  return fieldManager === "" ? [{ type: "Required", field: "fieldManager", detail: "is required for apply patch" }] : [];
}

function managerErrors(manager: string): FieldError[] {
  if (Buffer.byteLength(manager) > MAX_MANAGER_LENGTH)
    return [{ type: "TooLong", field: "fieldManager", detail: `may not be more than ${MAX_MANAGER_LENGTH} bytes` }];
  const at = manager.search(/[\p{C}\p{Zl}\p{Zp}]/u);
  if (at === -1) return [];
  const code = (manager.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  return [{ type: "Invalid", field: "fieldManager", value: manager, detail: `invalid character U+${code} (at position ${at})` }];
}
