import { TemplateFailure } from "./scope.ts";
import {
  boolean,
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
import { templateGuid, uniqueStringOf } from "./hashes.ts";

/** Functions of text and conversion. Source: learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-string. */
export const TEXT_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  toLower: define(1, 1, ([value], call) => text(value, call).toLowerCase()),
  toUpper: define(1, 1, ([value], call) => text(value, call).toUpperCase()),
  trim: define(1, 1, ([value], call) => text(value, call).trim()),
  string: define(1, 1, ([value]) => toText(value)),
  int: define(1, 1, ([value], call) => toInteger(value, call)),
  bool: define(1, 1, ([value], call) => toBoolean(value, call)),
  format: define(1, MANY, ([pattern, ...values], call) => format(text(pattern, call), values)),
  replace: define(3, 3, ([value, from, to], call) => bounded(text(value, call).replaceAll(text(from, call), () => text(to, call)))),
  split: define(2, 2, ([value, delimiter], call) => split(text(value, call), delimiter, call)),
  join: define(2, 2, ([values, delimiter], call) =>
    Array.isArray(values) ? bounded(values.map(toText).join(text(delimiter, call))) : wrongType(call, "Array", values),
  ),
  substring: define(2, 3, ([value, start, length], call) => substring(text(value, call), { start, length }, call)),
  startsWith: define(2, 2, ([value, part], call) => text(value, call).toLowerCase().startsWith(text(part, call).toLowerCase())),
  endsWith: define(2, 2, ([value, part], call) => text(value, call).toLowerCase().endsWith(text(part, call).toLowerCase())),
  indexOf: define(2, 2, ([value, part], call) => text(value, call).toLowerCase().indexOf(text(part, call).toLowerCase())),
  padLeft: define(2, 3, ([value, length, pad = " "], call) => toText(value).padStart(padLength(length, call), text(pad, call))),
  base64: define(1, 1, ([value], call) => Buffer.from(text(value, call)).toString("base64")),
  base64ToString: define(1, 1, ([value], call) => Buffer.from(text(value, call), "base64").toString()),
  uriComponent: define(1, 1, ([value], call) => encodeURIComponent(text(value, call))),
  base64ToJson: define(1, 1, ([value], call) => fromJson(Buffer.from(text(value, call), "base64").toString(), call)),
  uriComponentToString: define(1, 1, ([value], call) => fromUri(text(value, call), call)),
  uri: define(2, 2, ([base, path], call) => joinUri(text(base, call), text(path, call), call)),
  guid: define(1, MANY, (values, call) => templateGuid(values.map((value) => text(value, call)).join("-"))),
  uniqueString: define(1, MANY, (values, call) => uniqueStringOf(values.map((value) => text(value, call)).join("-"))),
  json: define(1, 1, ([value], call) => fromJson(text(value, call), call)),
};

function bounded(value: string): string {
  if (value.length > MAX_TEXT) throw new TemplateFailure(`The text of '${value.length}' characters exceeds the limit of '${MAX_TEXT}'.`);
  return value;
}

function toInteger(value: unknown, call: FunctionCall): number {
  if (typeof value === "number") return Math.trunc(value);
  if (typeof value === "string" && /^\s*[+-]?\d{1,18}\s*$/.test(value)) return Number(value);
  return invalid(call);
}

function toBoolean(value: unknown, call: FunctionCall): boolean {
  if (typeof value === "number") return value !== 0;
  if (typeof value !== "string") return boolean(value, call);
  const lower = value.trim().toLowerCase();
  return lower === "true" || (lower === "false" ? false : invalid(call));
}

function invalid(call: FunctionCall): never {
  throw new TemplateFailure(
    `The template language function '${call.name}' was invoked with a parameter that is not valid. The value cannot be converted to the target type. ` +
      `Please see https://aka.ms/arm-template-expressions#${call.name.toLowerCase()} for usage details.`,
  );
}

/** `{0}` by the values' order, `{{` and `}}` for braces; a format after a colon is that of numbers, `{0:D3}`. */
function format(pattern: string, values: readonly unknown[]): string {
  const result = pattern.replace(/\{\{|\}\}|\{(\d+)(?:,-?\d+)?(?::([^}]*))?\}/g, (match, index?: string, style?: string) => {
    if (index === undefined) return match.charAt(0);
    if (Number(index) >= values.length) {
      throw new TemplateFailure(
        "Unable to evaluate template language function 'format': the format is invalid: 'Index must be less than the size of the argument list.'.",
      );
    }
    const value = toText(values[Number(index)]);
    const digits = /^[dD](\d{1,2})$/.exec(style ?? "")?.[1];
    return digits === undefined ? value : value.padStart(Number(digits), "0");
  });
  return bounded(result);
}

function split(value: string, delimiter: unknown, call: FunctionCall): readonly string[] {
  const delimiters = (Array.isArray(delimiter) ? delimiter : [delimiter]).map((item) => text(item, call)).filter((item) => item !== "");
  return delimiters.reduce<readonly string[]>((parts, item) => parts.flatMap((part) => part.split(item)), [value]);
}

function substring(value: string, range: { readonly start: unknown; readonly length: unknown }, call: FunctionCall): string {
  const start = integer(range.start, call);
  const length = range.length === undefined ? value.length - start : integer(range.length, call);
  if (start < 0 || length < 0 || start + length > value.length) {
    throw new TemplateFailure(
      `Unable to evaluate template language function '${call.name}': the index and length parameters must refer to a location within the string. ` +
        `The index parameter: '${start}', the length parameter: '${length}', the length of the string parameter: '${value.length}'. ` +
        "Please see https://aka.ms/arm-template-expressions#substring for usage details.",
    );
  }
  return value.slice(start, start + length);
}

function padLength(length: unknown, call: FunctionCall): number {
  return Math.min(integer(length, call), MAX_TEXT);
}

function fromUri(value: string, call: FunctionCall): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return invalid(call);
  }
}

function joinUri(base: string, path: string, call: FunctionCall): string {
  if (!URL.canParse(path, base)) invalid(call);
  return new URL(path, base).href;
}

function fromJson(value: string, call: FunctionCall): unknown {
  try {
    const parsed: unknown = JSON.parse(value);
    return isObject(parsed) ? { ...parsed } : parsed;
  } catch {
    return invalid(call);
  }
}
