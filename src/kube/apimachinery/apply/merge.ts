import type { ListSchema, Schema } from "#api/kubernetes/schema";
import { type JsonObject, setKey } from "../json-values.ts";
import { byElement, elementOf, isEmpty, isWhole } from "./elements.ts";
import { fieldSchema, type PathElement } from "./field-set.ts";

/**
 * `applied` laid over `live`: nothing is removed, leaves of `applied` win, lists of objects and sets are joined in an order that
 * keeps both orders where that can be. Neither is changed; the result may share parts with both.
 * Source: structured-merge-diff typed/merge.go.
 */
export function mergeTyped(live: JsonObject, applied: JsonObject, schema: Schema): JsonObject {
  return (merged(live, applied, schema) ?? {}) as JsonObject;
}

function merged(left: unknown, right: unknown, schema: Schema): unknown {
  if (right === undefined) return left;
  if (left === undefined || isWhole(schema, right) || isWhole(schema, left) || (isEmpty(left) && isEmpty(right))) return right;
  if (schema.kind === "list") return mergedList(left as unknown[], right as unknown[], schema);
  const result: JsonObject = {};
  for (const [name, value] of Object.entries(left as JsonObject)) setKey(result, name, value);
  for (const [name, value] of Object.entries(right as JsonObject)) {
    const next = schema.kind === "object" ? fieldSchema(schema, name) : schema.kind === "map" ? schema.values : schema;
    setKey(result, name, merged(Object.hasOwn(result, name) ? result[name] : undefined, value, next));
  }
  return result;
}

/** Items of both lists: those of `right` in its order, those of `left` alone where they stood between them. */
function mergedList(left: readonly unknown[], right: readonly unknown[], schema: ListSchema): unknown[] {
  const [ours, theirs] = [byElement(schema, left), byElement(schema, right)];
  const [lefts, rights] = [left.map((item) => elementOf(schema, item)), right.map((item) => elementOf(schema, item))];
  const shared = rights.filter((element) => ours.has(element));
  const done = new Set<PathElement>();
  const out: unknown[] = [];
  const take = (element: PathElement): void => {
    done.add(element);
    const same = ours.get(element) ?? [];
    out.push(merged(same.length === 1 ? same[0] : undefined, theirs.get(element)?.[0], schema.items));
    if (shared[0] === element) shared.shift();
  };
  for (let l = 0, r = 0; l < lefts.length || r < rights.length;) {
    const [mine, other] = [lefts[l], rights[r]];
    if (mine !== undefined && other !== undefined) {
      if (mine === other) {
        take(mine);
        l++;
        r++;
        continue;
      }
      // Shared, and not the next of those that both have: it comes at its place in `right`.
      if (theirs.has(mine) && shared[0] !== undefined && shared[0] !== mine) {
        l++;
        continue;
      }
    }
    if (mine !== undefined && !theirs.has(mine)) {
      out.push(left[l++]);
      continue;
    }
    if (mine !== undefined && done.has(mine)) l++;
    if (other === undefined) continue;
    take(other);
    r++;
  }
  return out;
}
