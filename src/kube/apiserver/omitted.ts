import { type Field, kindSchema, type ObjectSchema, type Schema, typeNamed } from "#api/kubernetes/schema";
import { isJsonObject, type JsonObject } from "#kube/apimachinery";
import type { Resource } from "./resources.ts";

/*
 * Lists and maps without entries: Go leaves them out of what it writes where their field has `omitempty`, and what is stored as
 * protobuf does not know them either. Source: encoding/json; the types of k8s.io/api as of 1.35.4.
 */

/** Fields that may be left out but are always written: `null` when they are empty. */
const WRITTEN: ReadonlySet<string> = new Set([
  "autoscaling.v2.HorizontalPodAutoscalerStatus currentMetrics",
  "apiextensions.v1.CustomResourceDefinitionStatus conditions",
  "apiextensions.v1.CustomResourceDefinitionStatus storedVersions",
  "core.v1.ContainerImage names",
  "core.v1.ProjectedVolumeSource sources",
  "discovery.v1.EndpointSlice ports",
  "flowcontrol.v1.PolicyRulesWithSubjects subjects",
  "rbac.v1.ClusterRole rules",
  "rbac.v1.Role rules",
  "storage.v1.CSINodeDriver topologyKeys",
]);
/** Of these, those that are stored as protobuf: an empty list is read back as none. */
const NULL_WHEN_EMPTY: ReadonlySet<string> = new Set([...WRITTEN].filter((name) => !name.startsWith("apiextensions.")));

/** What to look at in the objects of a type: its fields that are lists or maps, or hold some. */
interface Visit {
  readonly fields: ReadonlyMap<string, FieldVisit>;
}

interface FieldVisit {
  readonly isMap: boolean;
  readonly whenEmpty: "keep" | "drop" | "null";
  /** Of the object, or of the items or values; absent where there is nothing to look at. */
  readonly inner: (() => Visit) | undefined;
}

const visits = new Map<string, Visit>();
const byResource = new WeakMap<Resource, Visit>();

/** Takes empty lists and maps out of an object as it is stored, in place. Of custom kinds, only of its metadata. */
export function omitEmpty(resource: Resource, object: object): void {
  let visit = byResource.get(resource);
  if (visit === undefined) byResource.set(resource, (visit = visitOf(resource)));
  walk(object as JsonObject, visit);
}

function visitOf({ kind, storedApiVersion, storedKind }: Resource): Visit {
  const [version = "", group = ""] = storedApiVersion.split("/").toReversed();
  const schema = kind.isCustom === true ? undefined : kindSchema(group, version, storedKind);
  if (schema !== undefined) return visitOfType(schema);
  return {
    fields: new Map([["metadata", { isMap: false, whenEmpty: "keep", inner: () => visitOfType(typeNamed("meta.v1.ObjectMeta")) }]]),
  };
}

function visitOfType(schema: ObjectSchema): Visit {
  const name = schema.name ?? "";
  const known = visits.get(name);
  if (known !== undefined) return known;
  const fields = new Map<string, FieldVisit>();
  const visit: Visit = { fields };
  visits.set(name, visit);
  for (const field of schema.fields.values()) {
    const each = visitOfField(name, field);
    if (each.inner !== undefined || each.whenEmpty !== "keep") fields.set(field.name, each);
  }
  return visit;
}

function visitOfField(type: string, { name, schema, required }: Field): FieldVisit {
  const isCollection = schema.kind === "list" || schema.kind === "map";
  const path = `${type} ${name}`;
  const whenEmpty = !isCollection || required ? "keep" : NULL_WHEN_EMPTY.has(path) ? "null" : WRITTEN.has(path) ? "keep" : "drop";
  const held = schema.kind === "list" ? schema.items : schema.kind === "map" ? schema.values : schema;
  return { isMap: schema.kind === "map", whenEmpty, inner: innerOf(held) };
}

function innerOf(schema: Schema): FieldVisit["inner"] {
  if (schema.kind !== "object") return undefined;
  let visit: Visit | undefined;
  // Types hold each other and themselves: looked at when they are met.
  return () => (visit ??= visitOfType(schema));
}

function walk(object: JsonObject, { fields }: Visit): void {
  for (const name in object) {
    const field = fields.get(name);
    if (field === undefined) continue;
    const value = object[name];
    if (!Array.isArray(value) && !isJsonObject(value)) continue;
    if (field.whenEmpty !== "keep" && isEmpty(value)) {
      if (field.whenEmpty === "null") object[name] = null;
      else delete object[name];
    } else if (field.inner !== undefined) walkInto(value, field);
  }
}

function isEmpty(value: readonly unknown[] | JsonObject): boolean {
  return (Array.isArray(value) ? value : Object.keys(value)).length === 0;
}

function walkInto(value: readonly unknown[] | JsonObject, { isMap, inner }: FieldVisit): void {
  const visit = inner?.();
  if (visit === undefined) return;
  if (Array.isArray(value)) {
    for (const item of value) if (isJsonObject(item)) walk(item, visit);
  } else if (isMap) {
    for (const key in value as JsonObject) {
      const each = (value as JsonObject)[key];
      if (isJsonObject(each)) walk(each, visit);
    }
  } else walk(value as JsonObject, visit);
}
