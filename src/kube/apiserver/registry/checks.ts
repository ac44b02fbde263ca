import { isIP } from "node:net";
import type { FieldError } from "#kube/apimachinery";
import { equalJson, forbidden, invalid, labelValueErrors, notSupported, qualifiedNameErrors } from "#kube/apimachinery";

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

/** Complaints about a block of addresses. Source: apimachinery pkg/util/validation/ip.go, IsValidCIDR. */
export function cidrErrors(field: string, value: string): FieldError[] {
  const [address = "", bits = "", more] = value.split("/");
  const most = isIP(address) === 6 ? 128 : 32;
  const isValid = more === undefined && isIP(address) !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= most;
  return isValid ? [] : [invalid(field, value, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)")];
}

/** Complaints about labels that are a field of another object. Source: apimachinery pkg/apis/meta/v1/validation, ValidateLabels. */
export function labelsErrors(labels: Readonly<Record<string, string>> | undefined, field: string): FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...qualifiedNameErrors(key).map((detail) => invalid(field, key, detail)),
    ...labelValueErrors(value).map((detail) => invalid(field, value, detail)),
  ]);
}
