import {
  type FieldRequirement,
  forbidden,
  invalid,
  isJsonObject,
  type JsonObject,
  parseFieldSelector,
  parseLabelSelector,
  required,
  SelectorError,
} from "#kube/apimachinery";
import type { FieldError } from "../registry/kind.ts";

/** The first release whose reviews ask about lists of some objects only. Source: apiserver pkg/features, AuthorizeWithSelectors (beta 1.32). */
export const SELECTORS_SINCE = "1.32";

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/**
 * What is wrong with the selectors of a review.
 * Source: pkg/apis/authorization/validation/validation.go, validateFieldSelectorAttributes and validateLabelSelectorAttributes.
 */
export function selectorErrors(resourceAttributes: JsonObject): FieldError[] {
  return (["fieldSelector", "labelSelector"] as const).flatMap((member) => {
    const selector = resourceAttributes[member];
    if (!isJsonObject(selector)) return [];
    const field = `spec.resourceAttributes.${member}`;
    const [raw, requirements] = [textOf(selector["rawSelector"]), listOf(selector["requirements"])];
    const errors: FieldError[] = [];
    if (raw !== "" && requirements.length > 0)
      errors.push(invalid(`${field}.rawSelector`, raw, "may not specified at the same time as requirements"));
    if (raw === "" && requirements.length === 0)
      errors.push(required(`${field}.requirements`, `when ${field} is specified, requirements or rawSelector is required`));
    return [...errors, ...requirements.flatMap((each, index) => requirementErrors(each, `${field}.requirements[${index}]`))];
  });
}

/** Source: apimachinery pkg/apis/meta/v1/validation/validation.go, ValidateFieldSelectorRequirement. */
function requirementErrors(requirement: unknown, field: string): FieldError[] {
  const { key, operator, values } = isJsonObject(requirement) ? requirement : {};
  const errors = textOf(key) === "" ? [required(`${field}.key`, "must be specified")] : [];
  const count = listOf(values).length;
  if ((operator === "In" || operator === "NotIn") && count === 0)
    errors.push(required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
  if ((operator === "Exists" || operator === "DoesNotExist") && count > 0)
    errors.push(forbidden(`${field}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
  return errors;
}

/** Which objects a review asks about, and what of its selectors is not understood. */
export interface ReviewedSelectors {
  readonly fields: readonly FieldRequirement[];
  readonly errors: readonly string[];
}

/** Source: pkg/registry/authorization/util/helpers.go, ResourceAttributesFrom and BuildEvaluationError. */
export function reviewedSelectors({ fieldSelector, labelSelector }: JsonObject): ReviewedSelectors {
  const fields = isJsonObject(fieldSelector) ? fieldsOf(fieldSelector) : { read: [], isWhole: true };
  const errors = fields.isWhole ? [] : [ignored("fieldSelector", fields.read.length > 0)];
  if (isJsonObject(labelSelector) && !isReadable(() => parseLabelSelector(textOf(labelSelector["rawSelector"]))))
    errors.push(ignored("labelSelector", false));
  return { fields: fields.read, errors };
}

const ignored = (member: string, isPartly: boolean): string =>
  `spec.resourceAttributes.${member} ${isPartly ? "partially " : ""}ignored due to parse error`;

function fieldsOf({ rawSelector, requirements }: JsonObject): { read: readonly FieldRequirement[]; isWhole: boolean } {
  const wanted = listOf(requirements);
  if (wanted.length > 0) {
    const read = wanted.flatMap((each) => requirementOf(each));
    return { read, isWhole: read.length === wanted.length };
  }
  let read: readonly FieldRequirement[] = [];
  const isWhole = isReadable(() => (read = parseFieldSelector(textOf(rawSelector)).requirements));
  return { read, isWhole };
}

/** Of one value only. Source: as above, fieldSelectorAsSelector. */
function requirementOf(requirement: unknown): FieldRequirement[] {
  const { key, operator, values } = isJsonObject(requirement) ? requirement : {};
  const [value, ...others] = listOf(values);
  if (others.length > 0 || typeof value !== "string" || (operator !== "In" && operator !== "NotIn")) return [];
  return [{ field: textOf(key), operator: operator === "In" ? "=" : "!=", value }];
}

function isReadable(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch (error) {
    if (error instanceof SelectorError) return false;
    throw error;
  }
}
