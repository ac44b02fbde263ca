import { isIP, SocketAddress } from "node:net";
import type { KubeObject, ObjectMeta, OwnerReference } from "#api/kubernetes/meta";
import {
  dns1035LabelErrors,
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  isJsonObject,
  labelValueErrors,
  qualifiedNameErrors,
} from "#kube/apimachinery";
import type { FieldError, Kind } from "./registry/kind.ts";
import type { Resource } from "./resources.ts";
import { badRequest } from "./status.ts";

/** Bytes of all annotations together. Source: apimachinery pkg/api/validation/objectmeta.go, TotalAnnotationSizeLimitB. */
const MAX_ANNOTATION_BYTES = 262_144;

/** Groups whose names are any path segment (`system:node`, `get:pods`). Source: pkg/apis/rbac/validation/validation.go. */
const FREELY_NAMED_GROUPS: ReadonlySet<string> = new Set(["rbac.authorization.k8s.io"]);

/**
 * A body as an object of the resource: a JSON object with metadata, of the kind and version that the path stands for.
 * @throws {StatusError} BadRequest. Source: apiserver pkg/endpoints/handlers/create.go and rest.go, transformDecodeError.
 */
export function asObject(resource: Pick<Resource, "kind" | "apiVersion">, body: unknown): KubeObject {
  const expected = resource.kind.kind;
  if (!isJsonObject(body)) throw badRequest(`the object provided is unrecognized (must be of type ${expected}): ${describe(body)}`);
  const { apiVersion, kind, metadata } = body;
  if (kind !== undefined && kind !== "" && kind !== expected)
    throw badRequest(`${textOf(kind)} in version "${versionOf(apiVersion ?? resource.apiVersion)}" cannot be handled as a ${expected}`);
  if (apiVersion !== undefined && apiVersion !== "" && apiVersion !== resource.apiVersion)
    throw badRequest(
      `the API version in the data (${textOf(apiVersion)}) does not match the expected API version (${resource.apiVersion})`,
    );
  if (metadata !== undefined && metadata !== null && !isJsonObject(metadata))
    throw badRequest(
      `${expected} in version "${versionOf(resource.apiVersion)}" cannot be handled as a ${expected}: metadata must be an object`,
    );
  if (isJsonObject(metadata)) checkMetaTypes(expected, versionOf(resource.apiVersion), metadata);
  return isJsonObject(metadata) ? (body as unknown as KubeObject) : { ...body, metadata: { name: "" } };
}

/** What was sent, by the names of fields under which it is stored. @throws {StatusError} BadRequest for another shape. */
export function asStored({ kind, version }: Resource, sent: KubeObject): KubeObject {
  if (kind.conversion === undefined) return sent;
  refuseMalformed({ kind, version }, sent);
  return kind.conversion.toStored(sent);
}

/** Checks an object that does not get its defaults. @throws {StatusError} BadRequest. */
export function refuseMalformed({ kind, version }: Pick<Resource, "kind" | "version">, object: KubeObject): void {
  const malformation = kind.malformation?.(object);
  if (malformation !== undefined)
    throw badRequest(`${kind.kind} in version "${version}" cannot be handled as a ${kind.kind}: ${malformation}`);
}

function versionOf(apiVersion: unknown): string {
  return textOf(apiVersion).split("/").at(-1) ?? "";
}

/** A value of a body as messages show it. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function describe(body: unknown): string {
  return body === undefined || body === null ? "the body is empty" : `the body is not an object but ${JSON.stringify(body).slice(0, 30)}`;
}

const TEXT_FIELDS = ["name", "generateName", "namespace", "uid", "resourceVersion"] as const;
const MAP_FIELDS = ["labels", "annotations"] as const;
const LIST_FIELDS = ["finalizers", "ownerReferences"] as const;

/** What follows relies on the types of these; Go's decoder refuses others in these words. */
function checkMetaTypes(kind: string, version: string, metadata: Record<string, unknown>): void {
  const refuse = (field: string, goType: string, value: unknown): never => {
    const found = Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;
    throw badRequest(
      `${kind} in version "${version}" cannot be handled as a ${kind}: json: cannot unmarshal ${found} into Go struct field ObjectMeta.metadata.${field} of type ${goType}`,
    );
  };
  for (const field of TEXT_FIELDS) {
    const value = metadata[field];
    if (value === null) delete metadata[field];
    else if (value !== undefined && typeof value !== "string") refuse(field, "string", value);
  }
  for (const field of MAP_FIELDS) {
    const value = metadata[field];
    if (value === null) delete metadata[field];
    else if (value !== undefined && !isTextMap(value))
      if (isJsonObject(value)) refuse(field, "string", firstOddValue(value));
      else refuse(field, "map[string]string", value);
  }
  for (const field of LIST_FIELDS) {
    const value = metadata[field];
    if (value === null) delete metadata[field];
    else if (value !== undefined && !Array.isArray(value)) refuse(field, "[]string", value);
  }
}

function isTextMap(value: unknown): boolean {
  if (!isJsonObject(value)) return false;
  for (const key in value) if (typeof value[key] !== "string") return false;
  return true;
}

function firstOddValue(map: Record<string, unknown>): unknown {
  return Object.values(map).find((value) => typeof value !== "string");
}

/** Checks what every kind's metadata must satisfy. Source: apimachinery pkg/api/validation/objectmeta.go. */
export function metadataErrors({ kind }: Resource, metadata: ObjectMeta): FieldError[] {
  const errors: FieldError[] = [];
  const { name, namespace, labels, annotations, finalizers } = metadata;
  if (name === "") errors.push({ type: "Required", field: "metadata.name", detail: "name or generateName is required" });
  else for (const detail of nameErrors(kind, name)) errors.push({ type: "Invalid", field: "metadata.name", value: name, detail });
  if (kind.namespaced && (namespace === undefined || namespace === "")) errors.push({ type: "Required", field: "metadata.namespace" });
  if (labels !== undefined) errors.push(...labelErrors(labels));
  if (annotations !== undefined) errors.push(...annotationErrors(annotations));
  errors.push(...ownerErrors(metadata.ownerReferences ?? []));
  for (const finalizer of finalizers ?? [])
    for (const detail of qualifiedNameErrors(finalizer))
      errors.push({ type: "Invalid", field: "metadata.finalizers", value: finalizer, detail });
  return kind.isCustom === true || !TYPED_GROUP.test(kind.group) ? errors : [...errors, ...finalizerErrors(finalizers ?? [])];
}

/** Source: apimachinery pkg/api/validation/objectmeta.go, validateOwnerReference. */
function ownerErrors(references: readonly Partial<OwnerReference>[]): FieldError[] {
  const at = (field: string, value: string | undefined, detail = "must not be empty"): FieldError[] =>
    value === undefined || value === "" ? [{ type: "Invalid", field: `metadata.ownerReferences.${field}`, value: "", detail }] : [];
  return references.flatMap(({ apiVersion, kind, name, uid }) => [
    ...at("apiVersion", apiVersion?.split("/").at(-1), "version must not be empty"),
    ...at("kind", kind),
    ...at("name", name),
    ...at("uid", uid),
  ]);
}

/** The core group's validation serves every group but those of servers that were separate programs. */
const TYPED_GROUP = /^(?!apiextensions\.k8s\.io$|apiregistration\.k8s\.io$)/;
const STANDARD_FINALIZERS: ReadonlySet<string> = new Set(["kubernetes", "orphan", "foregroundDeletion"]);

/** Source: pkg/apis/core/validation/validation.go, validateKubeFinalizerName. */
function finalizerErrors(finalizers: readonly string[]): FieldError[] {
  return finalizers.flatMap((value, index) => {
    if (value.includes("/") || STANDARD_FINALIZERS.has(value)) return [];
    const detail = "name is neither a standard finalizer name nor is it fully qualified";
    return [{ type: "Invalid", field: `metadata.finalizers[${index}]`, value, detail }];
  });
}

/** Core kinds whose names are DNS labels. Source: pkg/apis/core/validation/validation.go, ValidateNamespaceName, ValidateServiceName. */
const LABEL_NAMES: Readonly<Record<string, (name: string) => readonly string[]>> = {
  namespaces: dns1123LabelErrors,
  services: dns1035LabelErrors,
};

function nameErrors({ group, resource }: Pick<Kind, "group" | "resource">, name: string): readonly string[] {
  if (group === "networking.k8s.io" && resource === "ipaddresses") return addressErrors(name);
  const asLabel = group === "" ? LABEL_NAMES[resource] : undefined;
  if (asLabel !== undefined) return asLabel(name);
  if (!FREELY_NAMED_GROUPS.has(group)) return dns1123SubdomainErrors(name);
  if (name === "." || name === "..") return [`may not be '${name}'`];
  return ["/", "%"].filter((letter) => name.includes(letter)).map((letter) => `may not contain '${letter}'`);
}

/** Source: apimachinery pkg/util/validation/ip.go, IsValidIP. */
function addressErrors(name: string): readonly string[] {
  const family = isIP(name);
  if (family === 0) return ["must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"];
  const canonical = new SocketAddress({ address: name, family: family === 4 ? "ipv4" : "ipv6" }).address;
  return name === canonical ? [] : [`must be in canonical form (${JSON.stringify(canonical)})`];
}

/** Source: apimachinery pkg/apis/meta/v1/validation, ValidateLabels. */
export function labelErrors(labels: Readonly<Record<string, string>>): FieldError[] {
  const errors: FieldError[] = [];
  for (const key in labels) {
    for (const detail of qualifiedNameErrors(key)) errors.push({ type: "Invalid", field: "metadata.labels", value: key, detail });
    const value = labels[key] ?? "";
    for (const detail of labelValueErrors(value)) errors.push({ type: "Invalid", field: "metadata.labels", value, detail });
  }
  return errors;
}

/** Source: apimachinery pkg/api/validation/objectmeta.go, ValidateAnnotations. */
export function annotationErrors(annotations: Readonly<Record<string, string>>): FieldError[] {
  const errors: FieldError[] = [];
  let size = 0;
  for (const key in annotations) {
    const value = annotations[key] ?? "";
    size += key.length + value.length;
    for (const detail of qualifiedNameErrors(key.toLowerCase()))
      errors.push({ type: "Invalid", field: "metadata.annotations", value: key, detail });
  }
  if (size > MAX_ANNOTATION_BYTES)
    errors.push({ type: "TooLong", field: "metadata.annotations", detail: `may not be more than ${MAX_ANNOTATION_BYTES} bytes` });
  return errors;
}
