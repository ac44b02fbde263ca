/** One violation, printed as `{field}: {type text}: {detail}`; source: apimachinery pkg/util/validation/field/errors.go. */
export interface FieldError {
  readonly type: "Required" | "Invalid" | "Forbidden" | "NotSupported" | "Duplicate" | "TooLong" | "TooMany" | "NotFound" | "TypeInvalid";
  /** `spec.containers[0].name`; empty for a value that is in no object. */
  readonly field: string;
  readonly value?: unknown;
  readonly detail?: string;
  /** For NotSupported: what would have been. */
  readonly supported?: readonly string[];
}

/** In place of a value that is not shown. Source: as above, OmitValueType. */
export const OMITTED_VALUE: unique symbol = Symbol("omitted value");

const TYPE_TEXTS: Readonly<Record<FieldError["type"], string>> = {
  Required: "Required value",
  Invalid: "Invalid value",
  Forbidden: "Forbidden",
  NotSupported: "Unsupported value",
  Duplicate: "Duplicate value",
  TooLong: "Too long",
  TooMany: "Too many",
  NotFound: "Not found",
  TypeInvalid: "Invalid value",
};

function detailOf(error: FieldError): string {
  if (error.detail !== undefined) return error.detail;
  if (error.supported === undefined || error.supported.length === 0) return "";
  return `supported values: ${error.supported.map((each) => JSON.stringify(each)).join(", ")}`;
}

/** As Go shows it: texts as they are, within objects and lists without letters of HTML. Source: Go's encoding/json, Marshal. */
function valueText(value: unknown): string {
  const text = JSON.stringify(value);
  if (typeof value !== "object") return text;
  return text.replaceAll(/[<>&]/g, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`);
}

/** The violation without its field: `Invalid value: "x": must be …`. */
export function fieldErrorBody(error: FieldError): string {
  const withoutValue = error.type === "Required" || error.type === "Forbidden" || error.type === "TooLong" || error.value === OMITTED_VALUE;
  const shown = withoutValue ? "" : `: ${valueText(error.value ?? null)}`;
  const detail = detailOf(error);
  return `${TYPE_TEXTS[error.type]}${shown}${detail === "" ? "" : `: ${detail}`}`;
}

/** The violation as Kubernetes prints it: `spec.replicas: Invalid value: -1: must be greater than or equal to 0`. */
export function formatFieldError(error: FieldError): string {
  return `${error.field === "" ? "<nil>" : error.field}: ${fieldErrorBody(error)}`;
}

/** Several violations as Kubernetes prints them: one as it is, more in brackets; equal ones once. */
export function formatFieldErrors(errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map(formatFieldError))];
  return texts.length === 1 ? (texts[0] ?? "") : `[${texts.join(", ")}]`;
}

/** A value that has to be there is missing. */
export function required(field: string, detail?: string): FieldError {
  return { type: "Required", field, ...(detail === undefined ? {} : { detail }) };
}

/** A value that is malformed or out of bounds. */
export function invalid(field: string, value: unknown, detail: string): FieldError {
  return { type: "Invalid", field, value, detail };
}

/** A value that is well formed but not allowed here or now. */
export function forbidden(field: string, detail: string): FieldError {
  return { type: "Forbidden", field, detail };
}

/** A value that is none of a closed set; `supported` is listed in the order given. */
export function notSupported(field: string, value: unknown, supported: readonly string[]): FieldError {
  return { type: "NotSupported", field, value, supported };
}

/** A value that must be unique and is not. */
export function duplicate(field: string, value: unknown): FieldError {
  return { type: "Duplicate", field, value };
}
