import type { ListSchema, MapSchema, ObjectSchema, Schema } from "#api/kubernetes/schema";
import { equalJson, isJsonObject, type JsonObject } from "../json-values.ts";
import { byElement, elementOf, isEmpty, isWhole, TypedError, withAlways } from "./elements.ts";
import { type FieldSet, FieldSetBuilder, below, fieldSchema, formatPath, hasPath, isEmptySet, type PathElement } from "./field-set.ts";

type Path = readonly PathElement[];

/** How one object differs from another. No path is in two of the sets. */
export interface Comparison {
  readonly removed: FieldSet;
  readonly modified: FieldSet;
  readonly added: FieldSet;
}

/** Every leaf of a value, every item of its sets and lists of objects. Source: typed/tofieldset.go. */
export function fieldsOf(value: JsonObject, schema: Schema): FieldSet {
  const set = new FieldSetBuilder();
  collect(set, value, schema, []);
  return set;
}

function collect(set: FieldSetBuilder, value: unknown, schema: Schema, path: Path): void {
  if (isWhole(schema, value)) {
    if (path.length > 0) set.insert(path);
  } else if (schema.kind === "list") collectItems(set, value as unknown[], schema, path);
  else collectFields(set, value as JsonObject, schema as MapSchema | ObjectSchema, path);
}

function collectItems(set: FieldSetBuilder, items: readonly unknown[], schema: ListSchema, path: Path): void {
  for (const [element, same] of byElement(schema, items)) {
    const at = [...path, element];
    if (same.length === 1) collect(set, same[0], schema.items, at);
    set.insert(at);
  }
}

function collectFields(set: FieldSetBuilder, value: JsonObject, schema: MapSchema | ObjectSchema, path: Path): void {
  for (const [name, each] of Object.entries(value)) {
    const at = [...path, `f:${name}`];
    collect(set, each, schema.kind === "map" ? schema.values : fieldSchema(schema, name), at);
    const isNamed = schema.kind === "object" && schema.fields.has(name);
    if (each === null || (isJsonObject(each) && isEmpty(each)) || !isNamed) set.insert(at);
  }
}

/** What became of `left` in `right`. Source: typed/compare.go. */
export function compareFields(left: JsonObject, right: JsonObject, schema: Schema): Comparison {
  const comparison = { removed: new FieldSetBuilder(), modified: new FieldSetBuilder(), added: new FieldSetBuilder() };
  compare(comparison, { left, right, schema, path: [] });
  return comparison;
}

interface Pair {
  readonly left: unknown;
  readonly right: unknown;
  readonly schema: Schema;
  readonly path: Path;
}

type Building = Record<keyof Comparison, FieldSetBuilder>;

function compare(into: Building, { left, right, schema, path }: Pair): void {
  if (left === right && left !== undefined) return;
  const wholes = [left, right].some((side) => side !== undefined && side !== null && isWhole(schema, side));
  if (wholes || (isEmpty(left) && isEmpty(right))) return compareWholes(into, { left, right, schema, path });
  if (schema.kind === "list") compareItems(into, { left, right, schema, path });
  else compareMembers(into, { left, right, schema, path });
  if (left === undefined) into.added.insert(path);
  else if (right === undefined) into.removed.insert(path);
}

function compareWholes(into: Building, { left, right, path }: Pair): void {
  if (left === undefined) into.added.insert(path);
  else if (right === undefined) into.removed.insert(path);
  else if (!equalJson(left, right)) into.modified.insert(path);
}

function compareMembers(into: Building, { left, right, schema, path }: Pair): void {
  const [a, b] = [left, right].map((side) => (isJsonObject(side) ? withAlways(schema, side) : {}));
  for (const name of new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})])) {
    if (a?.[name] === null && b?.[name] === null) continue;
    const next = schema.kind === "map" ? schema.values : fieldSchema(schema as ObjectSchema, name);
    // Go writes such a list also when it has none: where its object is there on both sides, nobody adds or removes it.
    const none = isJsonObject(left) && isJsonObject(right) && isAlwaysWritten(schema, name) ? null : undefined;
    compare(into, { left: a?.[name] ?? none, right: b?.[name] ?? none, schema: next, path: [...path, `f:${name}`] });
  }
}

/** A list of one of Kubernetes' own types that has to be there; those of custom kinds may be absent. */
function isAlwaysWritten(schema: Schema, name: string): boolean {
  if (schema.kind !== "object" || schema.name === undefined) return false;
  const field = schema.fields.get(name);
  return field?.required === true && field.schema.kind === "list";
}

/** Duplicates count as one whole. */
function compareItems(into: Building, { left, right, schema, path }: Pair & { readonly schema: ListSchema }): void {
  const [a, b] = [left, right].map((side) => byElement(schema, Array.isArray(side) ? side : []));
  for (const element of new Set([...(a?.keys() ?? []), ...(b?.keys() ?? [])])) {
    const [before, after] = [a?.get(element) ?? [], b?.get(element) ?? []];
    const at = [...path, element];
    const next = { schema: schema.items, path: at };
    if (before.length <= 1 && after.length <= 1) compare(into, { left: before[0], right: after[0], ...next });
    else if (before.length > 1 && after.length > 1) {
      if (!equalJson(before, after)) into.modified.insert(at);
    } else if (before.length > 1) {
      if (after.length > 0) compare(into, { left: undefined, right: after[0], ...next });
      into.removed.insert(at);
    } else {
      if (before.length > 0) compare(into, { left: before[0], right: undefined, ...next });
      into.added.insert(at);
    }
  }
}

/** The value without what is in the set, and what lies below it. Source: typed/remove.go. */
export function withoutFields(value: JsonObject, set: FieldSet, schema: Schema): JsonObject {
  return (strip(value, set, schema) ?? {}) as JsonObject;
}

function strip(value: unknown, set: FieldSet, schema: Schema): unknown {
  if (isEmptySet(set)) return value;
  if (schema.kind === "scalar" || schema.kind === "any") return value;
  if (isWhole(schema, value) || isEmpty(value)) return undefined;
  if (schema.kind === "list") {
    const items = (value as unknown[]).flatMap((item) => {
      const element = elementOf(schema, item);
      return hasPath(set, [element]) ? [] : [strip(item, below(set, element), schema.items)];
    });
    return items.length > 0 ? items : undefined;
  }
  const kept: JsonObject = {};
  for (const [name, each] of Object.entries(value as JsonObject)) {
    const element = `f:${name}`;
    if (hasPath(set, [element])) continue;
    const next = strip(each, below(set, element), schema.kind === "map" ? schema.values : fieldSchema(schema, name));
    if (next !== undefined) kept[name] = next;
  }
  return Object.keys(kept).length > 0 ? kept : undefined;
}

/**
 * Refuses a value that is not of its schema: unknown fields, values of another type, the same key twice.
 * @throws {TypedError} with every fault, a line each. Source: typed/validate.go.
 */
export function checkTyped(value: JsonObject, schema: Schema): void {
  const faults: string[] = [];
  check(faults, { value, schema, path: [] });
  if (faults.length === 1) throw new TypedError(faults[0]);
  if (faults.length > 1) throw new TypedError(`errors:\n${faults.map((fault) => `  ${fault}`).join("\n")}`);
}

interface Checked {
  readonly value: unknown;
  readonly schema: Schema;
  readonly path: Path;
}

function check(faults: string[], { value, schema, path }: Checked): void {
  if (value === null || schema.kind === "any") return;
  if (schema.kind === "scalar") return checkScalar(faults, { value, schema, path });
  if (schema.kind === "list") return checkItems(faults, { value, schema, path });
  if (!isJsonObject(value)) return void faults.push(fault(path, `expected map, got &{${plainGo(value)}}`));
  for (const [name, each] of Object.entries(value)) {
    const next = schema.kind === "map" ? schema.values : (schema.fields.get(name)?.schema ?? schema.others);
    const at = [...path, `f:${name}`];
    if (next === undefined) faults.push(fault(at, "field not declared in schema"));
    else check(faults, { value: each, schema: next, path: at });
  }
}

function checkItems(faults: string[], { value, schema, path }: Checked & { readonly schema: ListSchema }): void {
  if (!Array.isArray(value)) return void faults.push(fault(path, `expected list, got &{${plainGo(value)}}`));
  const seen = new Set<PathElement>();
  for (const [index, item] of value.entries()) {
    if (schema.list === "atomic") {
      check(faults, { value: item, schema: schema.items, path: [...path, `i:${index}`] });
      continue;
    }
    try {
      const element = elementOf(schema, item);
      if (seen.has(element)) faults.push(fault(path, `duplicate entries for key ${formatPath([element])}`));
      seen.add(element);
      check(faults, { value: item, schema: schema.items, path: [...path, element] });
    } catch (error) {
      if (!(error instanceof TypedError)) throw error;
      faults.push(fault(path, `element ${index}: ${error.message}`));
    }
  }
}

/** Each type of scalar prints what it got in its own way: by its value with Go's types, by its type alone, or by its value alone. */
function checkScalar(faults: string[], { value, schema, path }: Checked): void {
  const scalar = schema.kind === "scalar" ? schema.scalar : "string";
  const type = typeof value;
  const [isRight, text] =
    scalar === "bool"
      ? [type === "boolean", `expected boolean, got &{${plainGo(value)}}`]
      : scalar === "quantity" || scalar === "intOrString"
        ? [type === "string" || type === "number", `expected scalar, got ${shownValue(value)}`]
        : scalar === "int32" || scalar === "int64" || scalar === "double"
          ? [type === "number", `expected numeric (int or float), got ${goType(value)}`]
          : [type === "string", `expected string, got ${shownValue(value)}`];
  if (!isRight) faults.push(fault(path, text));
}

/** As Go prints the type of a JSON value, `%T`; numbers never come here. */
function goType(value: unknown): string {
  if (Array.isArray(value)) return "[]interface {}";
  return typeof value === "string" ? "string" : typeof value === "boolean" ? "bool" : "map[string]interface {}";
}

function fault(path: Path, text: string): string {
  return `${formatPath(path)}: ${text}`;
}

function shownValue(value: unknown): string {
  return `&value.valueUnstructured{Value:${typedGo(value)}}`;
}

/** As Go prints a value with its types, `%#v`. */
function typedGo(value: unknown): string {
  if (Array.isArray(value)) return `[]interface {}{${value.map(typedGo).join(", ")}}`;
  if (!isJsonObject(value)) return value === null ? "interface {}(nil)" : JSON.stringify(value);
  return `map[string]interface {}{${sortedEntries(value)
    .map(([key, each]) => `${JSON.stringify(key)}:${typedGo(each)}`)
    .join(", ")}}`;
}

/** As Go prints a value without its types, `%v`. */
function plainGo(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(plainGo).join(" ")}]`;
  if (value === null) return "<nil>";
  if (!isJsonObject(value)) return typeof value === "string" ? value : JSON.stringify(value);
  return `map[${sortedEntries(value)
    .map(([key, each]) => `${key}:${plainGo(each)}`)
    .join(" ")}]`;
}

function sortedEntries(object: JsonObject): readonly [string, unknown][] {
  return Object.entries(object).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
