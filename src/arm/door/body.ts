import { armErrors } from "../errors.ts";
import { JsonError } from "../json/json-reader.ts";
import { parseJson, parseLenientJson, type PositionedJson } from "../json/parse-json.ts";

/** Bytes of a request body at most. Source: ResourceManagement RPC, "max request size 4 MB". */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** The JSON value of a body; undefined for none. @throws {ArmError} InvalidRequestContent. */
export function decodeBody(text: string | undefined): unknown {
  return text === undefined || text.trim() === "" ? undefined : refusing(() => parseJson(text));
}

/** As {@link decodeBody}, but lenient and with positions, for templates. */
export function decodeLenientBody(text: string | undefined): PositionedJson {
  if (text === undefined || text.trim() === "") return { value: undefined, positionOf: () => ({ line: 1, column: 1 }) };
  return refusing(() => parseLenientJson(text));
}

function refusing<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof JsonError) throw armErrors.invalidContent(error.message);
    throw error;
  }
}
