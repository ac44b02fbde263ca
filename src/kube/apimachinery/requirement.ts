import { type FieldError, formatFieldErrors, invalid, notSupported } from "./field-errors.ts";
import { labelValueErrors, qualifiedNameErrors } from "./names.ts";

/** How a requirement compares; `=`, `==` and `!=` are told apart only so that a selector prints as it was written. */
export type RequirementOperator = "=" | "==" | "!=" | "in" | "notin" | "exists" | "!" | "gt" | "lt";

/** One condition on a set of labels. */
export interface Requirement {
  readonly key: string;
  readonly operator: RequirementOperator;
  readonly values: readonly string[];
}

/** A selector that cannot be read; the message is the one Kubernetes gives. */
export class SelectorError extends Error {}

/** Labels of an object, or none. */
export type Labels = Readonly<Record<string, string>> | undefined;

const INT64 = /^[+-]?\d+$/;
const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;

/** The number in a text as Go's ParseInt(text, 10, 64) reads it. */
export function parseInt64(text: string): bigint | undefined {
  if (!INT64.test(text) || text.length > 64) return undefined;
  const parsed = BigInt(text.startsWith("+") ? text.slice(1) : text);
  return parsed < MIN_INT64 || parsed > MAX_INT64 ? undefined : parsed;
}

function valueCountErrors(requirement: Requirement, field: string): FieldError[] {
  const { operator, values } = requirement;
  switch (operator) {
    case "in":
    case "notin":
      return values.length > 0 ? [] : [invalid(field, values, "for 'in', 'notin' operators, values set can't be empty")];
    case "=":
    case "==":
    case "!=":
      return values.length === 1 ? [] : [invalid(field, values, "exact-match compatibility requires one single value")];
    case "exists":
    case "!":
      return values.length === 0 ? [] : [invalid(field, values, "values set must be empty for exists and does not exist")];
    case "gt":
    case "lt":
      return [
        ...(values.length === 1 ? [] : [invalid(field, values, "for 'Gt', 'Lt' operators, exactly one value is required")]),
        ...values.flatMap((value, index) =>
          parseInt64(value) === undefined
            ? [invalid(`${field}[${index}]`, value, "for 'Gt', 'Lt' operators, the value must be an integer")]
            : [],
        ),
      ];
    default:
      return [notSupported("operator", operator, ["in", "notin", "=", "==", "!=", "gt", "lt", "exists", "!"])];
  }
}

/** What is wrong with a requirement; nothing when it can be matched. Source: apimachinery pkg/labels/selector.go, NewRequirement. */
export function requirementErrors(requirement: Requirement): FieldError[] {
  const { key, values } = requirement;
  const keyErrors = qualifiedNameErrors(key);
  return [
    ...(keyErrors.length === 0 ? [] : [invalid("key", key, keyErrors.join("; "))]),
    ...valueCountErrors(requirement, "values"),
    ...values.flatMap((value, index) => {
      const errors = labelValueErrors(value);
      return errors.length === 0 ? [] : [invalid(`values[${index}][${key}]`, value, errors.join("; "))];
    }),
  ];
}

/**
 * The requirement, checked.
 * @throws {SelectorError} when it can match nothing by its form.
 */
export function newRequirement(key: string, operator: RequirementOperator, values: readonly string[]): Requirement {
  const requirement = { key, operator, values };
  const errors = requirementErrors(requirement);
  if (errors.length > 0) throw new SelectorError(formatFieldErrors(errors));
  return requirement;
}

function compare(requirement: Requirement, text: string): boolean {
  const left = parseInt64(text);
  const right = requirement.values.length === 1 ? parseInt64(requirement.values[0] ?? "") : undefined;
  if (left === undefined || right === undefined) return false;
  return requirement.operator === "gt" ? left > right : left < right;
}

/** Whether the labels meet the requirement. A missing label meets `!=`, `notin` and `!`. */
export function matchesRequirement(requirement: Requirement, labels: Labels): boolean {
  const { key, operator, values } = requirement;
  const present = labels !== undefined && Object.hasOwn(labels, key);
  const label = present ? labels[key] : undefined;
  switch (operator) {
    case "=":
    case "==":
    case "in":
      return label !== undefined && values.includes(label);
    case "!=":
    case "notin":
      return label === undefined || !values.includes(label);
    case "exists":
      return present;
    case "!":
      return !present;
    case "gt":
    case "lt":
      return label !== undefined && compare(requirement, label);
    default:
      return false;
  }
}

/** The requirement as text: `a=b`, `a in (x,y)`, `!a`, `a>1`. */
export function formatRequirement({ key, operator, values }: Requirement): string {
  const sorted = [...values].sort();
  switch (operator) {
    case "in":
    case "notin":
      return `${key} ${operator} (${sorted.join(",")})`;
    case "exists":
      return key;
    case "!":
      return `!${key}`;
    case "gt":
    case "lt":
      return `${key}${operator === "gt" ? ">" : "<"}${sorted.join(",")}`;
    default:
      return `${key}${operator}${sorted.join(",")}`;
  }
}
