import { isEqual } from "./functions-logic.ts";
import { TemplateFailure } from "./scope.ts";
import { boolean, define, type FunctionCall, isObject, MANY, type TemplateFunction, text, wrongType } from "./template-function.ts";

/** A lambda expression: called with as many values as it has names. */
export class Lambda {
  readonly names: readonly string[];
  readonly call: (...values: readonly unknown[]) => unknown;

  constructor(names: readonly string[], body: (variables: Readonly<Record<string, unknown>>) => unknown) {
    this.names = names;
    this.call = (...values) => noLambda(body(Object.fromEntries(names.map((name, index) => [name.toLowerCase(), values[index]]))));
  }
}

/** A lambda expression is no value. @throws {TemplateFailure} for one where a value is wanted. */
export function noLambda(value: unknown): unknown {
  if (!(value instanceof Lambda)) return value;
  throw new TemplateFailure(
    "The template function 'lambda' is not expected at this location. Please see https://aka.ms/arm-template-expressions for usage details.",
  );
}

/** Functions that take others. Source: learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-lambda. */
export const LAMBDA_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  lambda: { least: 1, most: MANY, apply: makeLambda },
  lambdaVariables: define(1, 1, ([name], call) => lambdaVariable(text(name, call), call)),
  map: define(2, 2, ([values, lambda], call) => {
    const each = lambdaOf(lambda, call);
    return listOf(values, call).map((value, index) => each.call(...(each.names.length > 1 ? [value, index] : [value])));
  }),
  filter: define(2, 2, ([values, lambda], call) => {
    const test = lambdaOf(lambda, call);
    return listOf(values, call).filter((value, index) => boolean(test.call(value, index), call));
  }),
  reduce: define(3, 3, ([values, initial, lambda], call) => {
    const step = lambdaOf(lambda, call);
    return listOf(values, call).reduce((sum, value, index) => step.call(sum, value, index), initial);
  }),
  sort: define(2, 2, ([values, lambda], call) => {
    const isBefore = lambdaOf(lambda, call);
    const before = (a: unknown, b: unknown): boolean => boolean(isBefore.call(a, b), call);
    return [...listOf(values, call)].sort((a, b) => (before(a, b) ? -1 : before(b, a) ? 1 : 0));
  }),
  toObject: define(2, 3, ([values, keyLambda, valueLambda], call) => {
    const key = lambdaOf(keyLambda, call);
    const value = valueLambda === undefined ? undefined : lambdaOf(valueLambda, call);
    return Object.fromEntries(
      listOf(values, call).map((item) => [text(key.call(item), call), value === undefined ? item : value.call(item)]),
    );
  }),
  groupBy: define(2, 2, ([values, lambda], call) => {
    const key = lambdaOf(lambda, call);
    const groups = new Map<string, unknown[]>();
    for (const item of listOf(values, call)) {
      const name = text(key.call(item), call);
      groups.set(name, [...(groups.get(name) ?? []), item]);
    }
    return Object.fromEntries(groups);
  }),
};

function makeLambda(call: FunctionCall): Lambda {
  const body = call.args.at(-1);
  const names = call.args.slice(0, -1).map((name) => text(name(), call));
  return new Lambda(names, (variables) => body?.({ ...call.scope, lambda: { ...call.scope.lambda, ...variables } }));
}

function lambdaVariable(name: string, { scope }: FunctionCall): unknown {
  const key = name.toLowerCase();
  if (scope.lambda !== undefined && Object.hasOwn(scope.lambda, key)) return scope.lambda[key];
  throw new TemplateFailure(
    `The lambda variable '${name}' is not found. Please see https://aka.ms/arm-template-expressions for usage details.`,
  );
}

function lambdaOf(value: unknown, call: FunctionCall): Lambda {
  return value instanceof Lambda ? value : wrongType(call, "Lambda", value);
}

function listOf(value: unknown, call: FunctionCall): readonly unknown[] {
  return Array.isArray(value) ? value : wrongType(call, "Array", value);
}

/** Functions of lists and objects that came with lambda expressions. Source: template-functions-object and -array. */
export const OBJECT_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  items: define(1, 1, ([value], call) =>
    isObject(value)
      ? Object.entries(value)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, member]) => ({ key, value: member }))
      : wrongType(call, "Object", value),
  ),
  objectKeys: define(1, 1, ([value], call) => (isObject(value) ? Object.keys(value).sort() : wrongType(call, "Object", value))),
  shallowMerge: define(1, 1, ([values], call) =>
    Object.fromEntries(
      listOf(values, call).flatMap((value) => (isObject(value) ? Object.entries(value) : wrongType(call, "Object", value))),
    ),
  ),
  flatten: define(1, 1, ([values], call) => listOf(values, call).flatMap((value) => listOf(value, call))),
  lastIndexOf: define(2, 2, ([value, part], call) =>
    Array.isArray(value)
      ? value.findLastIndex((item) => isEqual(item, part))
      : text(value, call).toLowerCase().lastIndexOf(text(part, call).toLowerCase()),
  ),
  tryGet: define(2, MANY, ([value, ...keys]) => keys.reduce<unknown>(memberOrNull, value)),
};

function memberOrNull(of: unknown, key: unknown): unknown {
  if (Array.isArray(of)) return typeof key === "number" ? ((of as readonly unknown[])[key] ?? null) : null;
  if (!isObject(of)) return null;
  const found = Object.keys(of).find((name) => name.toLowerCase() === String(key).toLowerCase());
  return found === undefined ? null : of[found];
}
