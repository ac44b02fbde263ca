import { isEqual } from "./functions-logic.ts";
import { TemplateFailure } from "./scope.ts";
import {
  define,
  type FunctionCall,
  integer,
  isObject,
  MANY,
  MAX_TEXT,
  type TemplateFunction,
  text,
  toText,
  wrongType,
} from "./template-function.ts";

/** Numbers that `range` makes at most. Source: template-functions-array#range. */
const MAX_RANGE = 10_000;
/** Members of an array that `concat` makes at most: a bound on what a short template can grow to. */
const MAX_ITEMS = 100_000;

/** Functions of arrays and objects. Source: learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-array and -object. */
export const ARRAY_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  concat: define(0, MANY, concat),
  length: define(1, 1, ([value], call) => lengthOf(value, call)),
  empty: define(1, 1, ([value], call) => value === null || lengthOf(value, call) === 0),
  first: define(1, 1, ([value], call) => at(value, 0, call)),
  last: define(1, 1, ([value], call) => at(value, -1, call)),
  take: define(2, 2, ([value, count], call) => slice(value, [0, Math.max(integer(count, call), 0)], call)),
  skip: define(2, 2, ([value, count], call) => slice(value, [Math.max(integer(count, call), 0), undefined], call)),
  contains: define(2, 2, ([value, item], call) => contains(value, item, call)),
  createArray: define(0, MANY, (values) => values),
  array: define(1, 1, ([value]) => (Array.isArray(value) ? value : [value])),
  createObject: define(0, MANY, createObject),
  union: define(2, MANY, union),
  intersection: define(2, MANY, intersection),
  range: define(2, 2, ([start, count], call) => range(integer(start, call), integer(count, call), call)),
};

/** Joins texts and numbers to a text, or arrays to an array. */
function concat(values: readonly unknown[], call: FunctionCall): unknown {
  if (values.length > 0 && values.every((value) => Array.isArray(value))) {
    const items = values.reduce((sum, value) => sum + value.length, 0);
    return items > MAX_ITEMS ? tooLarge(call, items) : values.flat();
  }
  const parts = values.map((value) => (typeof value === "object" && value !== null ? wrongType(call, "String", value) : toText(value)));
  const characters = parts.reduce((sum, part) => sum + part.length, 0);
  return characters > MAX_TEXT ? tooLarge(call, characters) : parts.join("");
}

function tooLarge(call: FunctionCall, size: number): never {
  throw new TemplateFailure(`Unable to evaluate template language function '${call.name}': the result of size '${size}' is too large.`);
}

function lengthOf(value: unknown, call: FunctionCall): number {
  if (Array.isArray(value) || typeof value === "string") return value.length;
  return isObject(value) ? Object.keys(value).length : wrongType(call, "Array, Object or String", value);
}

function at(value: unknown, index: number, call: FunctionCall): unknown {
  if (typeof value === "string") return value.at(index) ?? "";
  return Array.isArray(value) ? ((value as unknown[]).at(index) ?? null) : wrongType(call, "Array or String", value);
}

function slice(value: unknown, [from, to]: readonly [number, number | undefined], call: FunctionCall): unknown {
  return Array.isArray(value) || typeof value === "string" ? value.slice(from, to) : wrongType(call, "Array or String", value);
}

function contains(value: unknown, item: unknown, call: FunctionCall): boolean {
  if (Array.isArray(value)) return value.some((member) => isEqual(member, item));
  if (typeof value === "string") return value.includes(text(item, call));
  const name = String(item).toLowerCase();
  return isObject(value) ? Object.keys(value).some((key) => key.toLowerCase() === name) : wrongType(call, "Array, Object or String", value);
}

function createObject(values: readonly unknown[], call: FunctionCall): Record<string, unknown> {
  if (values.length % 2 !== 0) {
    throw new TemplateFailure(
      "Unable to evaluate template language function 'createObject': function requires an even number of arguments. " +
        "Please see https://aka.ms/arm-template-expressions#createobject for usage details.",
    );
  }
  const names = values.filter((_, index) => index % 2 === 0).map((name) => text(name, call));
  return Object.fromEntries(names.map((name, index) => [name, values[index * 2 + 1]]));
}

/** Arrays without doubles, or objects member by member, the later one's winning. */
function union(values: readonly unknown[], call: FunctionCall): unknown {
  if (values.every((value) => Array.isArray(value))) return distinct(values.flat());
  return values.reduce<Record<string, unknown>>(
    (all, value) => (isObject(value) ? merge(all, value) : wrongType(call, "Object", value)),
    {},
  );
}

function merge(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const present = merged[key];
    merged[key] = isObject(present) && isObject(value) ? merge(present, value) : value;
  }
  return merged;
}

function intersection(values: readonly unknown[], call: FunctionCall): unknown {
  const [first, ...rest] = values;
  if (Array.isArray(first)) {
    const others = rest.map((value) => (Array.isArray(value) ? (value as unknown[]) : wrongType(call, "Array", value)));
    return distinct((first as unknown[]).filter((item) => others.every((other) => other.some((member) => isEqual(member, item)))));
  }
  if (!isObject(first)) return wrongType(call, "Array or Object", first);
  const others = rest.map((value) => (isObject(value) ? value : wrongType(call, "Object", value)));
  return Object.fromEntries(Object.entries(first).filter(([key, value]) => others.every((other) => isEqual(other[key], value))));
}

function distinct(values: readonly unknown[]): unknown[] {
  return values.filter((value, index) => values.findIndex((other) => isEqual(other, value)) === index);
}

function range(start: number, count: number, call: FunctionCall): readonly number[] {
  if (count < 0 || count > MAX_RANGE) {
    throw new TemplateFailure(
      `Unable to evaluate template language function '${call.name}': the count '${count}' is not between 0 and ${MAX_RANGE}.`,
    );
  }
  return Array.from({ length: count }, (_, index) => start + index);
}
