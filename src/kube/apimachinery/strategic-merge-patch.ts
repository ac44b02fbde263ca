/**
 * Strategic merge patch: a JSON merge patch in which lists of objects are merged by a key of their items.
 *
 *     object {containers: [{name: a, image: x}, {name: b}]}
 *     patch  {containers: [{name: a, image: y}, {name: b, $patch: delete}], $setElementOrder/containers: [{name: a}]}
 *     result {containers: [{name: a, image: y}]}
 *
 * Source: apimachinery pkg/util/strategicpatch/patch.go, StrategicMergeMapPatch.
 */
import { MAX_PATCH_DEPTH } from "./json-merge-patch.ts";
import { cloneJson, equalJson, goKind, isJsonObject, type JsonObject, setKey } from "./json-values.ts";
import { orderItems, type ListItems, partition } from "./merge-order.ts";
import { PatchError } from "./patch-error.ts";
import type { PatchField, PatchType } from "./patch-schema.ts";

const DIRECTIVE = "$patch";
const RETAIN_KEYS = "$retainKeys";
const DELETE_FROM_LIST = "$deleteFromPrimitiveList/";
const SET_ELEMENT_ORDER = "$setElementOrder/";

const NO_RULES: PatchType = {};
const NO_RULE: PatchField = {};

function malformed(message: string): PatchError {
  return new PatchError("malformed", message);
}

function fieldRule(type: PatchType, key: string): PatchField {
  return Object.hasOwn(type, key) ? (type[key] ?? NO_RULE) : NO_RULE;
}

/** A patch value without nulls and without parts that carry a directive; undefined when nothing of it is left. */
function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDirectives).filter((item) => item !== undefined);
  if (!isJsonObject(value)) return value;
  if (Object.hasOwn(value, DIRECTIVE)) return undefined;
  const kept: JsonObject = {};
  for (const key of Object.keys(value)) {
    if (value[key] === null) continue;
    const item = withoutDirectives(value[key]);
    if (item !== undefined) setKey(kept, key, item);
  }
  return kept;
}

function applyRetainKeys(original: JsonObject, patch: JsonObject): void {
  const retained = patch[RETAIN_KEYS];
  if (retained === undefined) return;
  delete patch[RETAIN_KEYS];
  if (!Array.isArray(retained)) throw malformed("invalid patch format of retainKeys");
  const kept = new Set<unknown>(retained);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null || key.startsWith(DELETE_FROM_LIST) || key.startsWith(SET_ELEMENT_ORDER)) continue;
    if (!kept.has(key)) throw malformed("invalid patch format of retainKeys");
  }
  for (const key of Object.keys(original)) if (!kept.has(key)) delete original[key];
}

function asList(value: unknown, what: string): unknown[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw malformed(what);
  return value as unknown[];
}

/** The items of a patch's list must stand in the order of its `$setElementOrder` list, which must name them all. */
function checkOrder(patchItems: readonly unknown[], order: readonly unknown[], mergeKey: string | undefined): void {
  if (order.length === 0 || patchItems.length === 0) return;
  const named = patchItems.filter((item) => !(isJsonObject(item) && Object.hasOwn(item, DIRECTIVE)));
  let at = 0;
  for (const item of order) {
    const next = named[at];
    if (next === undefined) break;
    const same = mergeKey === undefined ? next === item : keyOf(next, mergeKey) === keyOf(item, mergeKey);
    if (same) at++;
  }
  if (at < named.length) {
    const lists = [patchItems, order].map((list) => JSON.stringify(list));
    throw malformed(`The order in patch list:\n${lists[0]}\n doesn't match $setElementOrder list:\n${lists[1]}\n`);
  }
}

function keyOf(item: unknown, mergeKey: string): unknown {
  if (!isJsonObject(item)) throw malformed(`expected a map[string]interface {}, but received a ${typeof item}`);
  if (!Object.hasOwn(item, mergeKey)) {
    throw malformed(`map: ${JSON.stringify(item)} does not contain declared merge key: ${mergeKey}`);
  }
  return item[mergeKey];
}

function applyElementOrders(original: JsonObject, patch: JsonObject, type: PatchType, depth: number): void {
  for (const directive of Object.keys(patch).filter((key) => key.startsWith(SET_ELEMENT_ORDER))) {
    const key = directive.slice(SET_ELEMENT_ORDER.length);
    const badFormat = "invalid patch format of setElementOrder list";
    const order = asList(patch[directive], badFormat) ?? [];
    delete patch[directive];
    if (patch[key] === null) continue;
    const live = asList(Object.hasOwn(original, key) ? original[key] : undefined, badFormat);
    const sent = asList(Object.hasOwn(patch, key) ? patch[key] : undefined, badFormat);
    const rule = fieldRule(type, key);
    checkOrder(sent ?? [], order, rule.mergeKey);
    if (live === undefined && sent === undefined) continue;
    let merged: unknown[];
    if (sent === undefined) merged = live ?? [];
    else if (live === undefined) merged = withoutDirectives(sent) as unknown[];
    else merged = mergeField(live, sent, rule, depth) as unknown[];
    checkItems(live ?? [], sent ?? []);
    const split = partition(merged, order, rule.mergeKey);
    setKey(original, key, orderItems(split, { patch: order, live: live ?? [] }, rule.mergeKey));
    delete patch[key];
  }
}

/** Items of a merged list are all objects or all plain values. */
function checkItems(...lists: readonly (readonly unknown[])[]): "objects" | "values" {
  const kinds = new Set(lists.flat().map((item) => (Array.isArray(item) ? "lists" : isJsonObject(item) ? "objects" : typeof item)));
  if (kinds.has("lists")) throw new PatchError("inapplicable", "lists of lists are not supported");
  if (kinds.size > 1) throw malformed(`list element types are not identical: ${JSON.stringify(lists)}`);
  return kinds.has("objects") ? "objects" : "values";
}

/** Takes out the items the patch deletes; with `$patch: replace` in the list, the patch's other items are all there is. */
function applyListDirectives(live: readonly unknown[], sent: readonly unknown[], mergeKey: string): ListItems {
  let kept = live;
  let replaced = false;
  const rest: unknown[] = [];
  for (const item of sent) {
    const directive = isJsonObject(item) ? item[DIRECTIVE] : undefined;
    if (directive === undefined) rest.push(item);
    else if (directive === "replace") replaced = true;
    else if (directive === "merge") throw malformed("merging lists cannot yet be specified in the patch");
    else if (directive !== "delete") throw malformed(`unknown patch type: ${JSON.stringify(directive)} in map: ${JSON.stringify(item)}`);
    else {
      const deleted = keyOf(item, mergeKey);
      kept = kept.filter((other) => !(isJsonObject(other) && other[mergeKey] === deleted));
    }
  }
  return replaced ? { patch: [], live: rest } : { patch: rest, live: kept };
}

function mergeObjects(live: readonly unknown[], sent: readonly unknown[], rule: PatchField, depth: number): unknown[] {
  const { mergeKey } = rule;
  if (mergeKey === undefined) throw malformed("cannot merge lists without merge key for type map");
  const items = applyListDirectives(live, sent, mergeKey);
  const merged = [...items.live];
  for (const item of items.patch) {
    const key = keyOf(item, mergeKey);
    const index = merged.findIndex((other) => isJsonObject(other) && other[mergeKey] === key);
    if (index === -1) merged.push(withoutDirectives(item));
    else merged[index] = mergeMap(merged[index] as JsonObject, item as JsonObject, rule.type ?? NO_RULES, depth + 1);
  }
  return orderItems(partition(merged, items.patch, mergeKey), items, mergeKey);
}

function mergeLists(live: readonly unknown[], sent: readonly unknown[], rule: PatchField, depth: number): unknown[] {
  if (live.length === 0 && sent.length === 0) return [];
  if (checkItems(live, sent) === "objects") return mergeObjects(live, sent, rule, depth);
  const merged = [...new Set([...live, ...sent])];
  return orderItems(partition(merged, sent, undefined), { patch: sent, live }, undefined);
}

function mergeField(live: unknown, sent: unknown, rule: PatchField, depth: number): unknown {
  if (isJsonObject(live) && isJsonObject(sent)) {
    return rule.strategy === "replace" ? sent : mergeMap(live, sent, rule.type ?? NO_RULES, depth + 1);
  }
  if (Array.isArray(live) && Array.isArray(sent)) return rule.strategy === "merge" ? mergeLists(live, sent, rule, depth) : sent;
  return withoutDirectives(sent);
}

function applyDirective(patch: JsonObject): JsonObject {
  const directive = patch[DIRECTIVE];
  if (directive === "delete") return {};
  if (directive !== "replace") throw malformed(`unknown patch type: ${JSON.stringify(directive)} in map: ${JSON.stringify(patch)}`);
  const { [DIRECTIVE]: _, ...rest } = patch;
  return rest;
}

function deleteFromList(original: JsonObject, key: string, sent: unknown): void {
  const deleted = asList(sent ?? undefined, "invalid patch format of primitive list");
  const live = Object.hasOwn(original, key) ? original[key] : undefined;
  if (deleted === undefined || !Array.isArray(live)) return;
  setKey(
    original,
    key,
    live.filter((item) => !deleted.some((other) => equalJson(item, other))),
  );
}

/** Merges `patch` into `original`; both are private copies and are changed. */
function mergeMap(original: JsonObject, patch: JsonObject, type: PatchType, depth: number): JsonObject {
  if (depth > MAX_PATCH_DEPTH) throw malformed(`patch is nested deeper than ${MAX_PATCH_DEPTH} levels`);
  if (Object.hasOwn(patch, DIRECTIVE)) return applyDirective(patch);
  applyRetainKeys(original, patch);
  applyElementOrders(original, patch, type, depth);
  for (const key of Object.keys(patch)) {
    const sent = patch[key];
    if (key.startsWith(DELETE_FROM_LIST)) deleteFromList(original, key.slice(DELETE_FROM_LIST.length), sent);
    else if (sent === null) delete original[key];
    else if (!Object.hasOwn(original, key)) {
      const added = withoutDirectives(sent);
      if (added !== undefined) setKey(original, key, added);
    } else {
      const merged = mergeField(original[key], sent, fieldRule(type, key), depth);
      if (merged === undefined) delete original[key];
      else setKey(original, key, merged);
    }
  }
  return original;
}

/**
 * Applies a strategic merge patch to a copy of `target`, which shares with it what the patch does not speak of.
 *
 * @param type The kind's rules, see {@link patchTypeOf}.
 * @throws {PatchError} when the patch is no object, nested too deeply, or its directives contradict the lists.
 */
export function applyStrategicMergePatch(target: JsonObject, patch: unknown, type: PatchType): JsonObject {
  if (patch === null) return cloneJson(target);
  if (!isJsonObject(patch)) throw malformed(`json: cannot unmarshal ${goKind(patch)} into Go value of type map[string]interface {}`);
  checkDepth(patch, 0);
  return mergeMap(copyFor(patch, target), cloneJson(patch), type, 0);
}

/** A copy whose fields are the target's own, but for those that the patch changes: a kubelet's patch of a status leaves the rest alone. */
function copyFor(patch: JsonObject, target: JsonObject): JsonObject {
  const fields = Object.keys(patch);
  if (fields.some((field) => field.startsWith("$"))) return cloneJson(target);
  const copy = { ...target };
  for (const field of fields) if (Object.hasOwn(target, field)) setKey(copy, field, cloneJson(target[field]));
  return copy;
}

function checkDepth(value: unknown, depth: number): void {
  if (depth > MAX_PATCH_DEPTH) throw malformed(`patch is nested deeper than ${MAX_PATCH_DEPTH} levels`);
  if (Array.isArray(value)) for (const item of value) checkDepth(item, depth + 1);
  else if (isJsonObject(value)) for (const item of Object.values(value)) checkDepth(item, depth + 1);
}
