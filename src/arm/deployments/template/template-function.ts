import { type Scope, TemplateFailure } from "./scope.ts";

/** A call under evaluation. Arguments are evaluated when asked for, so that `if` leaves the other branch alone. */
export interface FunctionCall {
  /** As written. */
  readonly name: string;
  readonly scope: Scope;
  readonly args: readonly ((within?: Scope) => unknown)[];
}

/** A function of the template language: how many arguments it takes, and what it gives. */
export interface TemplateFunction {
  readonly least: number;
  /** As many as `least` when absent. */
  readonly most?: number;
  /** @throws {TemplateFailure} for arguments that it does not take. */
  apply(call: FunctionCall): unknown;
}

/** Arguments of one call at most. */
export const MANY = 255;

/** Characters of a text that a function makes at most. Source: azure-subscription-service-limits, 4 MB a template. */
export const MAX_TEXT = 4 * 1024 * 1024;

/** A function of evaluated arguments. */
export function define(least: number, most: number, apply: (args: readonly unknown[], call: FunctionCall) => unknown): TemplateFunction {
  return {
    least,
    most,
    apply: (call) =>
      apply(
        call.args.map((argument) => argument()),
        call,
      ),
  };
}

/** The name of a value's type, as Newtonsoft calls it. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return "Null";
  if (Array.isArray(value)) return "Array";
  if (typeof value === "number") return Number.isInteger(value) ? "Integer" : "Float";
  if (typeof value === "boolean") return "Boolean";
  return typeof value === "string" ? "String" : "Object";
}

/** @throws {TemplateFailure} saying what the function wants and what it got. */
export function wrongType(call: Pick<FunctionCall, "name">, wanted: string, value: unknown): never {
  throw new TemplateFailure(
    `The template language function '${call.name}' expects its parameter to be of type '${wanted}'. ` +
      `The provided value is of type '${typeName(value)}'. ` +
      `Please see https://aka.ms/arm-template-expressions#${call.name.toLowerCase()} for usage details.`,
  );
}

/** @throws {TemplateFailure} for anything but text. */
export function text(value: unknown, call: Pick<FunctionCall, "name">): string {
  return typeof value === "string" ? value : wrongType(call, "String", value);
}

/** @throws {TemplateFailure} for anything but a whole number. */
export function integer(value: unknown, call: Pick<FunctionCall, "name">): number {
  return typeof value === "number" && Number.isInteger(value) ? value : wrongType(call, "Integer", value);
}

/** @throws {TemplateFailure} for anything but true or false. */
export function boolean(value: unknown, call: Pick<FunctionCall, "name">): boolean {
  return typeof value === "boolean" ? value : wrongType(call, "Boolean", value);
}

/** Whether the value is an object and no array. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value as error messages quote it. */
export function shown(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

/** Value as `string()` gives it: text as it is, everything else as JSON, true and false as .NET writes them. */
export function toText(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "True" : "False";
  return value === undefined || value === null ? "" : JSON.stringify(value);
}
