import { RE2JS } from "re2js";
import { isJsonObject, type JsonObject } from "#kube/apimachinery";

/** A structural schema of a custom resource, as far as it is read. Source: kubernetes/apiextensions-apiserver pkg/apis/apiextensions/v1/types_jsonschema.go. */
export interface JsonSchema {
  readonly description?: string;
  readonly type?: "object" | "array" | "string" | "integer" | "number" | "boolean";
  readonly format?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  /** The pattern, ready for use. */
  readonly compiled?: RE2JS;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly allOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly not?: JsonSchema;
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
  readonly "x-kubernetes-int-or-string"?: boolean;
  readonly "x-kubernetes-embedded-resource"?: boolean;
  readonly "x-kubernetes-list-type"?: "atomic" | "set" | "map";
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
  readonly "x-kubernetes-map-type"?: "atomic" | "granular";
  readonly "x-kubernetes-validations"?: readonly ValidationRule[];
}

/** A rule in CEL. */
export interface ValidationRule {
  readonly rule: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: string;
  readonly fieldPath?: string;
  readonly optionalOldSelf?: boolean;
}

/** Levels of a schema at most; real ones have about thirty. */
const MAX_DEPTH = 100;

/** The schema without what is of another type than it should be, and no deeper than {@link MAX_DEPTH}; texts that are no patterns go too. */
export function readSchema(value: unknown, depth = 0): JsonSchema {
  if (!isJsonObject(value) || depth > MAX_DEPTH) return {};
  const inner = (each: unknown): JsonSchema => readSchema(each, depth + 1);
  const list = (each: unknown): JsonSchema[] => (Array.isArray(each) ? each.map(inner) : []);
  const { properties, additionalProperties, items, allOf, anyOf, oneOf, not, pattern, required, description, ...rest } = value;
  const { "x-kubernetes-validations": rules, ...others } = rest;
  const compiled = typeof pattern === "string" ? compilePattern(pattern) : undefined;
  return {
    ...(others as JsonSchema),
    ...(typeof description === "string" && { description }),
    ...(Array.isArray(rules) && { "x-kubernetes-validations": rules.flatMap(readRule) }),
    ...(compiled !== undefined && { pattern: pattern as string, compiled }),
    ...(Array.isArray(required) && { required: required.filter((name) => typeof name === "string") }),
    ...(isJsonObject(properties) && { properties: mapValues(properties, inner) }),
    ...(additionalProperties !== undefined && {
      additionalProperties: isJsonObject(additionalProperties) ? inner(additionalProperties) : additionalProperties === true,
    }),
    ...(items !== undefined && { items: inner(items) }),
    ...(allOf !== undefined && { allOf: list(allOf) }),
    ...(anyOf !== undefined && { anyOf: list(anyOf) }),
    ...(oneOf !== undefined && { oneOf: list(oneOf) }),
    ...(not !== undefined && { not: inner(not) }),
  };
}

/** A rule with the texts that it has; one without an expression is one that is wrong. */
function readRule(value: unknown): ValidationRule[] {
  if (!isJsonObject(value)) return [];
  const texts = ["message", "messageExpression", "reason", "fieldPath"].filter((name) => typeof value[name] === "string");
  return [
    {
      rule: typeof value["rule"] === "string" ? value["rule"] : "",
      ...Object.fromEntries(texts.map((name) => [name, value[name]])),
      ...(typeof value["optionalOldSelf"] === "boolean" && { optionalOldSelf: value["optionalOldSelf"] }),
    },
  ];
}

/** A regular expression of Go's syntax, which takes no longer than the text is long; undefined for a text that is none. */
export function compilePattern(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(pattern);
  } catch {
    return undefined;
  }
}

function mapValues(object: JsonObject, each: (value: unknown) => JsonSchema): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, each(value)]));
}
