import type { ObjectSchema, Schema } from "#api/kubernetes/schema";
import type { KubeObject } from "#api/kubernetes/meta";
import { isJsonObject, type JsonObject, setKey } from "#kube/apimachinery";
import { schemaOf } from "./field-management.ts";
import type { Duplicates } from "./http/duplicates.ts";
import type { Resource } from "./resources.ts";
import { badRequest } from "./status.ts";
import { type Outcome, refusedPatch } from "./verbs/patch-refusals.ts";

/** What becomes of fields that the kind does not have. They are never stored. */
export interface FieldValidation {
  readonly directive: "Strict" | "Warn" | "Ignore";
  /** Members that came twice in the body. */
  readonly duplicates?: Duplicates | undefined;
  /** Tells the caller, beside the answer. */
  warn(text: string): void;
}

/** Unknown fields that one answer names. Source: apiserver pkg/endpoints/handlers/rest.go bounds warnings by their size, not by number. */
const MAX_NAMED = 64;

/**
 * The object without the fields that its kind does not have.
 * @throws {StatusError} BadRequest that names them, under `Strict`.
 * Source: apiserver pkg/endpoints/handlers/create.go; apimachinery pkg/runtime/error.go, NewStrictDecodingError.
 */
export function withKnownFields(resource: Resource, object: KubeObject, validation: FieldValidation | undefined): KubeObject {
  const { known, unknown } = split(resource, object, validation);
  const faults = [...strictDuplicates(validation, ""), ...unknown];
  if (faults.length === 0 || validation === undefined) return known;
  const { kind } = resource.kind;
  if (validation.directive === "Strict")
    throw badRequest(`${kind} in version "${resource.version}" cannot be handled as a ${kind}: ${strictText(faults)}`);
  warnOfDuplicates(validation, "");
  warnOf(validation, unknown);
  return known;
}

/**
 * The same for what a patch has made of an object.
 * @param outcome its `prefix` is what the words of members that come twice in the patch begin with.
 * @throws {StatusError} Invalid. Source: apiserver pkg/endpoints/handlers/patch.go, applyPatchToObject.
 */
export function withKnownFieldsPatched(
  resource: Resource,
  object: KubeObject,
  validation: FieldValidation | undefined,
  outcome: Outcome & { readonly prefix: "json patch " | "" },
): KubeObject {
  const { known, unknown } = split(resource, object, validation);
  const faults = [...strictDuplicates(validation, outcome.prefix), ...unknown];
  if (faults.length === 0 || validation === undefined) return known;
  if (validation.directive === "Strict") throw refusedPatch(outcome, strictText(faults));
  warnOfDuplicates(validation, outcome.prefix);
  warnOf(validation, unknown);
  return known;
}

/**
 * Sees to members that come twice in an applied configuration.
 * @throws {StatusError} BadRequest, under `Strict`. Source: apiserver pkg/endpoints/handlers/patch.go, applyPatcher.
 */
export function checkAppliedTwice(validation: FieldValidation | undefined): void {
  if (validation?.duplicates === undefined) return;
  const text = `error converting YAML to JSON: ${yamlText(validation.duplicates.texts)}`;
  if (validation.directive === "Strict") throw badRequest(`error strict decoding YAML: ${text}`);
  warnOf(validation, [text]);
}

function warnOf({ directive, warn }: FieldValidation, texts: readonly string[]): void {
  if (directive === "Warn") for (const text of texts) warn(text);
}

function warnOfDuplicates(validation: FieldValidation, prefix: string): void {
  warnOf(validation, validation.duplicates?.texts.map((text) => `${prefix}${text}`) ?? []);
}

/** How a refusal names them: those of YAML as one fault. */
function strictDuplicates(validation: FieldValidation | undefined, prefix: string): readonly string[] {
  const { duplicates } = validation ?? {};
  if (duplicates === undefined) return [];
  return duplicates.from === "yaml" ? [yamlText(duplicates.texts)] : duplicates.texts.map((text) => `${prefix}${text}`);
}

function yamlText(texts: readonly string[]): string {
  return `yaml: unmarshal errors:\n${texts.map((text) => `  ${text}`).join("\n")}`;
}

function split(
  resource: Resource,
  object: KubeObject,
  validation: FieldValidation | undefined,
): { readonly known: KubeObject; readonly unknown: readonly string[] } {
  const schema = validation === undefined ? undefined : schemaOf(resource);
  if (schema === undefined) return { known: object, unknown: [] };
  const unknown: string[] = [];
  const known = prunedObject(object as unknown as JsonObject, schema, { path: "", unknown }) as unknown as KubeObject;
  return { known, unknown: unknown.slice(0, MAX_NAMED).map((field) => `unknown field "${field}"`) };
}

function strictText(faults: readonly string[]): string {
  return `strict decoding error: ${faults.join(", ")}`;
}

interface Walk {
  readonly path: string;
  readonly unknown: string[];
}

function pruned(value: unknown, schema: Schema, walk: Walk): unknown {
  if (schema.kind === "object") return isJsonObject(value) ? prunedObject(value, schema, walk) : value;
  if (schema.kind === "map") return isJsonObject(value) && isDeep(schema.values) ? prunedValues(value, schema.values, walk) : value;
  if (schema.kind !== "list" || !Array.isArray(value) || !isDeep(schema.items)) return value;
  const items = value.map((item: unknown, index) => pruned(item, schema.items, { ...walk, path: `${walk.path}[${index}]` }));
  return items.every((item, index) => item === value[index]) ? value : items;
}

function isDeep({ kind }: Schema): boolean {
  return kind !== "scalar" && kind !== "any";
}

function prunedObject(value: JsonObject, schema: ObjectSchema, walk: Walk): JsonObject {
  const known: JsonObject = {};
  let isSame = true;
  for (const name of Object.keys(value)) {
    const next = schema.fields.get(name)?.schema ?? schema.others;
    const path = walk.path === "" ? name : `${walk.path}.${name}`;
    if (next === undefined) walk.unknown.push(path);
    const kept = next === undefined ? undefined : pruned(value[name], next, { ...walk, path });
    if (next !== undefined) setKey(known, name, kept);
    isSame &&= next !== undefined && kept === value[name];
  }
  return isSame ? value : known;
}

function prunedValues(value: JsonObject, values: Schema, walk: Walk): JsonObject {
  const known: JsonObject = {};
  for (const name of Object.keys(value)) setKey(known, name, pruned(value[name], values, { ...walk, path: `${walk.path}.${name}` }));
  return known;
}
