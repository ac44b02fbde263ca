import { Environment } from "@marcbachmann/cel-js";
import { isJsonObject } from "#kube/apimachinery";

/** JSON as an expression has it where no type is known: whole numbers are ints, others doubles. */
export function dynamicValue(value: unknown): unknown {
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(dynamicValue);
  if (!isJsonObject(value)) return value;
  return new Map(Object.entries(value).map(([name, each]) => [name, dynamicValue(each)]));
}

const texts = new Environment().registerVariable("text", "string");
const duration = texts.parse("duration(text)");
const timestamp = texts.parse("timestamp(text)");

/** A text as expressions have it that know its type; as a text when it is of another form. */
export function textValue(text: string, type: string): unknown {
  try {
    if (type === "google.protobuf.Duration") return duration({ text });
    if (type === "google.protobuf.Timestamp") return timestamp({ text: text.includes("T") ? text : `${text}T00:00:00Z` });
  } catch {
    return text;
  }
  return type === "bytes" ? new Uint8Array(Buffer.from(text, "base64")) : text;
}

/** Equality of what expressions hold. */
export function equalValues(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left === "bigint" && typeof right === "number") return Number(left) === right;
  if (typeof left === "number" && typeof right === "bigint") return left === Number(right);
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((each, at) => equalValues(each, right[at]));
  if (!(left instanceof Map) || !(right instanceof Map) || left.size !== right.size) return false;
  return [...left].every(([key, each]) => right.has(key) && equalValues(each, right.get(key)));
}
