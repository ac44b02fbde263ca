import { createContext, Script } from "node:vm";
import { type ASTNode, type Environment, EvaluationError, type ParseError, TypeError as CelTypeError } from "@marcbachmann/cel-js";
import { isPattern, RENAMED } from "./strings.ts";

/*
 * Expressions in CEL: read and checked by a library, in the words of Kubernetes' own compiler.
 * Source: apiserver pkg/cel; google/cel-go checker/errors.go and common/error.go.
 */

/** Why an expression cannot be used. */
export interface CompileError {
  /** `compilation failed: ERROR: <input>:1:5: undefined field 'x'…`, or what it has to be of. */
  readonly detail: string;
}

/** An expression that is ready for use. */
export interface Expression {
  /** Names of variables that it uses. */
  readonly uses: ReadonlySet<string>;
  /** As the library names it. */
  readonly type: string;
  /** @throws {Error} in CEL's words: `no such key: a`. */
  evaluate(variables: Readonly<Record<string, unknown>>): unknown;
}

/** Bytes of an expression that is read. Source: google/cel-go cel/options.go, the parser's own limit of code points. */
const MAX_LENGTH = 100_000;

/** Not part of Kubernetes' CEL, though of the library. */
const FOREIGN: ReadonlySet<string> = new Set(["json", "hex", "base64", "at", "string"]);

export interface CompileOptions {
  /** In which it is checked. */
  readonly checked: Environment;
  /** In which it is evaluated; the same when absent. */
  readonly evaluated?: Environment;
  /** Type that it has to have. */
  readonly type: "bool" | "string" | "any";
  /** What is said of another. */
  readonly mismatch?: (got: string) => string;
}

/** Reads an expression. Returns what is wrong with it, in place of it, when something is. */
export function compile(text: string, { checked, evaluated = checked, type, mismatch }: CompileOptions): Expression | CompileError {
  if (text.length > MAX_LENGTH) return failed(text, "Syntax error: expression code point size exceeds limit", 0);
  try {
    const [checkedProgram, program] = [checked.parse(text), evaluated.parse(text)];
    const wrong = renameCalls(checkedProgram.ast) ?? renameCalls(program.ast);
    if (wrong !== undefined) return failed(text, wrong.message, wrong.at);
    const result = checkedProgram.check();
    if (!result.valid) return failedBy(text, result.error);
    if (type !== "any" && result.type !== type)
      return { detail: mismatch?.(typeText(result.type ?? "dyn")) ?? `cel expression must evaluate to a ${type}` };
    const names = new Set<string>();
    collectNames(program.ast, names);
    return { uses: names, type: result.type ?? "dyn", evaluate: (variables) => evaluateIn(() => program(variables)) };
  } catch (error) {
    return failedBy(text, error);
  }
}

export function isExpression(result: Expression | CompileError): result is Expression {
  return "evaluate" in result;
}

function evaluateIn(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    if (error instanceof EvaluationError) throw new Error(runtimeText(error.summary), { cause: error });
    throw error;
  }
}

function runtimeText(summary: string): string {
  return summary
    .replace(/^No such key: index out of bounds, index (-?\d+).*$/s, "index out of bounds: $1")
    .replace(/^No such key: /, "no such key: ")
    .replace(/^integer overflow.*$/s, "integer overflow");
}

/** Milliseconds that one evaluation may take. */
const EVALUATION_MS = 1000;

/** Runs evaluations, all together no longer than {@link EVALUATION_MS}. @throws {CostError} when they would take longer. */
export function bounded<T>(run: () => T): T {
  sandbox.run = run;
  try {
    return script.runInContext(context, { timeout: EVALUATION_MS }) as T;
  } catch (error) {
    // It comes from the other side of the context, whose errors are none of ours.
    if ((error as { code?: unknown } | undefined)?.code === "ERR_SCRIPT_EXECUTION_TIMEOUT") throw new CostError();
    throw error;
  } finally {
    sandbox.run = undefined;
  }
}

export class CostError extends Error {
  constructor() {
    super("operation cancelled: actual cost limit exceeded");
  }
}

const sandbox: { run: (() => unknown) | undefined } = { run: undefined };
const context = createContext(sandbox);
const script = new Script("run()");

interface WrongCall {
  readonly message: string;
  readonly at: number;
}

/** A call that Kubernetes does not have, or a pattern that is none. */
function wrongCall(name: string, { input, start }: ASTNode, args: unknown): WrongCall | undefined {
  if (FOREIGN.has(name)) {
    const at = input.indexOf("(", input.indexOf(`.${name}`, start));
    return { message: `undeclared reference to '${name}' (in container '')`, at };
  }
  const pattern: unknown = name === "matches" && Array.isArray(args) ? args[0] : undefined;
  if (!isNode(pattern) || pattern.op !== "value" || typeof pattern.args !== "string" || isPattern(pattern.args)) return undefined;
  return { message: "invalid matches argument", at: pattern.start };
}

/** Lets calls that the library does in its own way be done in Kubernetes'. Returns the first call that is wrong. */
function renameCalls(node: unknown): WrongCall | undefined {
  if (Array.isArray(node)) {
    for (const each of node) {
      const found = renameCalls(each);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (!isNode(node)) return undefined;
  const { op, args } = node as { op: string; args: unknown };
  if (op === "rcall" && Array.isArray(args) && typeof args[0] === "string") {
    const wrong = wrongCall(args[0], node, args[2]);
    if (wrong !== undefined) return wrong;
    args[0] = RENAMED.get(args[0]) ?? args[0];
  }
  return renameCalls(args);
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === "object" && value !== null && "op" in value && "args" in value;
}

function collectNames(node: unknown, names: Set<string>): void {
  if (Array.isArray(node)) for (const each of node) collectNames(each, names);
  if (!isNode(node)) return;
  const { op, args } = node as { op: string; args: unknown };
  if (op === "id" && typeof args === "string") names.add(args);
  else collectNames(args, names);
}

function failedBy(text: string, error: unknown): CompileError {
  if (!(error instanceof Error)) throw error;
  const { summary, range } = error as Partial<Pick<CelTypeError | ParseError, "summary" | "range">>;
  const at = range?.start ?? 0;
  const { message, place } = wording(summary ?? error.message, text, at, error);
  return failed(text, message, place);
}

/** What cel-go says for what the library says, and where it points at. */
function wording(summary: string, text: string, at: number, error: Error): { message: string; place: number } {
  const name = /^Unknown variable: (.*)$/s.exec(summary)?.[1];
  if (name !== undefined) return { message: `undeclared reference to '${name}' (in container '')`, place: at };
  const key = /^No such key: (.*)$/s.exec(summary)?.[1];
  if (key !== undefined)
    return { message: `undefined field '${key}'`, place: Math.max(text.lastIndexOf(`.${key}`, at + key.length + 1), 0) };
  const [, left, operator, right] = /^no such overload: (.+) (\S+) (.+)$/s.exec(summary) ?? [];
  if (left !== undefined && operator !== undefined && right !== undefined) {
    const symbol = operator === "in" ? "@in" : `_${operator}_`;
    const after = operandEnd(error) ?? at;
    return {
      message: `found no matching overload for '${symbol}' applied to '(${typeText(left)}, ${typeText(right)})'`,
      place: Math.max(text.indexOf(operator, after), 0),
    };
  }
  const [, receiver, called, given = ""] = /^found no matching overload for '(?:(.+)\.)?(\w+)\((.*)\)'$/s.exec(summary) ?? [];
  if (called !== undefined) {
    const shown = ORIGINAL.get(called) ?? called;
    const types = [...(receiver === undefined ? [] : [typeText(receiver)]), ...(given === "" ? [] : [typeText(given)])].join(", ");
    const place = Math.max(text.indexOf("(", text.indexOf(shown, at)), 0);
    const isKnown = KNOWN_CALLS.has(shown);
    return {
      message: isKnown
        ? `found no matching overload for '${shown}' applied to '${receiver === undefined ? `(${types})` : `${typeText(receiver)}.(${typeText(given)})`}'`
        : `undeclared reference to '${shown}' (in container '')`,
      place,
    };
  }
  const [, one, other] = /^Ternary branches must have the same type, got '(.+)' and '(.+)'$/s.exec(summary) ?? [];
  if (one !== undefined && other !== undefined)
    return {
      message: `found no matching overload for '_?_:_' applied to '(bool, ${typeText(one)}, ${typeText(other)})'`,
      place: text.indexOf("?", at),
    };
  return { message: error.name === "ParseError" ? `Syntax error: ${summary}` : summary, place: at };
}

/** Where the left operand of what is wrong ends. */
function operandEnd(error: Error): number | undefined {
  const { args } = (error as CelTypeError).node ?? {};
  const left: unknown = Array.isArray(args) ? args[0] : undefined;
  return isNode(left) ? left.end : undefined;
}

const ORIGINAL: ReadonlyMap<string, string> = new Map([...RENAMED].map(([shown, own]) => [own, shown]));
/** Calls whose arguments, and not whose names, are wrong. */
const KNOWN_CALLS: ReadonlySet<string> = new Set(
  "size startsWith endsWith contains matches lowerAscii upperAscii trim indexOf lastIndexOf substring split join replace charAt find findAll isSorted sum min max slice int uint double string bool bytes timestamp duration type quantity isQuantity url isURL compareTo".split(
    " ",
  ),
);

/** Types of objects have names of their own in the library, which say nothing. */
function typeText(text: string): string {
  return text
    .replaceAll(/\bObject\d+\b/g, "object")
    .replaceAll(/list<([^<>]+)>/g, "list($1)")
    .replaceAll(/map<([^<>]+), ([^<>]+)>/g, "map($1, $2)");
}

/** Source: google/cel-go common/error.go, ToDisplayString. */
function failed(text: string, message: string, at: number): CompileError {
  const before = text.slice(0, at).split("\n");
  const column = Array.from(before.at(-1) ?? "").length;
  const line = text.split("\n")[before.length - 1] ?? "";
  return { detail: `compilation failed: ERROR: <input>:${before.length}:${column + 1}: ${message}\n | ${line}\n | ${".".repeat(column)}^` };
}
