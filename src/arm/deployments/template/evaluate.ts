import { noLambda } from "./functions-lambda.ts";
import { FUNCTIONS } from "./functions.ts";
import { isPropertyCopy, MAX_COPIES, type PropertyCopy, withLoop } from "./property-copy.ts";
import { type Scope, TemplateFailure } from "./scope.ts";
import { type Expression, isExpression, parseExpression, SyntaxFailure, unescapeLiteral } from "./syntax.ts";
import { isObject } from "./template-function.ts";

const USAGE = "Please see https://aka.ms/arm-template-expressions for usage details.";

/**
 * Evaluates every expression in a value of a template, at any depth, names of members included.
 * @throws {TemplateFailure} for what is not valid. @throws {PendingReference} for what cannot be known yet.
 */
export function evaluate(value: unknown, scope: Scope): unknown {
  if (typeof value === "string") return evaluateText(value, scope);
  if (Array.isArray(value)) return value.map((item) => evaluate(item, scope));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]): readonly (readonly [string, unknown])[] =>
      isPropertyCopy(key, member) ? runPropertyCopy(member, scope) : [[String(evaluateText(key, scope)), evaluate(member, scope)]],
    ),
  );
}

/** The members that loops make, by name. @throws {TemplateFailure} */
function runPropertyCopy(loops: readonly PropertyCopy[], scope: Scope): readonly (readonly [name: string, value: readonly unknown[]])[] {
  return loops.map(({ name, count, input }) => [name, eachTurn({ name, count }, scope, (within) => evaluate(input, within))]);
}

/** Evaluates once for each turn of a loop. @throws {TemplateFailure} for a count that is none, or too large. */
export function eachTurn<T>(
  loop: { readonly name: string; readonly count: unknown },
  scope: Scope,
  turn: (within: Scope) => T,
): readonly T[] {
  const count = countOf(loop, scope);
  return Array.from({ length: count }, (_, index) => turn(withLoop(scope, { name: loop.name, index })));
}

/** How often a loop turns. @throws {TemplateFailure} */
export function countOf({ name, count }: { readonly name: string; readonly count: unknown }, scope: Scope): number {
  const value = evaluate(count, scope);
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= MAX_COPIES) return value;
  throw new TemplateFailure(
    `The template copy '${name}' has the count '${JSON.stringify(value)}', which is not an integer between '0' and '${MAX_COPIES}'. ` +
      "Please see https://aka.ms/arm-copy for usage details.",
  );
}

function evaluateText(text: string, scope: Scope): unknown {
  return isExpression(text) ? noLambda(evaluateExpression(parse(text), scope)) : unescapeLiteral(text);
}

function parse(text: string): Expression {
  try {
    return parseExpression(text);
  } catch (error) {
    if (error instanceof SyntaxFailure) throw new TemplateFailure(`${error.message} ${USAGE}`, { cause: error });
    throw error;
  }
}

function evaluateExpression(expression: Expression, scope: Scope): unknown {
  if (expression.kind === "literal") return expression.value;
  if (expression.kind === "call") return call(expression, scope);
  return member(evaluateExpression(expression.of, scope), evaluateExpression(expression.key, scope));
}

function call({ name, args }: Expression & { kind: "call" }, scope: Scope): unknown {
  const found = FUNCTIONS[name.toLowerCase()];
  if (found === undefined) throw new TemplateFailure(`The template function '${name}' is not valid. ${USAGE}`);
  const { least, most = found.least } = found;
  if (args.length < least || args.length > most) {
    const wanted = least === most ? `${least} argument(s)` : `at least ${least} argument(s)`;
    throw new TemplateFailure(
      `Unable to evaluate template language function '${name}': function requires ${wanted} while ${args.length} were provided. ` +
        `Please see https://aka.ms/arm-template-expressions#${name} for usage details.`,
    );
  }
  const lazy = args.map(
    (argument) =>
      (within: Scope = scope) =>
        evaluateExpression(argument, within),
  );
  return found.apply({ name, scope, args: lazy });
}

/** `object.name` without regard to letter case, `array[0]`, `text[0]`. */
function member(of: unknown, key: unknown): unknown {
  if (Array.isArray(of) || typeof of === "string") {
    if (typeof key !== "number" || !Number.isInteger(key)) {
      throw new TemplateFailure(
        `The language expression property '${String(key)}' can't be evaluated, property name must be an integer. ${USAGE}`,
      );
    }
    if (key < 0 || key >= of.length)
      throw new TemplateFailure(`The language expression property array index '${key}' is out of bounds. ${USAGE}`);
    return of[key] as unknown;
  }
  if (typeof of !== "object" || of === null) {
    throw new TemplateFailure(`The language expression property '${String(key)}' can't be evaluated. ${USAGE}`);
  }
  const name = String(key);
  const found =
    Object.keys(of).find((candidate) => candidate === name) ??
    Object.keys(of).find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return (of as Record<string, unknown>)[found];
  const available = Object.keys(of).join(", ");
  throw new TemplateFailure(`The language expression property '${name}' doesn't exist, available properties are '${available}'. ${USAGE}`);
}
