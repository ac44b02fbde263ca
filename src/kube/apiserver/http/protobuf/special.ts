import { formatMicroTime, formatTime } from "#kube/apimachinery";
import { ProtobufReader } from "./reader.ts";

type Special = (fields: ReadonlyMap<number, number | Buffer>) => unknown;

/** Messages whose JSON is no object of their fields. Source: the MarshalJSON of each in kubernetes/apimachinery. */
const SPECIAL: Readonly<Record<string, Special>> = {
  Quantity: (fields) => textOf(fields.get(1)),
  IntOrString: (fields) => (fields.get(1) === 1 ? textOf(fields.get(3)) : (fields.get(2) ?? 0)),
  Time: (fields) => (fields.size === 0 ? undefined : formatTime(msOf(fields))),
  MicroTime: (fields) => (fields.size === 0 ? undefined : formatMicroTime(msOf(fields))),
  RawExtension: (fields) => JSON.parse(textOf(fields.get(1)) || "null") as unknown,
};

/** Whether a message of this name has a JSON of its own kind. */
export function isSpecial(name: string): boolean {
  return Object.hasOwn(SPECIAL, name);
}

/** @throws {RangeError | SyntaxError} for broken bytes. */
export function specialValue(name: string, bytes: Buffer): unknown {
  const fields = new Map<number, number | Buffer>();
  for (const { number, value } of new ProtobufReader(bytes).fields()) fields.set(number, value);
  return SPECIAL[name]?.(fields);
}

type Members = Readonly<Record<string, unknown>>;

/** Messages that are one of several things in JSON. Source: apiextensions-apiserver pkg/apis/apiextensions/v1/marshal.go. */
const UNIONS: Readonly<Record<string, (members: Members) => unknown>> = {
  "apiextensions/v1.JSONSchemaPropsOrBool": ({ allows, schema }) => schema ?? allows ?? false,
  "apiextensions/v1.JSONSchemaPropsOrArray": ({ schema, several }) => several ?? schema ?? null,
  "apiextensions/v1.JSONSchemaPropsOrStringArray": ({ schema, several }) => several ?? schema ?? null,
};

/** What the members of a message are in JSON: themselves, but for those that stand for one of several things. */
export function unionValue(name: string, members: Members): unknown {
  return Object.hasOwn(UNIONS, name) ? UNIONS[name]?.(members) : members;
}

function textOf(value: number | Buffer | undefined): string {
  return Buffer.isBuffer(value) ? value.toString() : "";
}

/** Seconds and nanoseconds since the epoch. */
function msOf(fields: ReadonlyMap<number, number | Buffer>): number {
  return Number(fields.get(1) ?? 0) * 1000 + Math.floor(Number(fields.get(2) ?? 0) / 1_000_000);
}
