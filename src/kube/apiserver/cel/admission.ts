import type { Environment } from "@marcbachmann/cel-js";
import { baseEnvironment } from "./environment.ts";
import { compile, type CompileError, type Expression, isExpression } from "./expression.ts";

/*
 * Expressions about a call: conditions of webhooks, and what policies say.
 * Source: apiserver pkg/admission/plugin/cel/compile.go, composition.go and activation.go.
 */

export interface Variable {
  readonly name: string;
  readonly expression: string;
}

/** Where expressions are read: what they may use so far. */
export interface Scope {
  readonly checked: Environment;
  readonly evaluated: Environment;
}

const USER = { username: "string", uid: "string", groups: "list<string>", extra: "map<string, list<string>>" };
const KIND = { group: "string", version: "string", kind: "string" };
const RESOURCE = { group: "string", version: "string", resource: "string" };
const REQUEST = {
  kind: "kubernetes.GroupVersionKind",
  resource: "kubernetes.GroupVersionResource",
  subResource: "string",
  requestKind: "kubernetes.GroupVersionKind",
  requestResource: "kubernetes.GroupVersionResource",
  requestSubResource: "string",
  name: "string",
  namespace: "string",
  operation: "string",
  userInfo: "kubernetes.UserInfo",
  dryRun: "bool",
  options: "dyn",
};
const META = {
  name: "string",
  generateName: "string",
  namespace: "string",
  labels: "map<string, string>",
  annotations: "map<string, string>",
  UID: "string",
  creationTimestamp: "google.protobuf.Timestamp",
  deletionGracePeriodSeconds: "int",
  deletionTimestamp: "google.protobuf.Timestamp",
  generation: "int",
  resourceVersion: "string",
  finalizers: "list<string>",
};
const TYPES: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ["kubernetes.GroupVersionKind", KIND],
  ["kubernetes.GroupVersionResource", RESOURCE],
  ["kubernetes.UserInfo", USER],
  ["kubernetes.AdmissionRequest", REQUEST],
  ["kubernetes.NamespaceMetadata", META],
  ["kubernetes.NamespaceSpec", { finalizers: "list<string>" }],
  ["kubernetes.NamespaceStatus", { phase: "string" }],
  [
    "kubernetes.Namespace",
    { metadata: "kubernetes.NamespaceMetadata", spec: "kubernetes.NamespaceSpec", status: "kubernetes.NamespaceStatus" },
  ],
];

/** @param hasParams whether there is `params` @param variables types of those that are known, where there are any */
export function admissionScope(hasParams: boolean, variables?: Readonly<Record<string, string>>): Scope {
  const [checked, evaluated] = [baseEnvironment(), baseEnvironment()];
  for (const [name, fields] of TYPES) checked.registerType({ name, fields });
  const names: [string, string][] = [
    ["object", "dyn"],
    ["oldObject", "dyn"],
    ["request", "kubernetes.AdmissionRequest"],
    ["namespaceObject", "kubernetes.Namespace"],
    ...(hasParams ? [["params", "dyn"] as [string, string]] : []),
  ];
  if (variables !== undefined) {
    checked.registerType({ name: "kubernetes.variables", fields: { ...variables } });
    names.push(["variables", "kubernetes.variables"]);
  }
  for (const [name, type] of names) {
    checked.registerVariable(name, type);
    evaluated.registerVariable(name, "dyn");
  }
  checked.registerOperator("kubernetes.Namespace == null", () => false);
  return { checked, evaluated };
}

const mismatchOf = (type: string) => (got: string) => `must evaluate to ${type} but got ${got}`;

/** A condition that has to be true or false. */
export function compileCondition(text: string, scope: Scope): Expression | CompileError {
  return compile(text, { ...scope, type: "bool", mismatch: mismatchOf("bool") });
}

export function compileText(text: string, scope: Scope): Expression | CompileError {
  return compile(text, { ...scope, type: "string", mismatch: mismatchOf("string") });
}

export interface CompiledVariable {
  readonly name: string;
  readonly expression: Expression | CompileError;
}

/** Variables one after the other, each of which may use those before it, and the scope of what comes after them. */
export function compileVariables(
  variables: readonly Variable[],
  hasParams: boolean,
): { readonly compiled: readonly CompiledVariable[]; readonly scope: Scope } {
  const types: Record<string, string> = {};
  const compiled = variables.map(({ name, expression }) => {
    const result = compile(expression, { ...admissionScope(hasParams, types), type: "any" });
    types[name] = isExpression(result) && !result.type.includes("kubernetes.") ? result.type : "dyn";
    return { name, expression: result };
  });
  return { compiled, scope: admissionScope(hasParams, variables.length === 0 ? undefined : types) };
}

/** The values of variables: each is worked out when it is first asked for. */
function lazyValues(compiled: readonly CompiledVariable[], others: Readonly<Record<string, unknown>>): object {
  const values = {};
  for (const { name, expression } of compiled) {
    let known: { readonly value: unknown } | undefined;
    const get = (): unknown => (known ??= { value: valueOf(name, expression, { ...others, variables: values }) }).value;
    Object.defineProperty(values, name, { get, enumerable: true });
  }
  return values;
}

function valueOf(name: string, expression: Expression | CompileError, values: Readonly<Record<string, unknown>>): unknown {
  if (!isExpression(expression)) throw new Error(`composited variable ${JSON.stringify(name)} fails to compile: ${expression.detail}`);
  try {
    return expression.evaluate(values);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`composited variable ${JSON.stringify(name)} fails to evaluate: ${why}`, { cause: error });
  }
}

/** What expressions of a policy see. */
export function withVariables(
  compiled: readonly CompiledVariable[],
  others: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return compiled.length === 0 ? others : { ...others, variables: lazyValues(compiled, others) };
}

/** Whether all conditions hold. Source: apiserver pkg/admission/plugin/webhook/matchconditions/matcher.go. */
export function conditionsHold(
  conditions: readonly { readonly text: string; readonly expression: Expression | CompileError }[],
  values: Readonly<Record<string, unknown>>,
): boolean | Error {
  const errors: string[] = [];
  for (const { text, expression } of conditions) {
    try {
      if (!isExpression(expression)) errors.push(`compilation error: ${expression.detail}`);
      else if (expression.evaluate(values) === false) return false;
    } catch (error) {
      errors.push(`expression '${text}' resulted in error: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (errors.length === 0) return true;
  const different = [...new Set(errors)];
  return new Error(different.length === 1 ? different[0] : `[${different.join(", ")}]`);
}
