import { isJsonObject } from "../json-values.ts";
import { type FieldSet, fromFieldsV1, isEmptySet, toFieldsV1, union } from "./field-set.ts";

/** One entry of `metadata.managedFields`. */
export interface ManagedFieldsEntry {
  readonly manager?: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  readonly time?: string;
  readonly fieldsType: "FieldsV1";
  readonly fieldsV1?: unknown;
  readonly subresource?: string;
}

/** Who set fields, and which. */
export interface Manager {
  readonly name: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  /** Empty for writes of the object itself. */
  readonly subresource: string;
  /** RFC 3339, in seconds. */
  readonly time: string | undefined;
  readonly fields: FieldSet;
}

/** Managers of an object by {@link managerKey}. Never changed: every step makes another. */
export type Managers = ReadonlyMap<string, Manager>;

export const noManagers: Managers = new Map();

/**
 * What tells managers apart: an applier is the same at every version of the API, an updater is not.
 * Source: apimachinery pkg/util/managedfields/internal/managedfields.go, BuildManagerIdentifier.
 */
export function managerKey({
  name,
  operation,
  apiVersion,
  subresource,
}: Pick<Manager, "name" | "operation" | "apiVersion" | "subresource">): string {
  return JSON.stringify([name, operation, operation === "Apply" ? "" : apiVersion, subresource]);
}

/** Reads `metadata.managedFields`; undefined when there is anything in it that is no entry. */
export function readManagers(entries: unknown): Managers | undefined {
  if (entries === undefined || entries === null) return noManagers;
  if (!Array.isArray(entries)) return undefined;
  const managers = new Map<string, Manager>();
  for (const entry of entries) {
    const manager = readEntry(entry);
    if (manager === undefined) return undefined;
    managers.set(managerKey(manager), manager);
  }
  return managers;
}

function readEntry(entry: unknown): Manager | undefined {
  if (!isJsonObject(entry)) return undefined;
  const { manager = "", operation, apiVersion, subresource = "", time, fieldsType, fieldsV1 = {} } = entry;
  if (typeof manager !== "string" || typeof subresource !== "string" || (operation !== "Apply" && operation !== "Update")) return undefined;
  if (typeof apiVersion !== "string" || apiVersion === "" || fieldsType !== "FieldsV1") return undefined;
  const fields = fromFieldsV1(fieldsV1 ?? {});
  if (fields === undefined) return undefined;
  return { name: manager, operation, apiVersion, subresource, time: typeof time === "string" ? time : undefined, fields };
}

/** As `metadata.managedFields` has it: appliers first, then by time, name, version and subresource. */
export function writeManagers(managers: Managers): readonly ManagedFieldsEntry[] | undefined {
  if (managers.size === 0) return undefined;
  return [...managers.values()].sort(byPlace).map(({ name, operation, apiVersion, subresource, time, fields }) => ({
    ...(name !== "" && { manager: name }),
    operation,
    apiVersion,
    ...(time !== undefined && { time }),
    fieldsType: "FieldsV1" as const,
    fieldsV1: toFieldsV1(fields),
    ...(subresource !== "" && { subresource }),
  }));
}

function byPlace(a: Manager, b: Manager): number {
  return (
    compareTexts(a.operation, b.operation) ||
    compareTexts(a.time ?? "", b.time ?? "") ||
    compareTexts(a.name, b.name) ||
    compareTexts(a.apiVersion, b.apiVersion) ||
    compareTexts(a.subresource, b.subresource)
  );
}

function compareTexts(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** The managers with one of them set, or gone when it has no field left. */
export function withManager(managers: Managers, manager: Manager): Managers {
  const next = new Map(managers);
  const key = managerKey(manager);
  if (isEmptySet(manager.fields)) next.delete(key);
  else next.set(key, manager);
  return next;
}

/** Managers of updates that an object keeps apart. Source: …/internal/fieldmanager.go, DefaultMaxUpdateManagers. */
const MAX_UPDATERS = 10;
const ANCIENT = "ancient-changes";

/** Joins the oldest updaters of a version when there are too many. Source: …/internal/capmanagers.go. */
export function cappedUpdaters(managers: Managers): Managers {
  const updaters = [...managers].filter(([, { operation }]) => operation === "Update");
  if (updaters.length <= MAX_UPDATERS) return managers;
  updaters.sort(([x, a], [y, b]) => compareTexts(a.time ?? "", b.time ?? "") || compareTexts(x, y));
  const next = new Map(managers);
  const firstOf = new Map<string, string>();
  let left = updaters.length;
  for (const [key, manager] of updaters) {
    if (left <= MAX_UPDATERS) break;
    const { apiVersion } = manager;
    const first = firstOf.get(apiVersion);
    if (first === undefined) {
      firstOf.set(apiVersion, key);
      continue;
    }
    const bucket: Omit<Manager, "fields" | "time"> = { name: ANCIENT, operation: "Update", apiVersion, subresource: "" };
    const bucketKey = managerKey(bucket);
    const older = next.get(bucketKey) ?? next.get(first);
    if (older === undefined) continue;
    next.delete(first);
    next.delete(key);
    next.set(bucketKey, { ...bucket, time: manager.time, fields: union(older.fields, manager.fields) });
    left--;
  }
  return next;
}
