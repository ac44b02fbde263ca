import { type Field, isWritable, type WireType } from "./field.ts";

/** A body that the service could not read: answered with 400 and this code. */
export interface DecodeFailure {
  readonly code: "UnmarshalError";
  readonly message: string;
  /** Path of the member, `properties.nodeTaints`; empty for the whole body. */
  readonly target: string;
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** Where in the body the decoder stands. `goType` is the innermost struct, `path` every member name from the root. */
interface Place {
  readonly goType: string;
  readonly path: readonly string[];
}

/** Decodes one body; collects failures in the order of the table. */
export class Decoder {
  readonly failures: DecodeFailure[] = [];
  readonly #apiVersion: string;

  constructor(apiVersion: string) {
    this.#apiVersion = apiVersion;
  }

  /** The whole body as an object; an absent one is an empty one. */
  root(body: unknown, goType: string): JsonObject {
    if (body === undefined || body === null) return {};
    if (isObject(body)) return body;
    this.#fail([], `json: cannot unmarshal ${kindOf(body)} into Go value of type ${this.#qualified(goType)}`);
    return {};
  }

  /** The members of `value` that the table lets a caller set. Unknown members, nulls and empty strings are dropped. */
  object(value: JsonObject, fields: readonly Field[], place: Place): Record<string, unknown> {
    const decoded: Record<string, unknown> = {};
    for (const field of fields) {
      if (!isWritable(field, this.#apiVersion)) continue;
      const sent = member(value, field.name);
      const result = this.value(sent, field.type, { goType: place.goType, path: [...place.path, field.name] });
      if (result !== undefined && result !== "") decoded[field.name] = result;
    }
    return decoded;
  }

  /** A value of the given type; undefined when it is absent, null, or of another type (then the failure is noted). */
  value(sent: unknown, type: WireType, place: Place): unknown {
    if (sent === undefined || sent === null) return undefined;
    switch (type.kind) {
      case "string":
        return typeof sent === "string" ? corrected(sent, type.values) : this.#mismatch(sent, "string", place);
      case "bool":
        return typeof sent === "boolean" ? sent : this.#mismatch(sent, "bool", place);
      case "int":
        return isInt32(sent) ? sent : this.#mismatch(sent, "int32", place);
      case "float":
        return typeof sent === "number" ? sent : this.#mismatch(sent, "float64", place);
      case "list":
        return Array.isArray(sent) ? this.#list(sent, type.of, place) : this.#mismatch(sent, this.#goName(type), place);
      case "map":
        return isObject(sent) ? this.#map(sent, type.of, place) : this.#mismatch(sent, this.#goName(type), place);
      default:
        if (!isObject(sent)) return this.#mismatch(sent, this.#goName(type), place);
        return type.fields === undefined ? sent : this.object(sent, type.fields, { goType: type.goType, path: place.path });
    }
  }

  #list(sent: readonly unknown[], of: WireType, place: Place): unknown[] {
    return sent.map((item) => this.value(item, of, place)).filter((item) => item !== undefined);
  }

  #map(sent: JsonObject, of: WireType, place: Place): Record<string, unknown> {
    const entries = Object.entries(sent).map(([key, value]) => [key, this.value(value, of, place)] as const);
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  }

  #mismatch(sent: unknown, goName: string, place: Place): undefined {
    const kind = typeof sent === "number" && goName === "int32" ? `number ${sent}` : kindOf(sent);
    this.#fail(place.path, `json: cannot unmarshal ${kind} into Go struct field ${place.goType}.${place.path.join(".")} of type ${goName}`);
    return undefined;
  }

  #fail(path: readonly string[], text: string): void {
    this.failures.push({ code: "UnmarshalError", message: `UnmarshalEntity encountered error: ${text}.`, target: path.join(".") });
  }

  #goName(type: WireType): string {
    switch (type.kind) {
      case "int":
        return "int32";
      case "float":
        return "float64";
      case "list":
        return `[]${this.#goName(type.of)}`;
      case "map":
        return `map[string]${this.#goName(type.of)}`;
      case "object":
        return this.#qualified(type.goType);
      default:
        return type.kind;
    }
  }

  /** Unverified: the name of the service's package, `v20190401`, as its errors would print it. */
  #qualified(goType: string): string {
    return `v${this.#apiVersion.replaceAll("-", "").toLowerCase()}.${goType}`;
  }
}

/** A member by name; like Go's decoder, in another letter case when there is none in this one. */
export function member(value: JsonObject, name: string): unknown {
  if (Object.hasOwn(value, name)) return value[name];
  const lower = name.toLowerCase();
  const key = Object.keys(value).find((candidate) => candidate.toLowerCase() === lower);
  return key === undefined ? undefined : value[key];
}

/** A JSON object: neither null nor an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function corrected(sent: string, values: readonly string[] | undefined): string {
  return values?.find((word) => word.toLowerCase() === sent.toLowerCase()) ?? sent;
}

function isInt32(value: unknown): value is number {
  return Number.isInteger(value) && Math.abs(Number(value)) <= 0x7fff_ffff;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "array";
  return typeof value === "boolean" ? "bool" : typeof value;
}
