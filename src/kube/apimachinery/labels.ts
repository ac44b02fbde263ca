import type { LabelSelector, LabelSelectorRequirement } from "#api/kubernetes/meta";
import { type FieldError, forbidden, invalid, required } from "./field-errors.ts";
import { labelValueErrors, qualifiedNameErrors } from "./names.ts";
import {
  formatRequirement,
  type Labels,
  matchesRequirement,
  newRequirement,
  type Requirement,
  type RequirementOperator,
  SelectorError,
} from "./requirement.ts";

/** Chooses objects by their labels. */
export interface Selector {
  /** Sorted by key. */
  readonly requirements: readonly Requirement[];
  matches(labels: Labels): boolean;
  /** Selects everything. */
  readonly empty: boolean;
  toString(): string;
}

/** All requirements must be met; none select everything. */
export function selectorOf(requirements: readonly Requirement[]): Selector {
  // Source order is kept among equal keys, as a stable sort by key does in Kubernetes for short lists.
  const sorted = [...requirements].sort((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0));
  return {
    requirements: sorted,
    empty: sorted.length === 0,
    matches: (labels) => sorted.every((requirement) => matchesRequirement(requirement, labels)),
    toString: () => sorted.map(formatRequirement).join(","),
  };
}

/** Selects every object. */
export const everything: Selector = selectorOf([]);

/** Selects no object. */
export const nothing: Selector = { requirements: [], empty: false, matches: () => false, toString: () => "" };

/** The selector of a plain map (`spec.selector` of services): all pairs must be there; no pairs select everything. */
export function selectorFromMap(labels: Labels): Selector {
  return selectorOf(Object.entries(labels ?? {}).map(([key, value]) => ({ key, operator: "=", values: [value] })));
}

const OBJECT_OPERATORS: Readonly<Record<LabelSelectorRequirement["operator"], RequirementOperator>> = {
  In: "in",
  NotIn: "notin",
  Exists: "exists",
  DoesNotExist: "!",
};

/**
 * The selector of a LabelSelector object. An absent one selects nothing, an empty one everything.
 *
 * @throws {SelectorError} for an unknown operator or a requirement of the wrong form.
 * Source: apimachinery pkg/apis/meta/v1/helpers.go, LabelSelectorAsSelector.
 */
export function selectorFromObject(selector: LabelSelector | undefined | null): Selector {
  if (selector === undefined || selector === null) return nothing;
  const requirements: Requirement[] = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => newRequirement(key, "=", [value]));
  for (const { key, operator, values } of selector.matchExpressions ?? []) {
    const known = Object.hasOwn(OBJECT_OPERATORS, operator) ? OBJECT_OPERATORS[operator] : undefined;
    if (known === undefined) throw new SelectorError(`"${operator}" is not a valid label selector operator`);
    requirements.push(newRequirement(key, known, values ?? []));
  }
  return requirements.length === 0 ? everything : selectorOf(requirements);
}

/** Selectors compiled from objects; the objects are shared and never change, so each is compiled once. */
const compiled = new WeakMap<LabelSelector, Selector>();

/** Whether a LabelSelector object selects these labels; one of the wrong form selects nothing. */
export function matchesLabelSelector(selector: LabelSelector | undefined | null, labels: Labels): boolean {
  if (selector === undefined || selector === null) return false;
  let matcher = compiled.get(selector);
  if (matcher === undefined) {
    try {
      matcher = selectorFromObject(selector);
    } catch (error) {
      if (!(error instanceof SelectorError)) throw error;
      matcher = nothing;
    }
    compiled.set(selector, matcher);
  }
  return matcher.matches(labels);
}

/** The LabelSelector object as `kubectl` and tables print it: `a=b,c in (x,y)`; `<none>` when it selects everything or nothing. */
export function formatLabelSelector(selector: LabelSelector | undefined | null): string {
  try {
    const text = selectorFromObject(selector).toString();
    return text === "" ? "<none>" : text;
  } catch (error) {
    if (error instanceof SelectorError) return "<error>";
    throw error;
  }
}

function expressionErrors(expression: LabelSelectorRequirement, path: string): FieldError[] {
  const count = expression.values?.length ?? 0;
  const keyErrors = qualifiedNameErrors(expression.key).map((detail) => invalid(`${path}.key`, expression.key, detail));
  switch (expression.operator) {
    case "In":
    case "NotIn":
      return count > 0 ? keyErrors : [required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'"), ...keyErrors];
    case "Exists":
    case "DoesNotExist":
      if (count === 0) return keyErrors;
      return [forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"), ...keyErrors];
    default:
      return [invalid(`${path}.operator`, expression.operator, "not a valid selector operator"), ...keyErrors];
  }
}

/**
 * What is wrong with a LabelSelector object that is a field of another.
 *
 * @param field Path of the selector, `spec.selector`.
 * Source: apimachinery pkg/apis/meta/v1/validation/validation.go, ValidateLabelSelector.
 */
export function labelSelectorErrors(selector: LabelSelector | undefined, field: string): FieldError[] {
  const pairs = Object.entries(selector?.matchLabels ?? {});
  return [
    ...pairs.flatMap(([key, value]) => [
      ...qualifiedNameErrors(key).map((detail) => invalid(`${field}.matchLabels`, key, detail)),
      ...labelValueErrors(value).map((detail) => invalid(`${field}.matchLabels`, value, detail)),
    ]),
    ...(selector?.matchExpressions ?? []).flatMap((expression, index) =>
      expressionErrors(expression, `${field}.matchExpressions[${index}]`),
    ),
  ];
}
