import type { Schema } from "#api/kubernetes/schema";
import { equalJson, type JsonObject } from "../json-values.ts";
import {
  difference,
  eachPath,
  emptyFieldSet,
  type FieldSet,
  fieldSetOf,
  intersection,
  isEmptySet,
  type PathElement,
  recursiveDifference,
  union,
  withNamedFields,
} from "./field-set.ts";
import { type Manager, type Managers, managerKey, withManager } from "./managed-fields.ts";
import { mergeTyped } from "./merge.ts";
import { type Comparison, compareFields, fieldsOf, withoutFields } from "./typed.ts";

/*
 * Who manages which field after a write. Versions of a kind have the same fields, unless a webhook converts them: see
 * `withoutFieldsOf`. Source: structured-merge-diff merge/update.go.
 */

/** A field that an applier sets and somebody else manages with another value. */
export interface Conflict {
  readonly manager: Manager;
  readonly path: readonly PathElement[];
}

export interface Write {
  readonly schema: Schema;
  readonly managers: Managers;
  /** Whoever writes. */
  readonly as: Pick<Manager, "name" | "operation" | "apiVersion" | "subresource">;
  /** Paths that this way of writing cannot set: the status of an object, what is not the status of its `/status`. */
  readonly ignored: FieldSet;
  readonly time: string;
}

/** Fields that nobody manages. Source: apimachinery pkg/util/managedfields/internal/stripmeta.go. */
const unmanaged = fieldSetOf(
  ["f:apiVersion"],
  ["f:kind"],
  ["f:metadata"],
  ...["name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation", "managedFields", "resourceVersion"].map(
    (name) => ["f:metadata", `f:${name}`],
  ),
);

/** Who manages what after `next` has taken the place of `live` by an update, a patch or a creation (from `{}`). */
export function managersAfterUpdate(write: Write, live: JsonObject, next: JsonObject): Managers {
  const comparison = without(compareFields(live, next, write.schema), write.ignored);
  const others = withoutLost(write.managers, comparison, undefined);
  const set = recursiveDifference(union(comparison.modified, comparison.added), write.ignored);
  const fields = difference(set, unmanaged);
  if (isEmptySet(fields)) return others;
  const before = others.get(managerKey(write.as));
  const all = before === undefined ? fields : union(fields, before.fields);
  return withManager(others, { ...write.as, time: write.time, fields: all });
}

/** What an applied configuration makes of an object. */
export type Applied =
  | { readonly kind: "conflicts"; readonly conflicts: readonly Conflict[] }
  | { readonly kind: "same"; readonly managers: Managers }
  | { readonly kind: "changed"; readonly object: JsonObject; readonly managers: Managers };

/** Lays `config` over `live`, and removes what this applier set last time, does not set any more, and nobody else manages. */
export function applyConfig(write: Write, live: JsonObject, config: JsonObject, force: boolean): Applied {
  const { schema, as } = write;
  const key = managerKey(as);
  const last = write.managers.get(key);
  const set = recursiveDifference(fieldsOf(config, schema), write.ignored);
  const applier: Manager = { ...as, time: write.time, fields: set };
  const managers = new Map(write.managers).set(key, applier);
  const merged = mergeTyped(live, config, schema);
  const object = last === undefined ? merged : pruned(merged, { schema, last: last.fields, managed: allFields(managers) });
  const comparison = without(compareFields(live, object, schema), write.ignored);
  const conflicts = force ? [] : conflictsOf(managers, comparison, key);
  if (conflicts.length > 0) return { kind: "conflicts", conflicts };
  const next = withManager(withoutLost(managers, comparison, key), { ...applier, fields: difference(set, unmanaged) });
  if (!equalJson(live, object)) return { kind: "changed", object, managers: next };
  // What changes nothing keeps the time of the last change.
  const time = last?.time;
  const kept = next.get(key);
  return { kind: "same", managers: kept === undefined ? next : withManager(next, { ...kept, time }) };
}

function without(comparison: Comparison, ignored: FieldSet): Comparison {
  if (isEmptySet(ignored)) return comparison;
  const { removed, modified, added } = comparison;
  return {
    removed: recursiveDifference(removed, ignored),
    modified: recursiveDifference(modified, ignored),
    added: recursiveDifference(added, ignored),
  };
}

/** Fields of a kind that differ between two states of an object. */
export function changedBetween(live: JsonObject, next: JsonObject, schema: Schema): FieldSet {
  const { removed, modified, added } = compareFields(live, next, schema);
  return union(removed, union(modified, added));
}

/** Managers at a version lose fields, which are named as that version does. */
export function withoutFieldsOf(managers: Managers, apiVersion: string, fields: FieldSet): Managers {
  let next = managers;
  for (const manager of managers.values())
    if (manager.apiVersion === apiVersion)
      next = withManager(next, { ...manager, fields: difference(manager.fields, intersection(manager.fields, fields)) });
  return next;
}

/** Others lose what was changed under them, and what is gone. */
function withoutLost(managers: Managers, { removed, modified, added }: Comparison, writer: string | undefined): Managers {
  const changed = union(modified, added);
  let next = managers;
  for (const [key, manager] of managers) {
    if (key === writer) continue;
    const fields = difference(difference(manager.fields, intersection(manager.fields, changed)), removed);
    next = withManager(next, { ...manager, fields });
  }
  return next;
}

function conflictsOf(managers: Managers, { modified, added }: Comparison, writer: string): readonly Conflict[] {
  const changed = union(modified, added);
  const conflicts: Conflict[] = [];
  for (const [key, manager] of managers) {
    if (key === writer) continue;
    eachPath(intersection(manager.fields, changed), (path) => conflicts.push({ manager, path }));
  }
  return conflicts;
}

function allFields(managers: Managers): FieldSet {
  return [...managers.values()].reduce((all, { fields }) => union(all, fields), emptyFieldSet);
}

/** Removes what only the last set of the applier holds: neither its new one, nor another manager's. */
function pruned(
  merged: JsonObject,
  { schema, last, managed }: { readonly schema: Schema; readonly last: FieldSet; readonly managed: FieldSet },
): JsonObject {
  const named = (set: FieldSet): FieldSet => withNamedFields(set, schema);
  const all = named(fieldsOf(merged, schema));
  const first = withoutFields(merged, named(last), schema);
  const owned = difference(all, union(named(fieldsOf(first, schema)), named(managed)));
  const second = withoutFields(merged, owned, schema);
  const dangling = difference(all, named(fieldsOf(second, schema)));
  return withoutFields(merged, intersection(dangling, named(last)), schema);
}
