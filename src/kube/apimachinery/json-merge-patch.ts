import { cloneJson, goKind, isJsonObject, type JsonObject, setKey } from "./json-values.ts";
import { PatchError } from "./patch-error.ts";

/** Objects inside objects that a patch may have; a deeper one is refused before it can exhaust the stack. */
export const MAX_PATCH_DEPTH = 200;

function merge(target: unknown, patch: unknown, depth: number): unknown {
  if (depth > MAX_PATCH_DEPTH) throw new PatchError("malformed", `patch is nested deeper than ${MAX_PATCH_DEPTH} levels`);
  if (!isJsonObject(patch)) return cloneJson(patch);
  const result: JsonObject = {};
  if (isJsonObject(target)) for (const key of Object.keys(target)) setKey(result, key, target[key]);
  for (const key of Object.keys(patch)) {
    const value = patch[key];
    if (value === null) delete result[key];
    else setKey(result, key, merge(Object.hasOwn(result, key) ? result[key] : undefined, value, depth + 1));
  }
  return result;
}

/**
 * Applies a JSON Merge Patch: objects are merged, null removes, everything else replaces. `target` is not changed; the
 * result may share parts with it that the patch does not touch.
 *
 * @throws {PatchError} when the patch is no object or nested too deeply.
 * Source: RFC 7386.
 */
export function applyJsonMergePatch(target: JsonObject, patch: unknown): JsonObject {
  if (patch === null) throw new PatchError("malformed", "Invalid JSON Patch");
  if (!isJsonObject(patch)) {
    const text = `error decoding patch: json: cannot unmarshal ${goKind(patch)} into Go value of type map[string]interface {}`;
    throw new PatchError("malformed", text);
  }
  return merge(target, patch, 0) as JsonObject;
}
