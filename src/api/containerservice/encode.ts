import { type EchoContext, type Field, isKnown, type WireType } from "./field.ts";
import { isObject, type JsonObject } from "./decode.ts";

/** The members of a stored object that answers at this api-version show, in the order of the table. */
export function encodeObject(
  stored: JsonObject,
  fields: readonly Field[],
  context: Omit<EchoContext, "siblings">,
): Record<string, unknown> {
  const encoded: Record<string, unknown> = {};
  const echo: EchoContext = { ...context, siblings: stored };
  for (const field of fields) {
    if (!isKnown(field, context.apiVersion)) continue;
    const value = stored[field.name];
    if (value === undefined || (field.echo !== undefined && !field.echo(value, echo))) continue;
    encoded[field.name] = encodeValue(field.shape === undefined ? value : field.shape(value, echo), field.type, context);
  }
  return encoded;
}

function encodeValue(value: unknown, type: WireType, context: Omit<EchoContext, "siblings">): unknown {
  if (type.kind === "object" && type.fields !== undefined && isObject(value)) return encodeObject(value, type.fields, context);
  if (type.kind === "list" && Array.isArray(value)) return value.map((item) => encodeValue(item, type.of, context));
  return value;
}
