import { FUNCTIONS } from "./functions.ts";
import { type Scope, TemplateFailure } from "./scope.ts";
import { type Expression, isExpression, parseExpression, SyntaxFailure, unescapeLiteral } from "./syntax.ts";

const USAGE = "Please see https://aka.ms/arm-template-expressions for usage details.";

/**
 * Evaluates every expression in a value of a template, at any depth, names of members included.
 * @throws {TemplateFailure} for what is not valid. @throws {PendingReference} for what cannot be known yet.
 */
export function evaluate(value: unknown, scope: Scope): unknown {
  if (typeof value === "string") return evaluateText(value, scope);
  if (Array.isArray(value)) return value.map((item) => evaluate(item, scope));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [String(evaluateText(key, scope)), evaluate(member, scope)]));
}

function evaluateText(text: string, scope: Scope): unknown {
  return isExpression(text) ? evaluateExpression(parse(text), scope) : unescapeLiteral(text);
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
  const lazy = args.map((argument) => () => evaluateExpression(argument, scope));
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
