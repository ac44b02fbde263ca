import { setKey } from "#kube/apimachinery";
import { badRequest, unsupportedMediaType } from "../../status.ts";
import { MESSAGES, ROOTS } from "./messages-table.ts";
import { ProtobufReader } from "./reader.ts";
import { isSpecial, specialValue, unionValue } from "./special.ts";

/** Media type of Kubernetes' protobuf form. Source: apimachinery pkg/runtime/types.go, ContentTypeProtobuf. */
export const PROTOBUF_TYPE = "application/vnd.kubernetes.protobuf";

/** First bytes of every such body. Source: apimachinery pkg/runtime/serializer/protobuf/protobuf.go. */
const MAGIC = Buffer.from([0x6b, 0x38, 0x73, 0x00]);
/** Levels of a message at most; Kubernetes' own types have about 15. */
const MAX_DEPTH = 50;

interface Field {
  readonly name: string;
  /** A letter for a scalar, else the full name of a message. */
  readonly type: string;
  readonly shape: "one" | "list" | "map" | "inline";
  /** An empty value is a value. */
  readonly keepsEmpty: boolean;
}

type Fields = ReadonlyMap<number, Field>;
type Json = Record<string, unknown>;

/**
 * The object in a body of Kubernetes' protobuf form, as its JSON would be. Go writes every field that is no pointer also
 * when it is empty; such fields are left out, as JSON leaves them out.
 * @throws {StatusError} UnsupportedMediaType for a kind whose messages are not known here, BadRequest for broken bytes.
 */
export function decodeProtobuf(body: Buffer): unknown {
  try {
    return decodeEnvelope(body);
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError) throw badRequest(`proto: ${error.message}`);
    throw error;
  }
}

/** `runtime.Unknown{1: TypeMeta{1: apiVersion, 2: kind}, 2: raw}` behind the magic bytes. */
function decodeEnvelope(body: Buffer): unknown {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) throw new RangeError("the body does not begin with k8s and a zero");
  let type: Buffer = Buffer.alloc(0);
  let raw: Buffer = Buffer.alloc(0);
  for (const { number, value } of new ProtobufReader(body.subarray(MAGIC.length)).fields()) {
    if (number === 1 && Buffer.isBuffer(value)) type = value;
    if (number === 2 && Buffer.isBuffer(value)) raw = value;
  }
  const { apiVersion, kind } = typeOf(type);
  const message = messageOf(apiVersion, kind);
  if (message === undefined) throw unsupportedMediaType(["application/json", "application/yaml"]);
  return { apiVersion, kind, ...decodeMessage(message, raw, 0) };
}

function typeOf(bytes: Buffer): { apiVersion: string; kind: string } {
  const texts = ["", ""];
  for (const { number, value } of new ProtobufReader(bytes).fields())
    if ((number === 1 || number === 2) && Buffer.isBuffer(value)) texts[number - 1] = value.toString();
  const [apiVersion = "", kind = ""] = texts;
  return { apiVersion, kind };
}

/** Options of deletions come under every group's version. */
function messageOf(apiVersion: string, kind: string): string | undefined {
  if (kind === "DeleteOptions") return "meta/v1.DeleteOptions";
  const root = Object.hasOwn(ROOTS, apiVersion) ? ROOTS[apiVersion] : undefined;
  return root?.kinds.includes(kind) === true ? `${root.package}.${kind}` : undefined;
}

function decodeMessage(message: string, bytes: Buffer, depth: number): Json {
  if (depth > MAX_DEPTH) throw new RangeError(`messages are nested deeper than ${MAX_DEPTH} levels`);
  const fields = fieldsOf(message);
  const object: Json = {};
  for (const { number, value } of new ProtobufReader(bytes).fields()) {
    const field = fields.get(number);
    // Fields of a newer version than the table's are dropped, as an older server drops them.
    if (field !== undefined) setField(object, field, { value, depth });
  }
  return object;
}

function setField(object: Json, field: Field, { value, depth }: { value: number | Buffer; depth: number }): void {
  const { name, shape } = field;
  if (shape === "map") {
    const members = (object[name] ??= {}) as Json;
    setKey(members, ...entryOf(field, value, depth));
    return;
  }
  const decoded = decodeValue(field.type, value, depth);
  if (shape === "list") ((object[name] ??= []) as unknown[]).push(decoded);
  else if (shape === "inline") Object.assign(object, decoded);
  else if (field.keepsEmpty || !isEmpty(decoded)) object[name] = decoded;
}

/** A map is a list of messages `{1: key, 2: value}`. */
function entryOf({ type }: Field, value: number | Buffer, depth: number): [string, unknown] {
  let key = "";
  let member: unknown = decodeValue(type, Buffer.alloc(0), depth);
  for (const part of new ProtobufReader(bytesOf(value)).fields()) {
    if (part.number === 1) key = bytesOf(part.value).toString();
    if (part.number === 2) member = decodeValue(type, part.value, depth);
  }
  return [key, member];
}

function decodeValue(type: string, value: number | Buffer, depth: number): unknown {
  switch (type) {
    case "s":
      return bytesOf(value).toString();
    case "y":
      return bytesOf(value).toString("base64");
    case "i":
      return integerOf(value);
    case "d":
      return doubleOf(value);
    case "b":
      return integerOf(value) !== 0;
    default:
      return isSpecial(type) ? specialValue(type, bytesOf(value)) : unionValue(type, decodeMessage(type, bytesOf(value), depth + 1));
  }
}

function bytesOf(value: number | Buffer): Buffer {
  if (typeof value === "number") throw new RangeError("a number stands where bytes belong");
  return value;
}

function integerOf(value: number | Buffer): number {
  if (typeof value !== "number") throw new RangeError("bytes stand where a number belongs");
  return value;
}

function doubleOf(value: number | Buffer): number {
  const bytes = bytesOf(value);
  if (bytes.length !== 8) throw new RangeError("a number of double precision has eight bytes");
  return bytes.readDoubleLE();
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === "" || value === 0 || value === false) return true;
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}

const compiled = new Map<string, Fields>();

/** The fields of a message, read from the table when the message is first met. */
function fieldsOf(message: string): Fields {
  let fields = compiled.get(message);
  if (fields === undefined) compiled.set(message, (fields = compile(message)));
  return fields;
}

function compile(message: string): Fields {
  const group = message.slice(0, message.indexOf("."));
  const text = MESSAGES[message] ?? "";
  return new Map(text === "" ? [] : text.split(", ").map((entry) => fieldOf(entry, group)));
}

const ENTRY = /^(\d+) ([\w$-]+) (\[\]|\{\})?([\w/.]+)([*^])?$/;

function fieldOf(entry: string, group: string): [number, Field] {
  const [, number = "", name = "", container, type = "", mark] = ENTRY.exec(entry) ?? [];
  const isWhole = type.length === 1 || type.includes(".") || isSpecial(type);
  const shape = container === "[]" ? "list" : container === "{}" ? "map" : mark === "^" ? "inline" : "one";
  return [Number(number), { name, type: isWhole ? type : `${group}.${type}`, shape, keepsEmpty: mark === "*" }];
}
