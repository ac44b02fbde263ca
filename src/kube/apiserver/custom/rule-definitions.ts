import { type FieldError, forbidden, invalid, isJsonObject, notSupported, required } from "#kube/apimachinery";
import { isExpression } from "../cel/expression.ts";
import { type JsonSchema, readSchema, type ValidationRule } from "./json-schema.ts";
import { compiledRules } from "./rules.ts";

const REASONS = ["FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"];
const NEW_LINE = /[\n\r]/;

/**
 * What is wrong with the rules of a definition's schemas. A schema that all versions have is named once.
 * Source: apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go, ValidateCustomResourceDefinitionOpenAPISchema.
 */
export function definedRuleErrors(versions: readonly { readonly schema?: { openAPIV3Schema?: unknown } }[]): FieldError[] {
  const schemas = versions.map(({ schema }) => schema?.openAPIV3Schema);
  const isShared = new Set(schemas.map((each) => JSON.stringify(each))).size <= 1;
  return (isShared ? schemas.slice(0, 1) : schemas).flatMap((schema, index) => {
    const field = isShared ? "spec.validation.openAPIV3Schema" : `spec.versions[${index}].schema.openAPIV3Schema`;
    return isJsonObject(schema) ? nodeErrors(readSchema(schema), { field, isRoot: true, isCorrelated: true }) : [];
  });
}

interface Place {
  readonly field: string;
  readonly isRoot: boolean;
  /** Whether a value here has one that it was before. */
  readonly isCorrelated: boolean;
}

function nodeErrors(schema: JsonSchema, place: Place): FieldError[] {
  const { field, isCorrelated } = place;
  const { properties = {}, items, additionalProperties } = schema;
  const inItems = isCorrelated && schema["x-kubernetes-list-type"] === "map";
  const errors = [
    ...Object.entries(properties).flatMap(([name, each]) =>
      nodeErrors(each, { field: `${field}.properties[${name}]`, isRoot: false, isCorrelated }),
    ),
    ...(items === undefined ? [] : nodeErrors(items, { field: `${field}.items`, isRoot: false, isCorrelated: inItems })),
    ...(isJsonObject(additionalProperties)
      ? nodeErrors(additionalProperties, { field: `${field}.additionalProperties`, isRoot: false, isCorrelated })
      : []),
  ];
  const rules = schema["x-kubernetes-validations"] ?? [];
  const malformed = rules.flatMap((rule, index) => formErrors(rule, `${field}.x-kubernetes-validations[${index}]`));
  return [...errors, ...malformed, ...(malformed.length > 0 || errors.length > 0 ? [] : expressionErrors(schema, place))];
}

function formErrors({ rule, message, messageExpression, reason, fieldPath, optionalOldSelf }: ValidationRule, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (rule.trim() === "") errors.push(required(`${field}.rule`, "rule is not specified"));
  else if (message !== undefined && message !== "" && message.trim() === "")
    errors.push(invalid(`${field}.message`, message, "must be non-empty if specified"));
  else if (NEW_LINE.test(message?.trim() ?? "")) errors.push(invalid(`${field}.message`, message, "must not contain line breaks"));
  else if (NEW_LINE.test(rule.trim()) && (message ?? "").trim() === "")
    errors.push(required(`${field}.message`, "message must be specified if rule contains line breaks"));
  if (messageExpression !== undefined && messageExpression !== "" && messageExpression.trim() === "")
    errors.push(required(`${field}.messageExpression`, "must be non-empty if specified"));
  if (reason !== undefined && !REASONS.includes(reason)) errors.push(notSupported(`${field}.reason`, reason, REASONS));
  if (fieldPath !== undefined && !/^(?:\.[\w-]+|\['[^']+'\])*$/.test(fieldPath))
    errors.push(invalid(`${field}.fieldPath`, fieldPath, "must be a valid path"));
  if (optionalOldSelf === true) errors.push(forbidden(`${field}.optionalOldSelf`, "optional values of oldSelf are not done here"));
  return errors;
}

function expressionErrors(schema: JsonSchema, { field, isRoot, isCorrelated }: Place): FieldError[] {
  return compiledRules(schema, isRoot).flatMap(({ rule, expression, message }, index) => {
    const at = `${field}.x-kubernetes-validations[${index}]`;
    const shown = {
      Rule: rule.rule,
      Message: rule.message ?? "",
      MessageExpression: rule.messageExpression ?? "",
      Reason: rule.reason ?? null,
      FieldPath: rule.fieldPath ?? "",
      OptionalOldSelf: rule.optionalOldSelf ?? null,
    };
    if (!isExpression(expression)) return [invalid(`${at}.rule`, shown, expression.detail)];
    if (expression.uses.has("oldSelf") && !isCorrelated)
      return [invalid(`${at}.rule`, rule.rule, `oldSelf cannot be used on the uncorrelatable portion of the schema within ${field}`)];
    return message === undefined || isExpression(message) ? [] : [invalid(`${at}.messageExpression`, shown, message.detail)];
  });
}
