import { equalJson, type FieldError, isJsonObject, parseTime } from "#kube/apimachinery";
import { type JsonSchema } from "./json-schema.ts";

/*
 * What a structural schema has to say of a value, in the words of the API server.
 * Source: kube-openapi pkg/validation/validate and pkg/validation/errors; apiextensions-apiserver pkg/apiserver/validation.
 */

/** Faults that one refusal names. */
const MAX_ERRORS = 100;

/** Every fault of a value. @param path of the value, `spec`; empty at the root. */
export function schemaErrors(value: unknown, schema: JsonSchema, path = ""): FieldError[] {
  const errors: FieldError[] = [];
  check(errors, { value, schema, path });
  return errors.slice(0, MAX_ERRORS);
}

interface Checked {
  readonly value: unknown;
  readonly schema: JsonSchema;
  readonly path: string;
}

function check(errors: FieldError[], checked: Checked): void {
  const { value, schema, path } = checked;
  if (errors.length >= MAX_ERRORS) return;
  if (value === undefined || (value === null && schema.nullable === true)) return;
  if (!isOfType(value, schema)) {
    const found = typeOf(value);
    const wanted = schema["x-kubernetes-int-or-string"] === true ? "integer,string" : (schema.type ?? "");
    errors.push({
      type: "TypeInvalid",
      field: path,
      value: found,
      detail: `${inBody(path)} must be of type ${wanted}: ${JSON.stringify(found)}`,
    });
    return;
  }
  if (schema.enum !== undefined && !schema.enum.some((each) => equalJson(each, value)))
    errors.push({
      type: "NotSupported",
      field: path,
      value,
      supported: schema.enum.map((each) => (typeof each === "string" ? each : JSON.stringify(each))),
    });
  if (typeof value === "string") checkText(errors, { ...checked, value });
  else if (typeof value === "number") checkNumber(errors, { ...checked, value });
  else if (Array.isArray(value)) checkItems(errors, { ...checked, value });
  else if (isJsonObject(value)) checkFields(errors, { ...checked, value });
  checkCombinations(errors, checked);
}

function inBody(path: string): string {
  return path === "" ? "in body" : `${path} in body`;
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

function isOfType(value: unknown, schema: JsonSchema): boolean {
  const found = typeOf(value);
  if (schema["x-kubernetes-int-or-string"] === true) return found === "integer" || found === "string";
  if (schema.type === undefined) return true;
  return found === schema.type || (schema.type === "number" && found === "integer");
}

function checkText(errors: FieldError[], { value, schema, path }: Checked & { readonly value: string }): void {
  const { compiled, pattern = "", minLength = 0, maxLength = Number.POSITIVE_INFINITY, format } = schema;
  const length = Array.from(value).length;
  if (length < minLength)
    errors.push({ type: "Invalid", field: path, value, detail: `${inBody(path)} should be at least ${minLength} chars long` });
  if (length > maxLength) errors.push({ type: "TooLong", field: path, value, detail: `may not be more than ${maxLength} bytes` });
  if (compiled !== undefined && !compiled.matcher(value).find())
    errors.push({ type: "Invalid", field: path, value, detail: `${inBody(path)} should match '${pattern}'` });
  if (format !== undefined && !isOfFormat(value, format))
    errors.push({ type: "Invalid", field: path, value, detail: `${inBody(path)} must be of type ${format}: ${JSON.stringify(value)}` });
}

/** Formats that are checked; others say something to people only. */
function isOfFormat(value: string, format: string): boolean {
  switch (format) {
    case "date-time":
      return parseTime(value) !== undefined;
    case "ipv4":
      return /^(\d{1,3}\.){3}\d{1,3}$/.test(value);
    case "uuid":
      return /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(value);
    default:
      return true;
  }
}

function checkNumber(errors: FieldError[], { value, schema, path }: Checked & { readonly value: number }): void {
  const { minimum, maximum, exclusiveMinimum = false, exclusiveMaximum = false, multipleOf } = schema;
  const say = (detail: string): unknown => errors.push({ type: "Invalid", field: path, value, detail: `${inBody(path)} ${detail}` });
  if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum))
    say(`should be greater than ${exclusiveMinimum ? "" : "or equal to "}${minimum}`);
  if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum))
    say(`should be less than ${exclusiveMaximum ? "" : "or equal to "}${maximum}`);
  if (multipleOf !== undefined && multipleOf > 0 && value % multipleOf !== 0) say(`should be a multiple of ${multipleOf}`);
}

function checkItems(errors: FieldError[], { value, schema, path }: Checked & { readonly value: readonly unknown[] }): void {
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY, items } = schema;
  if (value.length < minItems)
    errors.push({ type: "Invalid", field: path, value: value.length, detail: `${inBody(path)} should have at least ${minItems} items` });
  if (value.length > maxItems)
    errors.push({ type: "TooMany", field: path, value: value.length, detail: `must have at most ${maxItems} items` });
  if (items !== undefined)
    for (const [index, item] of value.entries()) check(errors, { value: item, schema: items, path: `${path}[${index}]` });
  checkKeys(errors, { value, schema, path });
}

/** Source: apiextensions-apiserver pkg/apiserver/schema/listtype/validation.go. */
function checkKeys(errors: FieldError[], { value, schema, path }: Checked & { readonly value: readonly unknown[] }): void {
  const type = schema["x-kubernetes-list-type"];
  if (type !== "set" && type !== "map") return;
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  const seen = new Set<string>();
  for (const [index, item] of value.entries()) {
    const shown =
      type === "set"
        ? item
        : Object.fromEntries(
            keys.map((key) => [key, isJsonObject(item) ? (item[key] ?? schema.items?.properties?.[key]?.default) : undefined]),
          );
    const text = JSON.stringify(shown);
    if (seen.has(text)) errors.push({ type: "Duplicate", field: `${path}[${index}]`, value: shown });
    seen.add(text);
  }
}

function checkFields(errors: FieldError[], { value, schema, path }: Checked & { readonly value: Readonly<Record<string, unknown>> }): void {
  const { properties = {}, additionalProperties, required = [], minProperties = 0, maxProperties = Number.POSITIVE_INFINITY } = schema;
  const at = (name: string): string => (path === "" ? name : `${path}.${name}`);
  for (const name of required) if (value[name] === undefined) errors.push({ type: "Required", field: at(name) });
  const names = Object.keys(value);
  if (names.length < minProperties)
    errors.push({
      type: "Invalid",
      field: path,
      value: names.length,
      detail: `${inBody(path)} should have at least ${minProperties} properties`,
    });
  if (names.length > maxProperties)
    errors.push({ type: "TooMany", field: path, value: names.length, detail: `must have at most ${maxProperties} items` });
  for (const name of names) {
    const next = properties[name] ?? (isJsonObject(additionalProperties) ? additionalProperties : undefined);
    if (next !== undefined) check(errors, { value: value[name], schema: next, path: at(name) });
  }
}

function checkCombinations(errors: FieldError[], { value, schema, path }: Checked): void {
  const fits = (each: JsonSchema): boolean => schemaErrors(value, each, path).length === 0;
  const say = (detail: string): unknown =>
    errors.push({ type: "Invalid", field: path === "" ? "<nil>" : path, value: typeof value === "object" ? "" : value, detail });
  for (const each of schema.allOf ?? []) check(errors, { value, schema: each, path });
  if (schema.anyOf !== undefined && !schema.anyOf.some(fits)) say(`${inBody(path)} must validate at least one schema (anyOf)`);
  if (schema.oneOf !== undefined && schema.oneOf.filter(fits).length !== 1)
    say(`${inBody(path)} must validate one and only one schema (oneOf)`);
  if (schema.not !== undefined && fits(schema.not)) say(`${inBody(path)} must not validate the schema (not)`);
}
