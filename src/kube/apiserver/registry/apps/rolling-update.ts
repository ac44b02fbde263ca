import type { IntOrString } from "#api/kubernetes/workloads";
import { type FieldError, invalid } from "#kube/apimachinery";
import { nonNegative } from "../checks.ts";

const PERCENT = /^[0-9]+%$/;
const PERCENT_TEXT =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

/**
 * What is wrong with a count or share of pods.
 * @param most Set where a share may not be more than all of them.
 * Source: pkg/apis/apps/validation/validation.go, ValidatePositiveIntOrPercent and IsNotMoreThan100Percent.
 */
export function countOrShareErrors(field: string, value: IntOrString, most?: 100): FieldError[] {
  if (typeof value === "number") return nonNegative(field, value);
  if (!PERCENT.test(value)) return [invalid(field, value, PERCENT_TEXT)];
  return most === undefined ? [] : aboveAllErrors(field, value);
}

/** Complains about a share that is more than all pods. Source: pkg/apis/apps/validation/validation.go, IsNotMoreThan100Percent. */
export function aboveAllErrors(field: string, value: IntOrString): FieldError[] {
  const isAbove = typeof value === "string" && PERCENT.test(value) && Number.parseInt(value, 10) > 100;
  return isAbove ? [invalid(field, value, "must not be greater than 100%")] : [];
}

/** Whether a count or share is none at all. */
export function isZero(value: IntOrString): boolean {
  return value === 0 || (typeof value === "string" && /^0+%$/.test(value));
}
