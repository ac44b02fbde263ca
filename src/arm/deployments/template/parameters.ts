import { ownEntry } from "#lib";
import type { TextPosition } from "../../json/json-reader.ts";
import { evaluate } from "./evaluate.ts";
import { isEqual } from "./functions-logic.ts";
import { PendingReference, type Scope, TemplateFailure } from "./scope.ts";
import { isObject, shown, typeName } from "./template-function.ts";

/** A parameter as a deployment shows it. */
export interface ParameterValue {
  /** `String`, `SecureString`, `Int`, `Bool`, `Array`, `Object`, `SecureObject`. */
  readonly type: string;
  readonly value: unknown;
}

export type ParameterValues = Readonly<Record<string, ParameterValue>>;

/** Type names as answers write them, and the JSON types that fit, as errors write them. */
const TYPES: Readonly<Record<string, { readonly name: string; readonly expected: string; readonly fits: readonly string[] }>> = {
  string: { name: "String", expected: "String, Uri", fits: ["String"] },
  securestring: { name: "SecureString", expected: "String, Uri", fits: ["String"] },
  int: { name: "Int", expected: "Integer", fits: ["Integer"] },
  bool: { name: "Bool", expected: "Boolean", fits: ["Boolean"] },
  array: { name: "Array", expected: "Array", fits: ["Array"] },
  object: { name: "Object", expected: "Object", fits: ["Object"] },
  secureobject: { name: "SecureObject", expected: "Object", fits: ["Object"] },
};
const FILE_USAGE = "Please see https://aka.ms/arm-create-parameter-file for usage details.";
/** Parameters in a template at most. Source: azure-subscription-service-limits, template limits. */
export const MAX_PARAMETERS = 256;

/** What {@link resolveParameters} works on. */
export interface ParameterInput {
  /** `parameters` of the template. */
  readonly declared: Readonly<Record<string, unknown>>;
  /** `parameters` of the deployment: `{name: {value}}`. */
  readonly given: Readonly<Record<string, unknown>>;
  readonly positionOf: (object: unknown) => TextPosition;
  /** For expressions in default values. */
  readonly scopeOf: (values: (name: string) => unknown) => Scope;
}

/**
 * The value of every declared parameter, given or by default, checked against its declaration.
 * @throws {TemplateFailure} in Azure Resource Manager's words.
 */
export function resolveParameters(input: ParameterInput): ParameterValues {
  const { declared, given } = input;
  const names = Object.keys(declared);
  if (names.length > MAX_PARAMETERS)
    throw new TemplateFailure(`The number of template parameters limit exceeded. Limit: ${MAX_PARAMETERS} and actual: ${names.length}.`);
  const strangers = Object.keys(given).filter((name) => findName(names, name) === undefined);
  if (strangers.length > 0) {
    throw new TemplateFailure(
      `The following parameters were supplied, but do not correspond to any parameters defined in the template: '${strangers.join(", ")}'. ` +
        `The parameters defined in the template are: '${names.join(", ")}'. Please see https://aka.ms/arm-pass-parameter-values for usage details.`,
    );
  }
  const resolved = new Map<string, ParameterValue>();
  const underWay = new Set<string>();
  const resolve = (name: string): ParameterValue => {
    const known = resolved.get(name);
    if (known !== undefined) return known;
    if (underWay.has(name)) throw new TemplateFailure(`The template parameter '${name}' refers to itself.`);
    underWay.add(name);
    const value = resolveOne(name, input, (other) => resolve(findName(names, other) ?? notFound(other)).value);
    resolved.set(name, value);
    return value;
  };
  return Object.fromEntries(names.map((name) => [name, resolve(name)]));
}

function notFound(name: string): never {
  throw new TemplateFailure(
    `The template parameter '${name}' is not found. Please see https://aka.ms/arm-template/#parameters for usage details.`,
  );
}

/** The declared name that the given one means, without regard to letter case. */
export function findName(names: readonly string[], name: string): string | undefined {
  return names.find((candidate) => candidate.toLowerCase() === name.toLowerCase());
}

function resolveOne(
  name: string,
  { declared, given, positionOf, scopeOf }: ParameterInput,
  values: (name: string) => unknown,
): ParameterValue {
  const declaration = declared[name];
  const { line, column } = positionOf(declaration);
  const at = `'${name}' at line '${line}' and column '${column}'`;
  if (!isObject(declaration)) throw new TemplateFailure(`The template parameter ${at} is not valid. ${FILE_USAGE}`);
  const type = ownEntry(TYPES, String(declaration.type).toLowerCase());
  if (type === undefined)
    throw new TemplateFailure(
      `The template parameter ${at} has the type '${String(declaration.type)}', which is not supported. ${FILE_USAGE}`,
    );
  const value = givenValue(given, name) ?? defaultValue(declaration, { at, scope: scopeOf(values) });
  if (value === undefined) throw new TemplateFailure(`The value for the template parameter ${at} is not provided. ${FILE_USAGE}`);
  if (!type.fits.includes(typeName(value))) {
    throw new TemplateFailure(
      `Template parameter JToken type is not valid. Expected '${type.expected}'. Actual '${typeName(value)}'. ${FILE_USAGE}`,
    );
  }
  checkLimits(declaration, value, at);
  return { type: type.name, value };
}

function givenValue(given: Readonly<Record<string, unknown>>, name: string): unknown {
  const entry = given[findName(Object.keys(given), name) ?? ""];
  return isObject(entry) ? (entry.value ?? undefined) : undefined;
}

function defaultValue(
  declaration: Readonly<Record<string, unknown>>,
  { at, scope }: { readonly at: string; readonly scope: Scope },
): unknown {
  if (declaration.defaultValue === undefined) return undefined;
  try {
    return evaluate(declaration.defaultValue, scope);
  } catch (error) {
    if (error instanceof PendingReference) {
      throw new TemplateFailure(
        `The template parameter ${at} is not valid: The template function 'reference' is not expected at this location.`,
        { cause: error },
      );
    }
    if (!(error instanceof TemplateFailure)) throw error;
    throw new TemplateFailure(
      `The template parameter ${at} is not valid: ${error.message}. Please see https://aka.ms/arm-template-expressions for usage details.`,
      { cause: error },
    );
  }
}

/** Source: learn.microsoft.com/azure/azure-resource-manager/templates/parameters. */
function checkLimits(declaration: Readonly<Record<string, unknown>>, value: unknown, at: string): void {
  const refuse = (reason: string): never => {
    throw new TemplateFailure(`The provided value '${shown(value)}' for the template parameter ${at} is not valid. ${reason}`);
  };
  const { allowedValues, minLength, maxLength, minValue, maxValue } = declaration;
  if (Array.isArray(allowedValues) && !isAllowed(allowedValues, value)) {
    refuse(`The parameter value is not part of the allowed value(s): '${allowedValues.map(String).join(",")}'.`);
  }
  const length = Array.isArray(value) || typeof value === "string" ? value.length : undefined;
  if (typeof minLength === "number" && length !== undefined && length < minLength)
    refuse(`Length of the value should be greater than or equal to '${minLength}'.`);
  if (typeof maxLength === "number" && length !== undefined && length > maxLength)
    refuse(`Length of the value should be less than or equal to '${maxLength}'.`);
  if (typeof minValue === "number" && typeof value === "number" && value < minValue)
    refuse(`The value should be greater than or equal to '${minValue}'.`);
  if (typeof maxValue === "number" && typeof value === "number" && value > maxValue)
    refuse(`The value should be less than or equal to '${maxValue}'.`);
}

/** An array is allowed when each of its members is. */
function isAllowed(allowed: readonly unknown[], value: unknown): boolean {
  const one = (item: unknown): boolean =>
    allowed.some(
      (candidate) =>
        isEqual(candidate, item) ||
        (typeof candidate === "string" && typeof item === "string" && candidate.toLowerCase() === item.toLowerCase()),
    );
  return Array.isArray(value) ? one(value) || value.every(one) : one(value);
}
