/** What a member of a configuration may be, in Go's words for it. */
export type Shape =
  | { readonly kind: "string" | "bool" | "int32" | "int64" | "float" | "any" }
  | { readonly kind: "list"; readonly of: Shape }
  | ObjectShape;

export interface ObjectShape {
  readonly kind: "object";
  /** The name of the Go type, which messages say. */
  readonly struct: string;
  readonly members: Readonly<Record<string, Shape>>;
}

export const string: Shape = { kind: "string" };
export const bool: Shape = { kind: "bool" };
export const int32: Shape = { kind: "int32" };
export const int64: Shape = { kind: "int64" };
export const float: Shape = { kind: "float" };
export const any: Shape = { kind: "any" };
export const list = (of: Shape): Shape => ({ kind: "list", of });
export const object = (struct: string, members: Readonly<Record<string, Shape>>): ObjectShape => ({ kind: "object", struct, members });

/** A value that cannot be what its member is. */
export class ShapeError extends Error {}

const GO_TYPES: Readonly<Record<Exclude<Shape["kind"], "any" | "list" | "object">, string>> = {
  string: "string",
  bool: "bool",
  int32: "int32",
  int64: "int64",
  float: "float32",
};

interface Place {
  /** `profiles[0].plugins`, for unknown members. */
  readonly path: string;
  /** `profiles.plugins`, for wrong types; without indexes, as Go tells it. */
  readonly goPath: string;
  readonly struct: string;
}

/** A document as its shape has it. */
export interface Shaped {
  /** Only members that the shape has; what is null is left out, as Go takes it for nothing. */
  readonly value: unknown;
  /** What else there was, one text each, in order: `unknown field "profiles[0].plugin"`. */
  readonly unknown: readonly string[];
}

/**
 * Reads a document by its shape.
 *
 * @throws {ShapeError} `json: cannot unmarshal string into Go struct field …` for a value of another type.
 * Source: sigs.k8s.io/json, UnmarshalStrict.
 */
export function shaped(value: unknown, shape: ObjectShape): Shaped {
  const unknown: string[] = [];
  return { value: read(value, shape, { path: "", goPath: "", struct: shape.struct }, unknown), unknown };
}

function read(value: unknown, shape: Shape, place: Place, unknown: string[]): unknown {
  if (value === null || value === undefined) return ZERO[shape.kind];
  if (shape.kind === "any") return value;
  if (shape.kind === "object") return readObject(value, shape, place, unknown);
  if (shape.kind === "list") {
    if (!Array.isArray(value)) throw mismatch(value, "list", place);
    return value.map((item, index) => read(item, shape.of, { ...place, path: `${place.path}[${index}]` }, unknown));
  }
  if (!isOfKind(value, shape.kind)) throw mismatch(value, GO_TYPES[shape.kind], place);
  return value;
}

function readObject(value: unknown, shape: ObjectShape, { path, goPath, struct }: Place, unknown: string[]): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw mismatch(value, `v1.${shape.struct}`, { path, goPath, struct });
  const members: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    const below = { path: join(path, name), goPath: join(goPath, name), struct: shape.struct };
    const of = Object.hasOwn(shape.members, name) ? shape.members[name] : undefined;
    if (of === undefined) unknown.push(`unknown field "${below.path}"`);
    else if (member !== null && member !== undefined) members[name] = read(member, of, below, unknown);
  }
  return members;
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

/** What Go has where a list has a null. */
const ZERO: Readonly<Record<Shape["kind"], unknown>> = {
  string: "",
  bool: false,
  int32: 0,
  int64: 0,
  float: 0,
  any: null,
  list: [],
  object: {},
};

const MAX_INT32 = 2 ** 31;

function isOfKind(value: unknown, kind: keyof typeof GO_TYPES): boolean {
  if (kind === "string") return typeof value === "string";
  if (kind === "bool") return typeof value === "boolean";
  if (kind === "float") return typeof value === "number";
  if (!Number.isSafeInteger(value)) return false;
  return kind === "int64" || ((value as number) >= -MAX_INT32 && (value as number) < MAX_INT32);
}

function mismatch(value: unknown, type: string, { goPath, struct }: Place): ShapeError {
  const given = Array.isArray(value)
    ? "array"
    : typeof value === "object"
      ? "object"
      : typeof value === "boolean"
        ? "bool"
        : typeof value === "number"
          ? `number${type === "string" || type === "bool" || type === "list" ? "" : ` ${value}`}`
          : "string";
  return new ShapeError(
    `json: cannot unmarshal ${given} into Go struct field ${struct}.${goPath} of type ${type === "list" ? "[]v1" : type}`,
  );
}
