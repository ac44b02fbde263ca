import { canonicalQuantity, isJsonObject, type JsonObject, parseTime, QuantityError } from "#kube/apimachinery";
import { illegalBase64At } from "./base64.ts";

/**
 * The shape of a kind's wire form: which type each field has. A shape is no schema; fields it does not name are let
 * through, so that it only has to name those that Lido reads.
 */
export type Shape = Leaf | ListShape | MapShape | ObjectShape | NullShape;

type Leaf = "text" | "filled" | "bytes" | "int32" | "int64" | "bool" | "quantity" | "intOrString" | "time" | "any";

interface ListShape {
  readonly is: "list";
  readonly of: Shape;
}

interface MapShape {
  readonly is: "map";
  readonly of: Shape;
}

interface ObjectShape {
  readonly is: "object";
  /** Name of the Go type without its package, as decoding errors give it. */
  readonly goName: string;
  readonly fields: Readonly<Record<string, Shape>>;
  /** Set where Go has no pointer: an object that was left out is one without fields. */
  readonly always?: true;
}

/** What Go writes as null when it was left out or null: it has no `omitempty`. */
interface NullShape {
  readonly is: "null";
  readonly of: Shape;
}

/*
 * `filled` is a text that Go always writes, as the empty text when it was left out; the rules may rely on its being there.
 */

/** A list of items of one shape. */
export const listOf = (of: Shape): ListShape => ({ is: "list", of });
/** An object with free keys and values of one shape. */
export const mapOf = (of: Shape): MapShape => ({ is: "map", of });
/** An object with named fields. */
export const objectOf = (goName: string, fields: Readonly<Record<string, Shape>>): ObjectShape => ({ is: "object", goName, fields });
/** What is null when it was left out. */
export const nullOr = (of: Shape): NullShape => ({ is: "null", of });
/** The same object, which is there also when it was left out. */
export const alwaysOf = (shape: ObjectShape): ObjectShape => ({ ...shape, always: true });

const GO_NAMES: Readonly<Record<Leaf, string>> = {
  text: "string",
  filled: "string",
  bytes: "[]uint8",
  int32: "int32",
  int64: "int64",
  bool: "bool",
  quantity: "resource.Quantity",
  intOrString: "intstr.IntOrString",
  time: "v1.Time",
  any: "interface {}",
};

function goName(shape: Shape): string {
  if (typeof shape === "string") return GO_NAMES[shape];
  if (shape.is === "null") return goName(shape.of);
  if (shape.is === "list") return `[]${goName(shape.of)}`;
  if (shape.is === "map") return `map[string]${goName(shape.of)}`;
  return `v1.${shape.goName}`;
}

/** Names and values by Go's JSON decoder. */
function jsonName(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number" && !Number.isInteger(value)) return `number ${value}`;
  return typeof value;
}

interface Place {
  /** Go type that has the field. */
  readonly owner: string;
  /** `spec.template.spec.containers`; items of lists have no place of their own. */
  readonly path: string;
}

class Malformed extends Error {}

function refuse(value: unknown, shape: Shape, place: Place): never {
  const field = place.path === "" ? "value" : `struct field ${place.owner}.${place.path}`;
  throw new Malformed(`json: cannot unmarshal ${jsonName(value)} into Go ${field} of type ${goName(shape)}`);
}

const INT_BOUNDS = { int32: 2 ** 31, int64: Number.MAX_SAFE_INTEGER } as const;

function leaf(value: unknown, shape: Leaf, place: Place): unknown {
  switch (shape) {
    case "text":
    case "filled":
      return typeof value === "string" ? value : refuse(value, shape, place);
    case "bytes":
      return typeof value === "string" ? bytes(value) : refuse(value, shape, place);
    case "bool":
      return typeof value === "boolean" ? value : refuse(value, shape, place);
    case "int32":
    case "int64":
      if (typeof value !== "number" || !Number.isInteger(value) || Math.abs(value) > INT_BOUNDS[shape]) refuse(value, shape, place);
      return value;
    case "intOrString":
      if (typeof value !== "string" && !Number.isInteger(value)) refuse(value, shape, place);
      return value;
    case "time":
      if (typeof value !== "string") return refuse(value, shape, place);
      if (parseTime(value) === undefined)
        throw new Malformed(`parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05Z07:00": cannot parse`);
      return value;
    case "quantity":
      return quantity(value);
    default:
      return value;
  }
}

/** The base64 that Go writes of what it reads: without line breaks. */
function bytes(value: string): string {
  const place = illegalBase64At(value);
  if (place !== undefined) throw new Malformed(`illegal base64 data at input byte ${place}`);
  return value.replaceAll(/[\r\n]/g, "");
}

function quantity(value: unknown): string {
  if (typeof value !== "string" && typeof value !== "number") {
    throw new Malformed("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
  }
  try {
    return canonicalQuantity(value);
  } catch (error) {
    if (error instanceof QuantityError) throw new Malformed(error.message);
    throw error;
  }
}

function fit(value: unknown, shape: Shape, place: Place): unknown {
  if (typeof shape === "string") return leaf(value, shape, place);
  if (shape.is === "null") return value === null ? null : fit(value, shape.of, place);
  if (shape.is === "list") {
    if (!Array.isArray(value)) return refuse(value, shape, place);
    // Go reads a null item as the item's zero value, which for objects means one without fields.
    value.forEach((item: unknown, index) => {
      value[index] = item === null ? fit(zeroOf(shape.of), shape.of, place) : fit(item, shape.of, place);
    });
    return value;
  }
  if (!isJsonObject(value)) return refuse(value, shape, place);
  if (shape.is === "map") fitMap(value, shape, place);
  else fitFields(value, shape, place);
  return value;
}

function zeroOf(shape: Shape): unknown {
  if (typeof shape !== "string") return shape.is === "null" ? null : shape.is === "list" ? [] : {};
  return shape === "int32" || shape === "int64" || shape === "intOrString" ? 0 : shape === "bool" ? false : shape === "quantity" ? "0" : "";
}

const filledFieldsOf = new WeakMap<ObjectShape, readonly string[]>();

function filledFields(shape: ObjectShape): readonly string[] {
  let fields = filledFieldsOf.get(shape);
  if (fields === undefined) {
    fields = Object.entries(shape.fields).flatMap(([key, field]) => (isAlways(field) ? [key] : []));
    filledFieldsOf.set(shape, fields);
  }
  return fields;
}

function isAlways(shape: Shape): boolean {
  return shape === "filled" || isNullable(shape) || (typeof shape !== "string" && shape.is === "object" && shape.always === true);
}

const isNullable = (shape: Shape | undefined): boolean => typeof shape === "object" && shape.is === "null";

function fitMap(value: JsonObject, shape: MapShape, place: Place): void {
  for (const key of Object.keys(value)) value[key] = value[key] === null ? zeroOf(shape.of) : fit(value[key], shape.of, place);
}

function fitFields(value: JsonObject, shape: ObjectShape, { path }: Place): void {
  for (const key of filledFields(shape)) value[key] ??= zeroOf(shape.fields[key] ?? "text");
  for (const key of Object.keys(value)) {
    const field = Object.hasOwn(shape.fields, key) ? shape.fields[key] : undefined;
    if (value[key] === null && !isNullable(field)) {
      delete value[key];
      continue;
    }
    if (field === undefined || field === "any") continue;
    value[key] = fit(value[key], field, { owner: shape.goName, path: path === "" ? key : `${path}.${key}` });
  }
}

/**
 * Checks an object against its shape. In place: fields set to null go, quantities become canonical.
 *
 * @returns What Kubernetes' decoder says of the first field of a wrong type, or nothing.
 * Source: apimachinery pkg/runtime/serializer/json; wording of Go's encoding/json UnmarshalTypeError.
 */
export function malformationOf(object: object, shape: Shape): string | undefined {
  try {
    fit(object, shape, { owner: "", path: "" });
    return undefined;
  } catch (error) {
    if (error instanceof Malformed) return error.message;
    throw error;
  }
}
