import { applyPatch, type Operation, Pointer } from "rfc6902";
import { cloneJson, isJsonObject, type JsonObject } from "./json-values.ts";
import { INAPPLICABLE_TEXT, PatchError } from "./patch-error.ts";

/** Operations that one JSON patch may have; source: apiserver pkg/endpoints/handlers/patch.go, maxJSONPatchOperations. */
export const MAX_JSON_PATCH_OPERATIONS = 10_000;

/** Characters of JSON that the `copy` operations of one patch may add; source: apiserver pkg/server/config.go, JSONPatchMaxCopyBytes. */
export const MAX_JSON_PATCH_COPY = 3 * 1024 * 1024;

const OPERATIONS = ["add", "remove", "replace", "move", "copy", "test"];
/** Parts of a path that would reach into the runtime instead of the document. */
const UNSAFE_PATH = /(^|\/)(__proto__|constructor|prototype)(\/|$)/;

function checkOperation(operation: unknown): asserts operation is Operation {
  const malformed = (text: string): PatchError => new PatchError("malformed", text);
  if (!isJsonObject(operation)) throw malformed("json: cannot unmarshal patch operation into an object");
  const { op, path, from } = operation;
  if (typeof op !== "string" || !OPERATIONS.includes(op)) throw new PatchError("inapplicable", `unexpected kind: ${String(op)}`);
  if (typeof path !== "string") throw new PatchError("inapplicable", "operation has no path");
  if ((op === "move" || op === "copy") && typeof from !== "string") throw new PatchError("inapplicable", "operation has no from");
  for (const pointer of [path, from]) {
    if (typeof pointer !== "string") continue;
    if (pointer !== "" && !pointer.startsWith("/")) throw new PatchError("inapplicable", `invalid pointer: ${pointer}`);
    if (UNSAFE_PATH.test(pointer)) throw new PatchError("inapplicable", `path does not exist: ${pointer}`);
  }
}

/**
 * Applies a JSON Patch to a copy of `target`.
 *
 * @throws {PatchError} `malformed` when the patch is no list of operations, `too-many-operations` beyond 10,000,
 *   `inapplicable` when an operation is unknown, its path does not exist or its test fails. What went wrong is the cause.
 * Source: RFC 6902; apiserver pkg/endpoints/handlers/patch.go, jsonPatcher.
 */
export function applyJsonPatch(target: JsonObject, patch: unknown): JsonObject {
  if (!Array.isArray(patch)) {
    throw new PatchError("malformed", "error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch");
  }
  if (patch.length > MAX_JSON_PATCH_OPERATIONS) {
    const text = `The allowed maximum operations in a JSON patch is ${MAX_JSON_PATCH_OPERATIONS}, got ${patch.length}`;
    throw new PatchError("too-many-operations", text);
  }
  const holder = cloneJson(target);
  let copied = 0;
  for (const operation of patch as unknown[]) {
    checkOperation(operation);
    if (operation.op === "copy") {
      copied += JSON.stringify(Pointer.fromJSON(operation.from).get(holder) ?? null).length;
      if (copied > MAX_JSON_PATCH_COPY) throw new PatchError("inapplicable", "the copies of the patch are too large");
    }
    const failure = failureOf(holder, operation);
    if (failure !== undefined) throw Object.assign(new PatchError("inapplicable", INAPPLICABLE_TEXT), { cause: failure });
  }
  return holder;
}

/** Applies one operation. The library throws where a path leads into a text or a number. */
function failureOf(holder: JsonObject, operation: Operation): Error | undefined {
  try {
    return applyPatch(holder, [cloneJson(operation)])[0] ?? undefined;
  } catch (error) {
    if (error instanceof TypeError) return error;
    throw error;
  }
}
