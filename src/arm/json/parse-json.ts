import { JsonError, JsonReader, MAX_DEPTH, type TextPosition } from "./json-reader.ts";

/** A JSON value and where its objects began in the text. */
export interface PositionedJson {
  readonly value: unknown;
  /** Position just after the opening brace or bracket; line 1, column 1 for objects that are not of the text. */
  positionOf(object: unknown): TextPosition;
}

/**
 * Parses strict JSON.
 * @throws {JsonError} in the words of Newtonsoft's reader, which Azure Resource Manager passes on.
 */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (!isDeep(text)) return value;
  } catch (cause) {
    new JsonReader(text, { lenient: false }).read();
    throw new JsonError(cause instanceof Error ? cause.message : "the text is not JSON");
  }
  return new JsonReader(text, { lenient: false }).read();
}

/** Whether brackets of the JSON text nest beyond {@link MAX_DEPTH}, which the reader would refuse. */
function isDeep(text: string): boolean {
  let depth = 0;
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[[{]|[\]}]/gs)) {
    if (token === "{" || token === "[") depth++;
    else if (token === "}" || token === "]") depth--;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

/**
 * Parses JSON with what Azure's template reader allows beyond it: comments, names without quotes, single quotes, line
 * breaks in strings and commas before a closing bracket.
 * Source: az sends `template:` without quotes and the file's text as it is; Newtonsoft.Json's JsonTextReader.
 * @throws {JsonError} as {@link parseJson}.
 */
export function parseLenientJson(text: string): PositionedJson {
  const reader = new JsonReader(text, { lenient: true });
  const value = reader.read();
  return { value, positionOf: (object) => reader.positionOf(object) };
}
