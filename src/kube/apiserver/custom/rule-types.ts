import type { Environment } from "@marcbachmann/cel-js";
import { isJsonObject } from "#kube/apimachinery";
import { dynamicValue, textValue } from "../cel/values.ts";
import type { JsonSchema } from "./json-schema.ts";

/*
 * What a schema's values are in expressions.
 * Source: apiserver pkg/cel/common/schemas.go, SchemaDeclType; pkg/cel/common/values.go, UnstructuredToVal; pkg/cel/escaping.go.
 */

/** Words that no field may be called by. Source: apiserver pkg/cel/escaping.go, celReservedSymbols. */
const RESERVED: ReadonlySet<string> = new Set(
  "true false null in as break const continue else for function if import let loop package namespace return var void while".split(" "),
);

/** What a field is called in expressions; undefined for one that none can speak of. */
export function fieldName(name: string): string | undefined {
  if (RESERVED.has(name)) return `__${name}__`;
  if (!/^[A-Za-z_][\w./-]*$/.test(name)) return undefined;
  return name.replaceAll("__", "__underscores__").replaceAll(".", "__dot__").replaceAll("-", "__dash__").replaceAll("/", "__slash__");
}

const STRING: JsonSchema = { type: "string" };
const META: JsonSchema = { type: "object", properties: { name: STRING, generateName: STRING } };

/** The schema of a whole object: its name and type are known, the rest of its metadata is not. */
export function asResource(schema: JsonSchema): JsonSchema {
  return { ...schema, type: "object", properties: { ...schema.properties, apiVersion: STRING, kind: STRING, metadata: META } };
}

/** Declares the types of a schema in an environment that only checks, and returns the name of its own. */
export class RuleTypes {
  readonly #environment: Environment;
  #count = 0;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** `int`, `list<string>`, `Object3`; undefined for what expressions cannot speak of. */
  nameOf(schema: JsonSchema): string | undefined {
    if (schema["x-kubernetes-int-or-string"] === true) return "dyn";
    if (schema["x-kubernetes-embedded-resource"] === true) return this.#object(asResource(schema));
    switch (schema.type) {
      case "object":
        return this.#object(schema);
      case "array": {
        const items = schema.items === undefined ? undefined : this.nameOf(schema.items);
        return items === undefined ? undefined : `list<${items}>`;
      }
      case "string":
        return textType(schema.format);
      case "integer":
        return "int";
      case "number":
        return "double";
      case "boolean":
        return "bool";
      default:
        return undefined;
    }
  }

  #object(schema: JsonSchema): string | undefined {
    const { additionalProperties, properties = {} } = schema;
    if (isJsonObject(additionalProperties)) {
      const values = this.nameOf(additionalProperties);
      return values === undefined ? undefined : `map<string, ${values}>`;
    }
    const fields = Object.entries(properties).flatMap(([name, each]) => {
      const [own, type] = [fieldName(name), this.nameOf(each)];
      return own === undefined || type === undefined ? [] : [[own, type] as const];
    });
    const name = `Object${++this.#count}`;
    this.#environment.registerType({ name, fields: Object.fromEntries(fields) });
    const never = (): boolean => false;
    this.#environment.registerOperator(`${name} == ${name}`, never);
    return name;
  }
}

/** Texts with a format are of another type in expressions. */
function textType(format: string | undefined): string {
  if (format === "duration") return "google.protobuf.Duration";
  if (format === "date" || format === "date-time") return "google.protobuf.Timestamp";
  return format === "byte" ? "bytes" : "string";
}

/** A value as expressions of its schema have it. */
export function ruleValue(value: unknown, schema: JsonSchema): unknown {
  if (typeof value === "number") {
    if (schema.type === "number") return value;
    return Number.isSafeInteger(value) ? BigInt(value) : value;
  }
  if (typeof value === "string") return textValue(value, textType(schema.format));
  if (Array.isArray(value)) return value.map((each) => (schema.items === undefined ? dynamicValue(each) : ruleValue(each, schema.items)));
  if (!isJsonObject(value)) return value;
  const { additionalProperties, properties = {} } = schema["x-kubernetes-embedded-resource"] === true ? asResource(schema) : schema;
  if (isJsonObject(additionalProperties))
    return new Map(Object.entries(value).map(([name, each]) => [name, ruleValue(each, additionalProperties)]));
  const fields = Object.entries(value).flatMap(([name, each]) => {
    const own = fieldName(name);
    const of = Object.hasOwn(properties, name) ? properties[name] : undefined;
    return own === undefined || of === undefined || each === undefined ? [] : [[own, ruleValue(each, of)] as const];
  });
  return new Map(fields);
}
