import { applyPatch, type Operation, Pointer } from "rfc6902";
import { cloneJson, goKind, isJsonObject, type JsonObject } from "./json-values.ts";
import { INAPPLICABLE_TEXT, PatchError } from "./patch-error.ts";

/** Operations that one JSON patch may have; source: apiserver pkg/endpoints/handlers/patch.go, maxJSONPatchOperations. */
export const MAX_JSON_PATCH_OPERATIONS = 10_000;

/** Characters of JSON that the `copy` operations of one patch may add; source: apiserver pkg/server/config.go, JSONPatchMaxCopyBytes. */
export const MAX_JSON_PATCH_COPY = 3 * 1024 * 1024;

const OPERATIONS = ["add", "remove", "replace", "move", "copy", "test"];
/** Parts of a path that would reach into the runtime instead of the document. */
const UNSAFE_PATH = /(^|\/)(__proto__|constructor|prototype)(\/|$)/;

function undecodable(value: unknown, goType: string): PatchError {
  return new PatchError("malformed", `error decoding patch: json: cannot unmarshal ${goKind(value)} into Go value of type ${goType}`);
}

function checkOperation(operation: unknown): asserts operation is Operation {
  if (!isJsonObject(operation)) throw undecodable(operation, "handlers.jsonPatchOp");
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
  if (patch === null) return cloneJson(target);
  if (!Array.isArray(patch)) throw undecodable(patch, "[]handlers.jsonPatchOp");
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
    const plain = asStandard(holder, withSource(holder, cloneJson(operation)));
    return plain === undefined ? undefined : (applyPatch(holder, [plain])[0] ?? undefined);
  } catch (error) {
    if (error instanceof TypeError) return error;
    throw error;
  }
}

/** What an object does not have is copied as null. Source: evanphx/json-patch v4 patch.go, Patch.copy and partialDoc.get. */
function withSource(holder: JsonObject, operation: Operation): Operation {
  if (operation.op !== "copy") return operation;
  const { from, path } = operation;
  const at = from.lastIndexOf("/");
  const container: unknown = at === -1 ? undefined : Pointer.fromJSON(from.slice(0, at)).get(holder);
  const key = Pointer.fromJSON(from.slice(Math.max(at, 0))).tokens[1] ?? "";
  return isJsonObject(container) && !Object.hasOwn(container, key) ? { op: "add", path, value: null } : operation;
}

/**
 * The operation as RFC 6902 has it; undefined when nothing is left to do. Beyond it, Kubernetes counts negative indices from the
 * end, replaces what an object does not have, and finds null there.
 * Source: evanphx/json-patch v4 patch.go, partialArray and partialDoc.
 */
function asStandard(holder: JsonObject, operation: Operation): Operation | undefined {
  const { op, path } = operation;
  const at = path.lastIndexOf("/");
  if (at === -1) return operation;
  const container: unknown = Pointer.fromJSON(path.slice(0, at)).get(holder);
  const key = path.slice(at + 1);
  if (Array.isArray(container)) {
    if (op === "replace" && key === "-") throw new TypeError(`no item to replace: ${path}`);
    if (!/^-\d+$/.test(key)) return operation;
    const length = op === "add" || op === "copy" || op === "move" ? container.length + 1 : container.length;
    return { ...operation, path: `${path.slice(0, at)}/${length + Number(key)}` };
  }
  if (!isJsonObject(container) || Object.hasOwn(container, Pointer.fromJSON(`/${key}`).tokens[1] ?? "")) return operation;
  if (op === "replace") return { op: "add", path, value: operation.value as unknown };
  return op === "test" && operation.value === null ? undefined : operation;
}
