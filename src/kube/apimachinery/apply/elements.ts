import type { ListSchema, Schema } from "#api/kubernetes/schema";
import { isJsonObject, type JsonObject } from "../json-values.ts";
import type { PathElement } from "./field-set.ts";

/** What an object to apply has wrong, with the place: `.spec.containers: duplicate entries for key [name="web"]`. */
export class TypedError extends Error {}

/**
 * What tells an item of a set, or of a list of objects, from the others.
 * @throws {TypedError} for an item that cannot be told. Source: structured-merge-diff typed/helpers.go, listItemToPathElement.
 */
export function elementOf(list: ListSchema, item: unknown): PathElement {
  return list.list === "map" ? keyElement(list, item) : valueElement(item);
}

function keyElement({ keys, items }: ListSchema, item: unknown): PathElement {
  if (item === null) throw new TypedError("associative list with keys may not have a null element");
  if (!isJsonObject(item)) throw new TypedError("associative list with keys may not have non-map elements");
  const found: [string, unknown][] = [];
  for (const key of [...keys].sort()) {
    const value = item[key] ?? defaultOf(items, key);
    if (value !== undefined) found.push([key, value]);
  }
  if (found.length > 0) return `k:${JSON.stringify(Object.fromEntries(found))}`;
  throw new TypedError(
    `associative list with keys has an element that omits all key fields ["${keys.join('" "')}"] (and doesn't have default values for any key fields)`,
  );
}

/**
 * What a key is where an item leaves it out. Fields that Go always writes have their zero value in Kubernetes' own definitions.
 * Source: kubernetes api/openapi-spec, Container: `"name": {"default": ""}`, ContainerPort: `"containerPort": {"default": 0}`.
 */
function defaultOf(items: Schema, key: string): string | number | undefined {
  if (items.kind !== "object") return undefined;
  const field = items.fields.get(key);
  if (field?.defaultText !== undefined || items.name === undefined || field?.required !== true) return field?.defaultText;
  if (field.schema.kind !== "scalar") return undefined;
  return field.schema.scalar === "string" ? "" : ["int32", "int64"].includes(field.schema.scalar) ? 0 : undefined;
}

function valueElement(item: unknown): PathElement {
  if (item === null) throw new TypedError("associative list without keys has an element that's an explicit null");
  if (isJsonObject(item)) throw new TypedError("associative list without keys has an element that's a map type");
  if (Array.isArray(item)) throw new TypedError("not supported: associative list with lists as elements");
  return `v:${JSON.stringify(item)}`;
}

/** The items of a list by what tells them apart, in order; several items under one element are duplicates. */
export function byElement(list: ListSchema, items: readonly unknown[]): ReadonlyMap<PathElement, readonly unknown[]> {
  const found = new Map<PathElement, unknown[]>();
  for (const item of items) {
    const element = elementOf(list, item);
    const same = found.get(element);
    if (same === undefined) found.set(element, [item]);
    else same.push(item);
  }
  return found;
}

/** An object's own fields, with those that are always there. */
export function withAlways(schema: Schema, value: JsonObject): JsonObject {
  if (schema.kind !== "object") return value;
  let filled: JsonObject | undefined;
  for (const { name, always } of schema.fields.values())
    if (always && (value[name] === undefined || value[name] === null)) (filled ??= { ...value })[name] = {};
  return filled ?? value;
}

/** Whether nothing is in it: a list without items, an object without fields. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isJsonObject(value) && Object.keys(value).length === 0;
}

/** Whether the value is taken as one whole under the schema. */
export function isWhole(schema: Schema, value: unknown): boolean {
  if (schema.kind === "scalar" || schema.kind === "any") return true;
  if (schema.kind === "list") return schema.list === "atomic" || !Array.isArray(value);
  return schema.atomic || !isJsonObject(value);
}
