import { duplicate, type FieldError, invalid, qualifiedNameErrors, required } from "#kube/apimachinery";
import { admissionScope, compileCondition } from "../../cel/admission.ts";
import { expressionErrors } from "./expressions.ts";
import { listOf, objectOf, type Shape } from "../shape.ts";

export interface MatchConditionSpec {
  name: string;
  expression: string;
}

export const MATCH_CONDITIONS: Shape = listOf(objectOf("MatchCondition", { name: "filled", expression: "filled" }));

const MAX_CONDITIONS = 64;

/** Source: pkg/apis/admissionregistration/validation/validation.go, validateMatchConditions. */
export function matchConditionErrors(conditions: readonly MatchConditionSpec[], field: string, hasParams = false): FieldError[] {
  if (conditions.length === 0) return [];
  const scope = admissionScope(hasParams);
  const errors: FieldError[] = [];
  const names = new Set<string>();
  if (conditions.length > MAX_CONDITIONS)
    errors.push({ type: "TooMany", field, value: conditions.length, detail: `must have at most ${MAX_CONDITIONS} items` });
  for (const [index, { name, expression }] of conditions.entries()) {
    const at = `${field}[${index}]`;
    if (expression.trim() === "") errors.push(required(`${at}.expression`));
    else errors.push(...expressionErrors(compileCondition(expression.trim(), scope), `${at}.expression`, expression.trim()));
    if (name === "") errors.push(required(`${at}.name`));
    else for (const detail of qualifiedNameErrors(name)) errors.push(invalid(`${at}.name`, name, detail));
    if (name !== "" && names.has(name)) errors.push(duplicate(`${at}.name`, name));
    names.add(name);
  }
  return errors;
}
