import type { ObjectSchema, Schema } from "#api/kubernetes/schema";
import { isJsonObject, type JsonObject } from "../json-values.ts";

/*
 * Sets of fields of an object, as `metadata.managedFields` writes them. An element of a path is `f:name` for a field, `k:{"name":"web"}`
 * for an object in a list by its keys, `v:"text"` for an item of a set. Source: kubernetes-sigs/structured-merge-diff fieldpath/.
 */
export type PathElement = string;

/** Deepest path that is read from a caller: no type of Kubernetes comes near. */
const MAX_DEPTH = 128;

/** A set of paths; a path can be in it without what lies below, and the other way round. Never changed once built. */
export interface FieldSet {
  /** Whether the path that leads here is itself in the set; of no meaning at the root. */
  readonly member: boolean;
  readonly children: ReadonlyMap<PathElement, FieldSet>;
}

const none: ReadonlyMap<PathElement, FieldSet> = new Map();

export const emptyFieldSet: FieldSet = { member: false, children: none };

/** A set under construction. */
export class FieldSetBuilder implements FieldSet {
  member = false;
  readonly children = new Map<PathElement, FieldSetBuilder>();

  insert(path: readonly PathElement[]): void {
    const [element, ...rest] = path;
    if (element === undefined) {
      this.member = true;
      return;
    }
    let child = this.children.get(element);
    if (child === undefined) this.children.set(element, (child = new FieldSetBuilder()));
    child.insert(rest);
  }
}

/** A set of just these paths. */
export function fieldSetOf(...paths: readonly (readonly PathElement[])[]): FieldSet {
  const built = new FieldSetBuilder();
  for (const path of paths) built.insert(path);
  return built;
}

export function isEmptySet({ children }: FieldSet): boolean {
  return children.size === 0;
}

export function hasPath(set: FieldSet, path: readonly PathElement[]): boolean {
  let node: FieldSet | undefined = set;
  for (const element of path) node = node?.children.get(element);
  return node?.member === true;
}

/** Everything in the set below an element of its root. */
export function below(set: FieldSet, element: PathElement): FieldSet {
  return set.children.get(element) ?? emptyFieldSet;
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (b.children.size === 0 && !b.member) return a;
  const children = new Map(a.children);
  for (const [element, right] of b.children) {
    const left = children.get(element);
    children.set(element, left === undefined ? right : union(left, right));
  }
  return { member: a.member || b.member, children };
}

/** What is in both. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  return combined(a, (element, left) => {
    const right = b.children.get(element);
    return right === undefined ? undefined : { ...intersection(left, right), member: left.member && right.member };
  });
}

/** What is in `a` and not in `b`; a path of `b` takes nothing away that lies below it. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  return combined(a, (element, left) => {
    const right = b.children.get(element);
    return right === undefined ? left : { ...difference(left, right), member: left.member && !right.member };
  });
}

/** As {@link difference}, and what lies below a path of `b` goes too. */
export function recursiveDifference(a: FieldSet, b: FieldSet): FieldSet {
  return combined(a, (element, left) => {
    const right = b.children.get(element);
    if (right === undefined) return left;
    return right.member ? undefined : { ...recursiveDifference(left, right), member: left.member };
  });
}

function combined(a: FieldSet, next: (element: PathElement, left: FieldSet) => FieldSet | undefined): FieldSet {
  const children = new Map<PathElement, FieldSet>();
  for (const [element, left] of a.children) {
    const kept = next(element, left);
    if (kept !== undefined && (kept.member || kept.children.size > 0)) children.set(element, kept);
  }
  return { member: a.member, children };
}

/** The set, and every field with a name in its type that something of the set lies below. */
export function withNamedFields(set: FieldSet, schema: Schema): FieldSet {
  const children = new Map<PathElement, FieldSet>();
  for (const [element, child] of set.children) {
    const next = schemaBelow(schema, element);
    const isNamed = schema.kind === "object" && element.startsWith("f:") && schema.fields.has(element.slice(2));
    const inner = withNamedFields(child, next);
    children.set(element, { member: child.member || (isNamed && child.children.size > 0), children: inner.children });
  }
  return { member: set.member, children };
}

const anything: Schema = { kind: "any" };

/** The schema of what an element leads to. */
export function schemaBelow(schema: Schema, element: PathElement): Schema {
  if (schema.kind === "list") return schema.items;
  if (schema.kind === "map") return schema.values;
  if (schema.kind !== "object") return anything;
  return fieldSchema(schema, element.slice(2));
}

/** The schema of an object's field. */
export function fieldSchema(schema: ObjectSchema, name: string): Schema {
  return schema.fields.get(name)?.schema ?? schema.others ?? anything;
}

/** Calls back for each path of the set: members before what lies below others. Source: fieldpath/set.go, Set.Iterate. */
export function eachPath(set: FieldSet, visit: (path: readonly PathElement[]) => void, prefix: readonly PathElement[] = []): void {
  const children = sorted(set).map((element) => ({ path: [...prefix, element], child: set.children.get(element) ?? emptyFieldSet }));
  for (const { path, child } of children) if (child.member) visit(path);
  for (const { path, child } of children) eachPath(child, visit, path);
}

/** A path as messages show it: `.spec.containers[name="web"].image`. */
export function formatPath(path: readonly PathElement[]): string {
  return path.map(formatElement).join("");
}

function formatElement(element: PathElement): string {
  const text = element.slice(2);
  if (element.startsWith("f:")) return `.${text}`;
  if (element.startsWith("v:")) return `[=${text}]`;
  if (element.startsWith("i:")) return `[${text}]`;
  const keys = JSON.parse(text) as JsonObject;
  return `[${Object.entries(keys)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(",")}]`;
}

/** The set as `fieldsV1`. Source: structured-merge-diff fieldpath/serialize.go. */
export function toFieldsV1(set: FieldSet): JsonObject {
  return contents(set, false);
}

function contents(set: FieldSet, withSelf: boolean): JsonObject {
  const fields: JsonObject = {};
  if (withSelf && set.member && set.children.size > 0) fields["."] = {};
  for (const element of sorted(set)) fields[element] = contents(set.children.get(element) ?? emptyFieldSet, true);
  return fields;
}

/** Reads `fieldsV1`; undefined for what is none. */
export function fromFieldsV1(value: unknown): FieldSet | undefined {
  return isJsonObject(value) ? readContents(value, 0) : undefined;
}

function readContents(value: JsonObject, depth: number): FieldSet | undefined {
  if (depth > MAX_DEPTH) return undefined;
  const children = new Map<PathElement, FieldSet>();
  for (const [element, below] of Object.entries(value)) {
    if (element === ".") continue;
    if (!isElement(element) || !isJsonObject(below)) return undefined;
    const child = readContents(below, depth + 1);
    if (child === undefined) return undefined;
    children.set(element, { member: child.children.size === 0 || "." in below, children: child.children });
  }
  return { member: false, children };
}

function isElement(element: string): boolean {
  if (element.startsWith("f:")) return true;
  if (element.startsWith("i:")) return /^i:\d+$/.test(element);
  if (!element.startsWith("k:") && !element.startsWith("v:")) return false;
  try {
    const value: unknown = JSON.parse(element.slice(2));
    return element.startsWith("v:") || isJsonObject(value);
  } catch {
    return false;
  }
}

/** Fields by name, then objects by their keys, then values; numbers by size. Source: fieldpath/element.go, Compare. */
function sorted(set: FieldSet): readonly PathElement[] {
  return [...set.children.keys()].sort((a, b) => rank(a) - rank(b) || compareSame(a, b));
}

function rank(element: PathElement): number {
  return "fkvi".indexOf(element.charAt(0));
}

function compareSame(a: PathElement, b: PathElement): number {
  if (a.startsWith("f:")) return a < b ? -1 : 1;
  const [left, right] = [JSON.parse(a.slice(2)) as unknown, JSON.parse(b.slice(2)) as unknown];
  const [x, y] = [isJsonObject(left) ? Object.values(left) : [left], isJsonObject(right) ? Object.values(right) : [right]];
  for (const [index, value] of x.entries()) {
    const other = y[index];
    if (value === other) continue;
    if (typeof value === "number" && typeof other === "number") return value - other;
    return String(value) < String(other) ? -1 : 1;
  }
  return x.length - y.length;
}
