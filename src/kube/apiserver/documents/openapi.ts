import { createHash } from "node:crypto";
import { kindSchema, namedKinds, type ObjectSchema, typeNamed, typesHash } from "#api/kubernetes/schema";
import type { Core } from "../core.ts";
import { catalogueOf, type GroupVersionKind, nameOf, type ServedGroup, type ServedResource, type ServedVersion } from "./catalogue.ts";
import { type Descriptions, descriptions } from "./descriptions.ts";
import { openApiName, openApiSchemas, unnamedSchema } from "./openapi-schemas.ts";

/*
 * OpenAPI as far as clients ask it: which parameters a PATCH of a kind takes, that a kind exists, and what its fields are.
 */

const PREFIX = "/openapi/v3";

/** One group and version in OpenAPI v3. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  /** Operations by method, by path. */
  readonly paths: Readonly<Record<string, object>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

/** The index at `/openapi/v3`, or the document of one group and version below it; undefined for other paths. */
export async function openApiV3Document(core: Core, path: string): Promise<object | undefined> {
  if (path === PREFIX) return index(core, await descriptions());
  if (!path.startsWith(`${PREFIX}/`)) return undefined;
  const found = groupVersions(core).find(({ name }) => path === `${PREFIX}/${name}`);
  return found === undefined ? undefined : document(core, found, await descriptions());
}

/** The documents of all that is served. */
export async function openApiV3Documents(core: Core): Promise<readonly OpenApiDocument[]> {
  const words = await descriptions();
  return groupVersions(core).map((each) => document(core, each, words));
}

interface GroupVersion {
  /** `api/v1`, `apis/apps/v1`. */
  readonly name: string;
  readonly group: ServedGroup;
  readonly version: ServedVersion;
}

function groupVersions(core: Core): readonly GroupVersion[] {
  return catalogueOf(core.resources).flatMap((group) =>
    group.versions.map((version) => ({ name: `${group.name === "" ? "api" : "apis"}/${nameOf(group, version)}`, group, version })),
  );
}

/** Clients keep a document under its hash, so the address changes when the document does. */
function index(core: Core, words: Descriptions): object {
  const paths: Record<string, object> = {};
  for (const { name, group, version } of groupVersions(core)) {
    // A document follows from what is served, from the version of Kubernetes, from the types and from their words.
    const hash = createHash("sha256")
      .update(JSON.stringify([core.version, group.name, version, typesHash(), words.hash]))
      .digest("hex")
      .toUpperCase();
    paths[name] = { serverRelativeURL: `${PREFIX}/${name}?hash=${hash}` };
  }
  return { paths };
}

function document(core: Core, { group, version }: GroupVersion, words: Descriptions): OpenApiDocument {
  const paths: Record<string, object> = {};
  const types: ObjectSchema[] = [];
  const schemas: Record<string, object> = {};
  for (const resource of version.resources) {
    const collection = pathOf(group, version, resource);
    if (resource.verbs.includes("patch")) paths[`${collection}/{name}`] = itemPath(resource.kind);
    paths[collection] = collectionPath(resource);
    const custom = core.resources.find(group.name, version.version, resource.name)?.kind.schema;
    const schema = kindSchema(resource.kind.group, resource.kind.version, resource.kind.kind);
    if (custom !== undefined) {
      schemas[customName(resource.kind)] = {
        ...unnamedSchema(custom, (field) => words.of(EVERY_KIND, field)),
        "x-kubernetes-group-version-kind": [resource.kind],
      };
      types.push(typeNamed("meta.v1.ObjectMeta"));
    } else if (schema === undefined) schemas[schemaName(resource.kind)] = unknownFields(resource.kind);
    else types.push(schema);
  }
  Object.assign(schemas, openApiSchemas(types, words));
  for (const [name, kind] of namedKinds()) {
    const schema = schemas[openApiName(name)];
    if (schema !== undefined) schemas[openApiName(name)] = { ...schema, "x-kubernetes-group-version-kind": [kind] };
  }
  return { openapi: "3.0.0", info: { title: "Kubernetes", version: `v${core.version}` }, paths, components: { schemas } };
}

/** A kind whose apiVersion, kind and metadata are described as custom kinds' are. Source: apiextensions-apiserver pkg/controller/openapi/builder. */
const EVERY_KIND = "core.v1.Pod";

function pathOf(group: ServedGroup, version: ServedVersion, { name, namespaced }: ServedResource): string {
  return `/${group.name === "" ? "api" : "apis"}/${nameOf(group, version)}${namespaced ? "/namespaces/{namespace}" : ""}/${name}`;
}

const parameter = (name: string, type = "string"): object => ({ name, in: "query", schema: { type, uniqueItems: true } });

/** `fieldValidation` tells clients to leave the check of fields to the server, `dryRun` that a dry run is one. */
const WRITE_PARAMETERS = [parameter("dryRun"), parameter("fieldManager"), parameter("fieldValidation")];

function itemPath(kind: GroupVersionKind): object {
  const gvk = { "x-kubernetes-group-version-kind": kind };
  const responses = { 200: { description: "OK" } };
  return {
    get: { ...gvk, "x-kubernetes-action": "get", responses },
    put: { ...gvk, "x-kubernetes-action": "put", parameters: WRITE_PARAMETERS, responses },
    patch: { ...gvk, "x-kubernetes-action": "patch", parameters: [...WRITE_PARAMETERS, parameter("force", "boolean")], responses },
  };
}

function collectionPath({ kind, verbs }: ServedResource): object {
  const gvk = { "x-kubernetes-group-version-kind": kind };
  const responses = { 200: { description: "OK" } };
  return {
    ...(verbs.includes("list") ? { get: { ...gvk, "x-kubernetes-action": "list", responses } } : {}),
    ...(verbs.includes("create") ? { post: { ...gvk, "x-kubernetes-action": "post", parameters: WRITE_PARAMETERS, responses } } : {}),
  };
}

/** `com.example.v1.Widget`. Source: apiextensions-apiserver pkg/controller/openapi/builder. */
function customName({ group, version, kind }: GroupVersionKind): string {
  return [...group.split(".").reverse(), version, kind].join(".");
}

function schemaName({ group, version, kind }: GroupVersionKind): string {
  return `io.k8s.api.${group === "" ? "core" : (group.split(".")[0] ?? group)}.${version}.${kind}`;
}

function unknownFields(kind: GroupVersionKind): object {
  return { type: "object", "x-kubernetes-group-version-kind": [kind], "x-kubernetes-preserve-unknown-fields": true };
}
