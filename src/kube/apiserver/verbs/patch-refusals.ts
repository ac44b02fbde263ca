import { StatusError } from "#api/kubernetes/status";
import { isJsonObject, type JsonObject } from "#kube/apimachinery";
import type { Resource } from "../resources.ts";
import { invalid } from "../status.ts";

/*
 * How results of patches are refused that are no objects of their kind: unlike bodies, and strategic patches unlike others, since
 * their results are never JSON. Source: apiserver pkg/endpoints/handlers/patch.go; apimachinery pkg/runtime/converter.go.
 */

/** A patch, and what it made of the object. */
export interface Outcome {
  readonly isStrategic: boolean;
  readonly body: unknown;
  readonly result: JsonObject;
}

/** Runs what decodes the result. @throws {StatusError} Invalid, of nothing, for what cannot be decoded. */
export function decoded<T>({ kind: { kind, isCustom }, version }: Resource, outcome: Outcome, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const head = `${kind} in version "${version}" cannot be handled as a ${kind}: `;
    if (!(error instanceof StatusError) || !error.message.startsWith(head) || isCustom === true) throw error;
    const text = error.message.slice(head.length);
    throw refusedPatch(outcome, outcome.isStrategic ? converterText(text) : text);
  }
}

/** The refusal of a patch for what it makes of an object. */
export function refusedPatch({ isStrategic, body, result }: Outcome, detail: string): StatusError {
  const value = isStrategic ? goText(body) : JSON.stringify(result);
  return invalid({ group: "", kind: "" }, "", [{ type: "Invalid", field: "patch", value, detail }]);
}

/** An object at a version that no release has; one at a version that is served is another matter. @throws {StatusError} Invalid. */
export function refuseUnknownVersion({ kind, apiVersion }: Resource, outcome: Outcome, isServed: (apiVersion: string) => boolean): void {
  const { apiVersion: asked } = outcome.result;
  if (outcome.isStrategic || kind.isCustom === true || typeof asked !== "string" || asked === "" || asked === apiVersion) return;
  if (isServed(asked)) return;
  // The place in Kubernetes' source where its scheme is made is a part of the text, as of 1.35.
  const scheme = 'in scheme "pkg/runtime/scheme.go:111"';
  throw refusedPatch(outcome, `no kind ${JSON.stringify(kind.kind)} is registered for version ${JSON.stringify(asked)} ${scheme}`);
}

const KINDS: Readonly<Record<string, string>> = { array: "slice", object: "map", number: "int64" };

/** What Go's converter says where its JSON decoder says that a value is of another type. */
function converterText(text: string): string {
  const [, found = "", type = ""] = /^json: cannot unmarshal (\w+)(?: \S+)? into Go struct field \S+ of type (\S+)$/.exec(text) ?? [];
  const from = KINDS[found] ?? found;
  if (type === "") return text;
  if (type.startsWith("[]")) return `cannot restore slice from ${from}`;
  if (type.startsWith("map[")) return `cannot restore map from ${from}`;
  return type.includes(".") ? `cannot restore struct from: ${from}` : `unrecognized type: ${type}`;
}

/** A value as Go's `%v` prints it. */
function goText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goText).join(" ")}]`;
  if (value === null || value === undefined) return "<nil>";
  if (!isJsonObject(value)) return typeof value === "string" ? value : JSON.stringify(value);
  const names = Object.keys(value).sort((left, right) => (left < right ? -1 : 1));
  return `map[${names.map((name) => `${name}:${goText(value[name])}`).join(" ")}]`;
}
