import { TemplateFailure } from "./scope.ts";
import { boolean, define, type FunctionCall, integer, MANY, type TemplateFunction, typeName, wrongType } from "./template-function.ts";

/** Logic, comparison and numbers. Source: learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-logical and -numeric. */
export const LOGIC_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  if: { least: 3, apply: (call) => branch(call) },
  and: { least: 2, most: MANY, apply: (call) => call.args.every((argument) => boolean(argument(), call)) },
  or: { least: 2, most: MANY, apply: (call) => call.args.some((argument) => boolean(argument(), call)) },
  not: define(1, 1, ([value], call) => !boolean(value, call)),
  true: define(0, 0, () => true),
  false: define(0, 0, () => false),
  null: define(0, 0, () => null),
  equals: define(2, 2, ([a, b]) => isEqual(a, b)),
  less: define(2, 2, ([a, b], call) => compare(a, b, call) < 0),
  lessOrEquals: define(2, 2, ([a, b], call) => compare(a, b, call) <= 0),
  greater: define(2, 2, ([a, b], call) => compare(a, b, call) > 0),
  greaterOrEquals: define(2, 2, ([a, b], call) => compare(a, b, call) >= 0),
  coalesce: define(1, MANY, (values) => values.find((value) => value !== null && value !== undefined) ?? null),
  add: define(2, 2, ([a, b], call) => safe(integer(a, call) + integer(b, call), call)),
  sub: define(2, 2, ([a, b], call) => safe(integer(a, call) - integer(b, call), call)),
  mul: define(2, 2, ([a, b], call) => safe(integer(a, call) * integer(b, call), call)),
  div: define(2, 2, ([a, b], call) => Math.trunc(integer(a, call) / divisor(b, call))),
  mod: define(2, 2, ([a, b], call) => integer(a, call) % divisor(b, call)),
  min: define(1, MANY, (values, call) => Math.min(...numbers(values, call))),
  max: define(1, MANY, (values, call) => Math.max(...numbers(values, call))),
};

function branch(call: FunctionCall): unknown {
  const [condition, then, otherwise] = call.args;
  return boolean(condition?.(), call) ? then?.() : otherwise?.();
}

/** Equality of JSON: texts by letter case, objects by their members. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [Object.entries(a), Object.entries(b)];
  return (
    left.length === right.length &&
    left.every(([key, value]) => Object.hasOwn(b, key) && isEqual(value, (b as Record<string, unknown>)[key]))
  );
}

function compare(a: unknown, b: unknown, call: FunctionCall): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : a > b ? 1 : 0;
  throw new TemplateFailure(
    `Unable to evaluate template language function '${call.name}': the type of arguments must be the same, and either integer or string. ` +
      `The provided types: '${typeName(a)}' and '${typeName(b)}'.`,
  );
}

function divisor(value: unknown, call: FunctionCall): number {
  const number = integer(value, call);
  if (number === 0) throw new TemplateFailure(`Unable to evaluate template language function '${call.name}': attempted to divide by zero.`);
  return number;
}

function safe(value: number, call: FunctionCall): number {
  if (!Number.isSafeInteger(value))
    throw new TemplateFailure(`Unable to evaluate template language function '${call.name}': the result is too large.`);
  return value;
}

function numbers(values: readonly unknown[], call: FunctionCall): readonly number[] {
  const [first] = values;
  const list: readonly unknown[] = values.length === 1 && Array.isArray(first) ? first : values;
  if (list.length === 0) wrongType(call, "Integer", null);
  return list.map((value) => integer(value, call));
}
