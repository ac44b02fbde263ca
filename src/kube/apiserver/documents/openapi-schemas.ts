import { type Field, type ObjectSchema, type Schema, typeNamed } from "#api/kubernetes/schema";
import type { Descriptions } from "./descriptions.ts";

/*
 * The types of Kubernetes as OpenAPI v3 schemas, as the API server writes them.
 * Source: kubernetes/kubernetes api/openapi-spec/v3.
 */

const TYPES_PREFIX = "#/components/schemas/";

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
    schemas[openApiName(name)] = { ...described(descriptions.of(name)), ...unnamedSchema(next, (field) => descriptions.of(name, field)) };
    for (const { schema } of next.fields.values()) queue.push(...referred(schema));
  }
  return schemas;
}

function referred(schema: Schema): readonly ObjectSchema[] {
  if (schema.kind === "list") return referred(schema.items);
  if (schema.kind === "map") return referred(schema.values);
  return schema.kind === "object" && schema.name !== undefined ? [typeNamed(schema.name)] : [];
}

/** The schema of a type in place, without its name. `about`: what a field is for, where the schema itself does not say it. */
export function unnamedSchema(
  { atomic, fields, others, description }: ObjectSchema,
  about: (field: string) => string | undefined = () => undefined,
): object {
  const required = [...fields.values()].filter((field) => field.required).map(({ name }) => name);
  const properties = [...fields.values()].map((field) => [field.name, fieldOf(field, about(field.name))] as const);
  return {
    ...described(description),
    type: "object",
    ...(required.length > 0 && { required }),
    ...(properties.length > 0 && { properties: Object.fromEntries(properties) }),
    ...(others !== undefined &&
      (others.kind === "any" ? { "x-kubernetes-preserve-unknown-fields": true } : { additionalProperties: valueSchema(others) })),
    ...(atomic && { "x-kubernetes-map-type": "atomic" }),
  };
}

function described(description: string | undefined): { readonly description?: string } {
  return description === undefined ? {} : { description };
}

function fieldOf({ schema, patchStrategies, patchMergeKey, defaultText, always, description }: Field, about: string | undefined): object {
  return {
    ...described(description ?? about),
    ...valueSchema(schema),
    ...(always ? { default: {} } : defaultText !== undefined && { default: defaultText }),
    ...(patchMergeKey !== undefined && { "x-kubernetes-patch-merge-key": patchMergeKey }),
    ...(patchStrategies.length > 0 && { "x-kubernetes-patch-strategy": patchStrategies.join(",") }),
  };
}

function valueSchema(schema: Schema): object {
  switch (schema.kind) {
    case "any":
      return { type: "object" };
    case "scalar":
      return scalars[schema.scalar];
    case "map":
      return {
        type: "object",
        additionalProperties: valueSchema(schema.values),
        ...(schema.atomic && { "x-kubernetes-map-type": "atomic" }),
      };
    case "list":
      return {
        type: "array",
        items: valueSchema(schema.items),
        "x-kubernetes-list-type": schema.list,
        ...(schema.list === "map" && { "x-kubernetes-list-map-keys": schema.keys }),
      };
    default:
      return schema.name === undefined ? unnamedSchema(schema) : { allOf: [{ $ref: `${TYPES_PREFIX}${openApiName(schema.name)}` }] };
  }
}

const scalars = {
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
} as const;
