import type { KubeObject, ObjectMeta } from "#api/kubernetes/meta";
import { cloneJson, type FieldError, formatFieldErrors, isJsonObject, type JsonObject } from "#kube/apimachinery";
import { annotationErrors, labelErrors } from "../object-meta.ts";
import { REVIEW_VERSIONS } from "../registry/apiextensions/conversion.ts";
import { withoutVersion } from "../storage/codec.ts";

/** Why there is no object of the version that was asked for; the message is that of the refusal. */
export class ConversionError extends Error {}

export interface ConversionRequest {
  readonly uid: string;
  /** Of ConversionReview: `v1`. */
  readonly version: string;
  readonly desiredAPIVersion: string;
  /** At least one. */
  readonly objects: readonly KubeObject[];
}

/** The first one that is known. Source: apiextensions-apiserver pkg/apiserver/conversion/webhook_converter.go, createConversionReviewObjects. */
export function conversionReviewVersion(accepted: readonly string[]): string {
  const found = accepted.find((version) => REVIEW_VERSIONS.includes(version));
  if (found === undefined) throw new ConversionError("no supported conversion review versions");
  return found;
}

export function conversionReview({ uid, version, desiredAPIVersion, objects }: ConversionRequest): object {
  return {
    kind: "ConversionReview",
    apiVersion: `apiextensions.k8s.io/${version}`,
    request: { uid, desiredAPIVersion, objects: objects.map((object) => withoutVersion(object)) },
  };
}

/** The kind that is converted, as texts name it. */
export function convertedKind({ apiVersion = "", kind = "" }: KubeObject): string {
  return `${apiVersion}, Kind=${kind}`;
}

/**
 * The converted objects, in order, each with the metadata of the one that was sent but for labels and annotations.
 * @throws {ConversionError} Source: as above, getConvertedObjectsFromResponse, Convert.
 */
export function readConverted(answer: unknown, request: ConversionRequest): readonly KubeObject[] {
  const { objects } = request;
  const [first] = objects;
  if (first === undefined) return [];
  const who = `conversion webhook for ${convertedKind(first)}`;
  const converted = listOf(answer, request, (why) => new ConversionError(`${who} failed: ${why}`));
  if (converted.length !== objects.length)
    throw new ConversionError(`${who} returned ${converted.length} objects, expected ${objects.length}`);
  return objects.map((original, index) => checked(original, converted[index], request.desiredAPIVersion));
}

function listOf(answer: unknown, { uid, version }: ConversionRequest, failed: (why: string) => Error): readonly unknown[] {
  const { kind, apiVersion, response } = isJsonObject(answer) ? answer : {};
  if (typeof kind !== "string" || kind === "") throw failed(`Object 'Kind' is missing in '${JSON.stringify(answer)}'`);
  const expected = `apiextensions.k8s.io/${version}`;
  const other = REVIEW_VERSIONS.find((each) => each !== version && apiVersion === `apiextensions.k8s.io/${each}`);
  if (other !== undefined && kind === "ConversionReview")
    throw failed(`converting (${other}.ConversionReview) to (${version}.ConversionReview): unknown conversion`);
  if (version === "v1" && (kind !== "ConversionReview" || apiVersion !== expected))
    throw failed(`expected webhook response of ${expected}, Kind=ConversionReview, got ${textOf(apiVersion)}, Kind=${kind}`);
  if (!isJsonObject(response)) throw failed("no response provided");
  if (version === "v1" && response["uid"] !== uid)
    throw failed(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(textOf(response["uid"]))}`);
  const { status, message } = isJsonObject(response["result"]) ? response["result"] : {};
  if (status !== "Success")
    throw failed(typeof message === "string" && message !== "" ? message : `response.result.status was '${textOf(status)}', not 'Success'`);
  const { convertedObjects } = response;
  return Array.isArray(convertedObjects) ? convertedObjects : [];
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

function checked(original: KubeObject, converted: unknown, desiredAPIVersion: string): KubeObject {
  const who = `conversion webhook for ${convertedKind(original)}`;
  if (converted === null || converted === undefined) throw new ConversionError("unexpected end of JSON input");
  const { apiVersion, kind, metadata } = isJsonObject(converted) ? converted : {};
  if (!isJsonObject(converted) || typeof kind !== "string" || kind === "")
    throw new ConversionError(`Object 'Kind' is missing in '${JSON.stringify(converted)}'`);
  const refuse = (why: string): ConversionError => new ConversionError(`${who} returned invalid object${why}`);
  if (apiVersion !== desiredAPIVersion)
    throw refuse(` at index 0: invalid groupVersion (expected ${desiredAPIVersion}, received ${textOf(apiVersion)})`);
  if (kind !== original.kind) throw refuse(` at index 0: invalid kind (expected ${original.kind}, received ${kind})`);
  const meta = isJsonObject(metadata) ? metadata : {};
  for (const [field, name] of IDENTITY) {
    const [before, after] = [textOf(original.metadata[field]), textOf(meta[field])];
    if (before !== after) throw refuse(`: must have the same ${name}: ${before} != ${after}`);
  }
  return { ...converted, metadata: restored(original.metadata, metadata, who) };
}

const IDENTITY = [
  ["name", "name"],
  ["namespace", "namespace"],
  ["uid", "UID"],
] as const;

/** Source: as above, restoreObjectMeta. */
function restored(original: ObjectMeta, converted: unknown, who: string): ObjectMeta {
  const refuse = (why: string): ConversionError => new ConversionError(`${who} returned invalid metadata: ${why}`);
  if (converted === undefined) throw refuse("missing metadata in converted object");
  if (!isJsonObject(converted)) throw refuse(`invalid metadata of type ${goType(converted)} in converted object`);
  const { labels: _, annotations: __, ...kept } = original;
  const next: JsonObject = cloneJson(kept);
  for (const field of ["labels", "annotations"] as const) {
    const map = converted[field];
    if (map === undefined || map === null) continue;
    if (!isJsonObject(map)) throw refuse(`invalid metadata.${field} of type ${goType(map)} in converted object`);
    for (const [key, value] of Object.entries(map))
      if (typeof value !== "string")
        throw refuse(`metadata.${field}[${key}] must be a string, but is ${goType(value)} in converted object`);
    const errors = field === "labels" ? labelErrors(map as Record<string, string>) : annotationFaults(map as Record<string, string>);
    if (errors.length > 0) throw refuse(formatFieldErrors(errors));
    next[field] = map;
  }
  return next as unknown as ObjectMeta;
}

function annotationFaults(annotations: Readonly<Record<string, string>>): FieldError[] {
  return annotationErrors(annotations).map((error) => ({ ...error, field: "metadata.annotation" }));
}

/** Types that Go reads JSON as. Source: apimachinery pkg/util/json, Unmarshal. */
function goType(value: unknown): string {
  if (value === null) return "<nil>";
  if (Array.isArray(value)) return "[]interface {}";
  if (typeof value === "number") return Number.isInteger(value) ? "int64" : "float64";
  if (typeof value === "boolean") return "bool";
  return typeof value === "string" ? "string" : "map[string]interface {}";
}
