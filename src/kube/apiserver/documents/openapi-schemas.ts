import { type Field, type ObjectSchema, type ScalarName, type Schema, typeNamed } from "#api/kubernetes/schema";
import type { Descriptions } from "./descriptions.ts";

/*
 * The types of Kubernetes as OpenAPI v3 schemas, as the API server writes them.
 * Source: kubernetes/kubernetes api/openapi-spec/v3.
 */

const TYPES_PREFIX = "#/components/schemas/";

const FIELDS_V1 = "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1";

/** `core.v1.Pod` as OpenAPI names it: `io.k8s.api.core.v1.Pod`. */
export function openApiName(type: string): string {
  if (type.startsWith("meta.")) return `io.k8s.apimachinery.pkg.apis.${type}`;
  if (type.startsWith("apiregistration.")) return `io.k8s.kube-aggregator.pkg.apis.${type}`;
  if (type.startsWith("apiextensions.")) return `io.k8s.apiextensions-apiserver.pkg.apis.${type}`;
  return `io.k8s.api.${type}`;
}

/** The schemas of these types and of all that they refer to, by OpenAPI's names. */
export function openApiSchemas(types: readonly ObjectSchema[], descriptions: Descriptions): Record<string, object> {
  const schemas: Record<string, object> = {};
  const queue = [...types];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const { name } = next;
    if (name === undefined || schemas[openApiName(name)] !== undefined) continue;
    const about = (field: string): string | undefined => descriptions.of(name, field);
    const values = (field: string): readonly string[] | undefined => descriptions.values(name, field);
    schemas[openApiName(name)] = { ...described(descriptions.of(name)), ...objectSchema(next, { about, values, scalars: REFERENCES }) };
    if (next.fields.has("fieldsV1")) schemas[FIELDS_V1] = { ...described(descriptions.of(FIELDS_V1)), type: "object" };
    for (const { schema } of next.fields.values()) {
      queue.push(...referred(schema));
      const scalar = scalarOf(schema);
      const named = scalar && NAMED_SCALARS[scalar];
      if (scalar !== undefined && named !== undefined) schemas[named] = { ...described(descriptions.of(named)), ...SCALARS[scalar] };
    }
  }
  return schemas;
}

/** The scalar that a field, its items or its values are; undefined for others. */
function scalarOf(schema: Schema): ScalarName | undefined {
  if (schema.kind === "list") return scalarOf(schema.items);
  if (schema.kind === "map") return scalarOf(schema.values);
  return schema.kind === "scalar" ? schema.scalar : undefined;
}

function referred(schema: Schema): readonly ObjectSchema[] {
  if (schema.kind === "list") return referred(schema.items);
  if (schema.kind === "map") return referred(schema.values);
  return schema.kind === "object" && schema.name !== undefined ? [typeNamed(schema.name)] : [];
}

/** The schema of a type in place, without its name. `about`: what a field is for, where the schema itself does not say it. */
export function unnamedSchema(schema: ObjectSchema, about: Words["about"] = () => undefined): object {
  return objectSchema(schema, { about, values: () => undefined, scalars: SCALARS });
}

interface Words {
  /** What a field is for. */
  readonly about: (field: string) => string | undefined;
  /** The closed set of its values. */
  readonly values: (field: string) => readonly string[] | undefined;
  readonly scalars: Readonly<Record<ScalarName, Value>>;
}

function objectSchema({ atomic, fields, others, description }: ObjectSchema, words: Words): object {
  const required = [...fields.values()].filter((field) => field.required).map(({ name }) => name);
  const properties = [...fields.values()].map((field) => [field.name, fieldOf(field, words)] as const);
  return {
    ...described(description),
    type: "object",
    ...(required.length > 0 && { required }),
    ...(properties.length > 0 && { properties: Object.fromEntries(properties) }),
    ...(others !== undefined &&
      (others.kind === "any"
        ? { "x-kubernetes-preserve-unknown-fields": true }
        : { additionalProperties: valueSchema(others, words.scalars) })),
    ...(atomic && { "x-kubernetes-map-type": "atomic" }),
  };
}

function described(description: string | undefined): { readonly description?: string } {
  return description === undefined ? {} : { description };
}

function fieldOf(
  { name, schema, patchStrategies, patchMergeKey, defaultText, always, description }: Field,
  { about, values, scalars }: Words,
): object {
  const value = name === "fieldsV1" ? { $ref: `${TYPES_PREFIX}${FIELDS_V1}` } : valueSchema(schema, scalars);
  return {
    ...described(description ?? about(name)),
    ...(always ? { default: {} } : defaultText !== undefined && { default: defaultText }),
    ...withValues("$ref" in value ? { allOf: [value] } : value, values(name)),
    ...(patchMergeKey !== undefined && { "x-kubernetes-patch-merge-key": patchMergeKey }),
    ...(patchStrategies.length > 0 && { "x-kubernetes-patch-strategy": patchStrategies.join(",") }),
  };
}

interface Value {
  readonly items?: object;
  readonly additionalProperties?: object;
  readonly [member: string]: unknown;
}

/** A closed set is that of the items of a list, and of the values of a map. */
function withValues(schema: Value, values: readonly string[] | undefined): object {
  if (values === undefined) return schema;
  const { items, additionalProperties } = schema;
  if (items !== undefined) return { ...schema, items: { ...items, enum: values } };
  return additionalProperties === undefined
    ? { ...schema, enum: values }
    : { ...schema, additionalProperties: { ...additionalProperties, enum: values } };
}

function valueSchema(schema: Schema, scalars: Words["scalars"]): Value {
  switch (schema.kind) {
    case "any":
      return { type: "object" };
    case "scalar":
      return { ...scalars[schema.scalar] };
    case "map":
      return {
        type: "object",
        additionalProperties: valueSchema(schema.values, scalars),
        ...(schema.atomic && { "x-kubernetes-map-type": "atomic" }),
      };
    case "list":
      return {
        type: "array",
        items: valueSchema(schema.items, scalars),
        ...(schema.list === "map" && { "x-kubernetes-list-map-keys": schema.keys }),
        "x-kubernetes-list-type": schema.list,
      };
    default:
      return schema.name === undefined ? { ...unnamedSchema(schema) } : { allOf: [{ $ref: `${TYPES_PREFIX}${openApiName(schema.name)}` }] };
  }
}

/** Scalars that have a name of their own among Kubernetes' types; those of custom resources have none. */
const NAMED_SCALARS: Partial<Readonly<Record<ScalarName, string>>> = {
  time: "io.k8s.apimachinery.pkg.apis.meta.v1.Time",
  microTime: "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime",
  quantity: "io.k8s.apimachinery.pkg.api.resource.Quantity",
  intOrString: "io.k8s.apimachinery.pkg.util.intstr.IntOrString",
};

const SCALARS: Readonly<Record<ScalarName, Value>> = {
  string: { type: "string" },
  bytes: { type: "string", format: "byte" },
  int32: { type: "integer", format: "int32" },
  int64: { type: "integer", format: "int64" },
  double: { type: "number", format: "double" },
  bool: { type: "boolean" },
  time: { type: "string", format: "date-time" },
  microTime: { type: "string", format: "date-time" },
  quantity: { oneOf: [{ type: "string" }, { type: "number" }] },
  intOrString: { format: "int-or-string", oneOf: [{ type: "integer" }, { type: "string" }] },
};

const REFERENCES = Object.fromEntries(
  Object.entries(SCALARS).map(([scalar, schema]) => {
    const named = NAMED_SCALARS[scalar as ScalarName];
    return [scalar, named === undefined ? schema : { $ref: `${TYPES_PREFIX}${named}` }];
  }),
) as Readonly<Record<ScalarName, Value>>;
