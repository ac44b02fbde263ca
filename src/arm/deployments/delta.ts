import { isObject } from "./template/template-function.ts";

/** A difference as a what-if shows it. Source: Azure/azure-rest-api-specs Microsoft.Resources, WhatIfPropertyChange. */
export interface PropertyChange {
  /** `sku.name`; an index in a list. */
  readonly path: string;
  readonly propertyChangeType: "Create" | "Delete" | "Modify" | "Array";
  readonly before?: unknown;
  readonly after?: unknown;
  readonly children?: readonly PropertyChange[];
}

/** What a resource will be like when `wanted` has been put on it: what it does not name stays. */
export function overlaid(present: unknown, wanted: unknown): unknown {
  if (isObject(present) && isObject(wanted)) {
    const merged: Record<string, unknown> = { ...present };
    for (const [key, value] of Object.entries(wanted)) {
      const name = Object.keys(present).find((candidate) => candidate.toLowerCase() === key.toLowerCase()) ?? key;
      merged[name] = overlaid(present[name], value);
    }
    return merged;
  }
  if (Array.isArray(present) && Array.isArray(wanted))
    return wanted.map((item, index) => overlaid(counterpart(present, item, index), item));
  return wanted;
}

/** The item of a list that another list's item stands for: the one of the same name, or else in the same place. */
function counterpart(items: readonly unknown[], item: unknown, index: number): unknown {
  if (!isObject(item) || typeof item.name !== "string") return items[index];
  return items.find((candidate) => isObject(candidate) && candidate.name === item.name);
}

/** The differences, objects member by member and lists item by item. */
export function deltaOf(before: unknown, after: unknown, path = ""): readonly PropertyChange[] {
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return names.flatMap((name) => deltaOf(before[name], after[name], path === "" ? name : `${path}.${name}`));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    const children = Array.from({ length }, (_, index) => itemChange(before[index], after[index], index)).flat();
    return children.length === 0 ? [] : [{ path, propertyChangeType: "Array", before, after, children }];
  }
  if (before === undefined) return after === undefined ? [] : [{ path, propertyChangeType: "Create", after }];
  if (after === undefined) return [{ path, propertyChangeType: "Delete", before }];
  return before === after ? [] : [{ path, propertyChangeType: "Modify", before, after }];
}

function itemChange(before: unknown, after: unknown, index: number): readonly PropertyChange[] {
  if (!isObject(before) || !isObject(after)) return deltaOf(before, after, String(index));
  const children = deltaOf(before, after);
  return children.length === 0 ? [] : [{ path: String(index), propertyChangeType: "Modify", children }];
}

/** The same value with the members of every object in alphabetical order. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}
