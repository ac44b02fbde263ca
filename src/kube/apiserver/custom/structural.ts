import { type Field, type ObjectSchema, type Schema, typeNamed } from "#api/kubernetes/schema";
import { cloneJson, isJsonObject, type JsonObject, setKey } from "#kube/apimachinery";
import type { JsonSchema } from "./json-schema.ts";

const anything: Schema = { kind: "any" };
const text: Schema = { kind: "scalar", scalar: "string" };

/** The fields of a custom kind, for applying and for the check of unknown fields. */
export function objectSchemaOf(root: JsonSchema): ObjectSchema {
  const { fields, others } = asObject(root);
  const meta = new Map<string, Field>([
    ["apiVersion", fieldOf("apiVersion", text)],
    ["kind", fieldOf("kind", text)],
    ["metadata", fieldOf("metadata", typeNamed("meta.v1.ObjectMeta"))],
  ]);
  return {
    kind: "object",
    ...wordsOf(root),
    atomic: false,
    fields: new Map([...fields, ...meta]),
    ...(others !== undefined && { others }),
  };
}

function fieldOf(name: string, schema: Schema, more: Partial<Pick<Field, "required" | "defaultText" | "description">> = {}): Field {
  return { name, schema, required: false, always: false, patchStrategies: [], ...more };
}

function wordsOf({ description }: JsonSchema): Pick<Field, "description"> {
  return description === undefined ? {} : { description };
}

function asObject({
  properties = {},
  additionalProperties,
  required = [],
  ...schema
}: JsonSchema): Pick<ObjectSchema, "fields" | "others"> {
  const fields = Object.entries(properties).map(([name, each]) => {
    const byDefault = typeof each.default === "string" ? { defaultText: each.default } : {};
    return [name, fieldOf(name, schemaOf(each), { required: required.includes(name), ...byDefault, ...wordsOf(each) })] as const;
  });
  const keepsAll = schema["x-kubernetes-preserve-unknown-fields"] === true || additionalProperties === true;
  const others = isJsonObject(additionalProperties) ? schemaOf(additionalProperties) : keepsAll ? anything : undefined;
  return { fields: new Map(fields), ...(others !== undefined && { others }) };
}

function schemaOf(schema: JsonSchema): Schema {
  if (schema["x-kubernetes-int-or-string"] === true) return { kind: "scalar", scalar: "intOrString" };
  if (schema["x-kubernetes-embedded-resource"] === true) return objectSchemaOf(schema);
  const atomic = schema["x-kubernetes-map-type"] === "atomic";
  switch (schema.type) {
    case "object": {
      const { fields, others } = asObject(schema);
      if (fields.size === 0 && others !== undefined && others.kind !== "any") return { kind: "map", atomic, values: others };
      return { kind: "object", ...wordsOf(schema), atomic, fields, ...(others !== undefined && { others }) };
    }
    case "array":
      return {
        kind: "list",
        list: schema["x-kubernetes-list-type"] ?? "atomic",
        keys: schema["x-kubernetes-list-map-keys"] ?? [],
        items: schema.items === undefined ? anything : schemaOf(schema.items),
      };
    case "string":
      return text;
    case "integer":
      return { kind: "scalar", scalar: schema.format === "int32" ? "int32" : "int64" };
    case "number":
      return { kind: "scalar", scalar: "double" };
    case "boolean":
      return { kind: "scalar", scalar: "bool" };
    default:
      return anything;
  }
}

/**
 * The value without fields that its schema does not have. `root`: apiVersion, kind and metadata are everybody's.
 * Source: apiextensions-apiserver pkg/apiserver/schema/pruning.
 */
export function pruned(value: unknown, schema: JsonSchema, isRoot = false): unknown {
  if (Array.isArray(value)) return schema.items === undefined ? value : value.map((item) => pruned(item, schema.items ?? {}));
  if (!isJsonObject(value)) return value;
  const { properties, additionalProperties } = schema;
  const keepsUnknown = schema["x-kubernetes-preserve-unknown-fields"] === true || additionalProperties === true;
  const isMeta = isRoot || schema["x-kubernetes-embedded-resource"] === true;
  const kept: JsonObject = {};
  for (const [name, each] of Object.entries(value)) {
    const next = properties?.[name];
    if (isMeta && META_FIELDS.has(name)) setKey(kept, name, each);
    else if (next !== undefined) setKey(kept, name, pruned(each, next));
    else if (isJsonObject(additionalProperties)) setKey(kept, name, pruned(each, additionalProperties));
    else if (keepsUnknown) setKey(kept, name, each);
  }
  return kept;
}

/**
 * Drops nulls, in place, of fields that may not be null and have no default.
 * Source: apiextensions-apiserver pkg/apiserver/schema/defaulting/prunenulls.go.
 */
export function dropNulls(value: unknown, schema: JsonSchema): void {
  if (Array.isArray(value)) for (const item of value) dropNulls(item, schema.items ?? {});
  if (!isJsonObject(value)) return;
  const { properties, additionalProperties } = schema;
  for (const [name, each] of Object.entries(value)) {
    const own = properties?.[name] ?? (isJsonObject(additionalProperties) ? additionalProperties : undefined);
    if (own === undefined) continue;
    if (each === null && own.nullable !== true && own.default === undefined) delete value[name];
    else dropNulls(each, own);
  }
}

const META_FIELDS: ReadonlySet<string> = new Set(["apiVersion", "kind", "metadata"]);

/**
 * Fills what is left out, in place; a null where none may be counts as left out when there is a default, and goes otherwise.
 * Source: apiextensions-apiserver pkg/apiserver/schema/defaulting.
 */
export function fillDefaults(value: unknown, schema: JsonSchema): void {
  if (Array.isArray(value)) for (const item of value) fillDefaults(item, schema.items ?? {});
  if (!isJsonObject(value)) return;
  const { properties = {}, additionalProperties } = schema;
  for (const [name, each] of Object.entries(properties)) {
    if (value[name] === null && each.nullable !== true) delete value[name];
    if (value[name] === undefined && each.default !== undefined) value[name] = cloneJson(each.default);
    fillDefaults(value[name], each);
  }
  if (!isJsonObject(additionalProperties)) return;
  for (const [name, each] of Object.entries(value)) if (properties[name] === undefined) fillDefaults(each, additionalProperties);
}
