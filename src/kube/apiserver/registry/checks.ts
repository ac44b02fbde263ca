import type { FieldError } from "#kube/apimachinery";
import {
  dns1035LabelErrors,
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  equalJson,
  forbidden,
  invalid,
  labelValueErrors,
  notSupported,
  qualifiedNameErrors,
} from "#kube/apimachinery";

/** Source: apimachinery pkg/api/validation/objectmeta.go, FieldImmutableErrorMsg. */
export const IMMUTABLE = "field is immutable";

const NEGATIVE = "must be greater than or equal to 0";

/** A number that may not be negative; nothing is wrong with an absent one. */
export function nonNegative(field: string, value: number | undefined): FieldError[] {
  return value !== undefined && value < 0 ? [invalid(field, value, NEGATIVE)] : [];
}

/** A text of a closed set, listed in the order given; nothing is wrong with an absent one. */
export function oneOf(field: string, value: string | undefined, supported: readonly string[]): FieldError[] {
  return value === undefined || supported.includes(value) ? [] : [notSupported(field, value, supported)];
}

/** A number that has to be above 0. */
export function positive(field: string, value: number | undefined): FieldError[] {
  return value !== undefined && value <= 0 ? [invalid(field, value, "must be greater than 0")] : [];
}

/** A field that may not change once the object exists. */
export function immutable(field: string, next: unknown, previous: unknown): FieldError[] {
  return equalJson(next, previous) ? [] : [invalid(field, next, IMMUTABLE)];
}

/** A part that may not change, with the kind's own words. */
export function unchanged(field: string, [next, previous]: readonly [unknown, unknown], detail: string): FieldError[] {
  return equalJson(next, previous) ? [] : [forbidden(field, detail)];
}

/** Complaints about the name beyond those every name meets; the server has made those already. */
function stricterName(name: string, check: (name: string) => string[]): FieldError[] {
  if (name === "" || dns1123SubdomainErrors(name).length > 0) return [];
  return check(name).map((detail) => invalid("metadata.name", name, detail));
}

/** For kinds whose name is a DNS label: namespaces. */
export const labelName = (name: string): FieldError[] => stricterName(name, dns1123LabelErrors);
/** For kinds whose name is an old DNS label: services. */
export const oldLabelName = (name: string): FieldError[] => stricterName(name, dns1035LabelErrors);

/** Complaints about labels that are a field of another object. Source: apimachinery pkg/apis/meta/v1/validation, ValidateLabels. */
export function labelsErrors(labels: Readonly<Record<string, string>> | undefined, field: string): FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...qualifiedNameErrors(key).map((detail) => invalid(field, key, detail)),
    ...labelValueErrors(value).map((detail) => invalid(field, value, detail)),
  ]);
}
