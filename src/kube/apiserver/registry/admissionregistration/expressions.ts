import { type FieldError, invalid } from "#kube/apimachinery";
import { type CompileError, type Expression, isExpression } from "../../cel/expression.ts";

/** Source: pkg/apis/admissionregistration/validation/validation.go, convertCELErrorToValidationError. */
export function expressionErrors(compiled: Expression | CompileError, field: string, text: string): FieldError[] {
  return isExpression(compiled) ? [] : [invalid(field, text, compiled.detail)];
}
