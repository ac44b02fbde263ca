import { equalJson, type FieldError, isJsonObject, OMITTED_VALUE } from "#kube/apimachinery";
import { baseEnvironment } from "../cel/environment.ts";
import { bounded, compile, type CompileError, CostError, type Expression, isExpression } from "../cel/expression.ts";
import type { JsonSchema, ValidationRule } from "./json-schema.ts";
import { asResource, RuleTypes, ruleValue } from "./rule-types.ts";

/*
 * Rules in CEL that the schema of a custom kind has.
 * Source: apiextensions-apiserver pkg/apiserver/schema/cel/compilation.go and validation.go.
 */

/** A rule, ready for use. */
export interface CompiledRule {
  readonly rule: ValidationRule;
  readonly expression: Expression | CompileError;
  readonly message: Expression | CompileError | undefined;
}

const byNode = new WeakMap<JsonSchema, readonly CompiledRule[]>();

/** The rules of one node of a schema. @param isRoot whether its values are whole objects */
export function compiledRules(schema: JsonSchema, isRoot: boolean): readonly CompiledRule[] {
  const rules = schema["x-kubernetes-validations"] ?? [];
  if (rules.length === 0) return [];
  let compiled = byNode.get(schema);
  if (compiled === undefined) byNode.set(schema, (compiled = compileRules(isRoot ? asResource(schema) : schema, rules)));
  return compiled;
}

function compileRules(schema: JsonSchema, rules: readonly ValidationRule[]): CompiledRule[] {
  const [checked, evaluated] = [baseEnvironment(), baseEnvironment()];
  const type = new RuleTypes(checked).nameOf(schema) ?? "dyn";
  for (const name of ["self", "oldSelf"]) {
    checked.registerVariable(name, type);
    evaluated.registerVariable(name, "dyn");
  }
  return rules.map((rule) => ({
    rule,
    expression: compile(rule.rule.trim(), { checked, evaluated, type: "bool" }),
    message:
      rule.messageExpression === undefined || rule.messageExpression.trim() === ""
        ? undefined
        : compile(rule.messageExpression.trim(), {
            checked,
            evaluated,
            type: "string",
            mismatch: () => "messageExpression must evaluate to a string",
          }),
  }));
}

export function hasRules(schema: JsonSchema): boolean {
  if ((schema["x-kubernetes-validations"] ?? []).length > 0) return true;
  const { items, additionalProperties, properties = {}, allOf = [] } = schema;
  const inner = [items, isJsonObject(additionalProperties) ? additionalProperties : undefined, ...Object.values(properties), ...allOf];
  return inner.some((each) => each !== undefined && hasRules(each));
}

interface Node {
  readonly value: unknown;
  readonly previous: unknown;
  readonly schema: JsonSchema;
  readonly path: string;
  readonly isRoot: boolean;
  /** It, or what it is in, is as it was: faults that were there before are let be. */
  readonly isUnchanged: boolean;
}

const BUDGET_SPENT = "validation failed due to running out of cost budget, no further validation rules will be run";

/** What the rules of a schema say of an object. @param previous what it was, when it is not new */
export function ruleErrors(value: unknown, previous: unknown, schema: JsonSchema): FieldError[] {
  const errors: FieldError[] = [];
  try {
    bounded(() => check(errors, { value, previous, schema, path: "", isRoot: true, isUnchanged: false }));
  } catch (error) {
    if (!(error instanceof CostError)) throw error;
    errors.push({ type: "Invalid", field: "", value: schema.type ?? "", detail: BUDGET_SPENT });
  }
  return errors;
}

function check(errors: FieldError[], node: Node): void {
  const { value, previous, schema, path } = node;
  if (value === undefined || value === null) return;
  const isUnchanged = previous === undefined ? node.isUnchanged : equalJson(value, previous);
  checkRules(errors, { ...node, isUnchanged });
  for (const each of schema.allOf ?? [])
    checkRules(errors, { ...node, schema: { ...schema, "x-kubernetes-validations": each["x-kubernetes-validations"] ?? [] }, isUnchanged });
  const inner = (more: Pick<Node, "value" | "previous" | "schema" | "path">): void =>
    check(errors, { ...more, isRoot: false, isUnchanged });
  if (Array.isArray(value) && schema.items !== undefined) {
    const { items } = schema;
    for (const [at, each] of value.entries())
      inner({ value: each, previous: counterpart(each, previous, schema), schema: items, path: `${path}[${at}]` });
  } else if (isJsonObject(value)) {
    const before = isJsonObject(previous) ? previous : {};
    const { additionalProperties, properties = {} } = schema;
    for (const [name, each] of Object.entries(value)) {
      const isField = Object.hasOwn(properties, name);
      const of = isField ? properties[name] : isJsonObject(additionalProperties) ? additionalProperties : undefined;
      const at = isField ? (path === "" ? name : `${path}.${name}`) : `${path}[${name}]`;
      if (of !== undefined) inner({ value: each, previous: before[name], schema: of, path: at });
    }
  }
}

/** The item that it was, of lists whose items have keys. Source: apiserver pkg/cel/common/equality.go, CorrelatedObject.Index. */
function counterpart(item: unknown, previous: unknown, schema: JsonSchema): unknown {
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  if (schema["x-kubernetes-list-type"] !== "map" || !Array.isArray(previous) || !isJsonObject(item)) return undefined;
  return previous.find((each: unknown) => isJsonObject(each) && keys.every((key) => equalJson(each[key], item[key])));
}

function checkRules(errors: FieldError[], { value, previous, schema, path, isRoot, isUnchanged }: Node): void {
  const rules = compiledRules(schema, isRoot);
  if (rules.length === 0) return;
  const known = isRoot ? asResource(schema) : schema;
  const variables = {
    self: ruleValue(value, known),
    ...(previous !== undefined && previous !== null && { oldSelf: ruleValue(previous, known) }),
  };
  for (const compiled of rules) {
    const error = faultOf(compiled, variables, { value, schema, path });
    const isTransition = isExpression(compiled.expression) && compiled.expression.uses.has("oldSelf");
    if (error !== undefined && (isTransition || !isUnchanged)) errors.push(error);
  }
}

function faultOf(
  { rule, expression, message }: CompiledRule,
  variables: Readonly<Record<string, unknown>>,
  { value, schema, path }: Pick<Node, "value" | "schema" | "path">,
): FieldError | undefined {
  const shownType = schema.type ?? "";
  const shownRule = rule.message === undefined || rule.message === "" ? rule.rule.trim() : rule.message;
  if (!isExpression(expression))
    return { type: "Invalid", field: path, value: shownType, detail: `rule compile error: compile error: ${expression.detail}` };
  if (expression.uses.has("oldSelf") && !("oldSelf" in variables)) return undefined;
  try {
    if (expression.evaluate(variables) === true) return undefined;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { type: "Invalid", field: path, value: shownType, detail: evaluationText(error.message, shownRule) };
  }
  const detail = messageOf(message, variables) ?? (rule.message === undefined ? `failed rule: ${rule.rule.trim()}` : rule.message.trim());
  const isWhole = schema.type === "object" || schema.type === "array";
  return reasoned(rule, { field: `${path}${pathIn(rule)}`, value: isWhole ? OMITTED_VALUE : value, detail });
}

function evaluationText(why: string, rule: string): string {
  if (why.startsWith("no such overload"))
    return `'${why}': call arguments did not match a supported operator, function or macro signature for rule: ${rule}`;
  if (why.startsWith("operation cancelled: actual cost limit exceeded"))
    return `'${why}': no further validation rules will be run due to call cost exceeds limit for rule: ${rule}`;
  return `${why} evaluating rule: ${rule}`;
}

/** Nothing where the expression fails, or makes a text of nothing or of several lines. Source: as above, evalMessageExpression. */
function messageOf(message: CompiledRule["message"], variables: Readonly<Record<string, unknown>>): string | undefined {
  if (message === undefined || !isExpression(message)) return undefined;
  try {
    const text = message.evaluate(variables);
    return typeof text === "string" && text.trim() !== "" && !/[\n\r]/.test(text) && text.length <= MAX_MESSAGE ? text.trim() : undefined;
  } catch {
    return undefined;
  }
}

/** Source: apiserver pkg/apis/cel/config.go, MaxEvaluatedMessageExpressionSizeBytes. */
const MAX_MESSAGE = 5 * 1024;

/** `.a.b` or `['a']` behind the path of the rule's own place. */
function pathIn({ fieldPath = "" }: ValidationRule): string {
  return fieldPath.replaceAll(/\['([^']*)'\]/g, "[$1]");
}

/** Source: as above, fieldErrorForReason. */
function reasoned({ reason }: ValidationRule, { field, value, detail }: { field: string; value: unknown; detail: string }): FieldError {
  if (reason === "FieldValueForbidden") return { type: "Forbidden", field, detail };
  if (reason === "FieldValueRequired") return { type: "Required", field, detail };
  if (reason === "FieldValueDuplicate") return { type: "Duplicate", field, value };
  return { type: "Invalid", field, value, detail };
}
