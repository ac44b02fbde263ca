import { createHash } from "node:crypto";
import { kindSchema, namedKinds, typeNamed, typesHash } from "#api/kubernetes/schema";
import { isReleaseAtLeast } from "#kube/apimachinery";
import type { Core } from "../core.ts";
import type { Kind, Published } from "../registry/kind.ts";
import { answersDeleted } from "../resources.ts";
import { catalogueOf, type GroupVersionKind, nameOf, type ServedGroup, type ServedVersion } from "./catalogue.ts";
import { type Descriptions, descriptions } from "./descriptions.ts";
import { customListSchema, customSchema, customSchemaV2, typeKind } from "./custom-schemas.ts";
import { openApiName, openApiSchemas } from "./openapi-schemas.ts";
import { operationsOf, type OperationsOptions, TYPES } from "./operations.ts";
import { type Call, type PathItem, pathItem } from "./path-items.ts";

/*
 * OpenAPI: which kinds there are, which calls they take, and what their fields are.
 */

const PREFIX = "/openapi/v3";

/** One group and version in OpenAPI v3. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  /** Operations by method, by path. */
  readonly paths: Readonly<Record<string, PathItem>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>>; readonly securitySchemes?: object };
}

/** A document, with the schemas that are others in OpenAPI v2; references in them are those of v3. */
interface Documented extends OpenApiDocument {
  readonly inV2: Readonly<Record<string, object>>;
}

/** The index at `/openapi/v3`, or the document of one group and version below it; undefined for other paths. */
export async function openApiV3Document(core: Core, path: string): Promise<object | undefined> {
  if (path === PREFIX) return index(core, await descriptions());
  if (!path.startsWith(`${PREFIX}/`)) return undefined;
  const found = groupVersions(core).find(({ name }) => path === `${PREFIX}/${name}`);
  if (found === undefined) return undefined;
  const { inV2: _, ...written } = document(core, found, await descriptions());
  return written;
}

/** The documents of all that is served. */
export async function openApiV3Documents(core: Core): Promise<readonly Documented[]> {
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
    // A document follows from what is served, from the version of Kubernetes, from the types, their words and what definitions say.
    const published = version.resources.map(({ name: plural }) => core.resources.find(group.name, version.version, plural)?.kind.published);
    const hash = createHash("sha256")
      .update(JSON.stringify([core.version, group.name, version, typesHash(), words.hash, published]))
      .digest("hex")
      .toUpperCase();
    paths[name] = { serverRelativeURL: `${PREFIX}/${name}?hash=${hash}` };
  }
  return { paths };
}

function document(core: Core, { group, version }: GroupVersion, words: Descriptions): Documented {
  const parts = version.resources.map((resource) => {
    const kind = core.resources.find(group.name, version.version, resource.name)?.kind;
    return partOf({ group, version, resource, words, release: core.version }, kind);
  });
  const isCustom = parts.length > 0 && parts.every((part) => part.isCustom);
  const common = isCustom ? CUSTOM_TYPES : COMMON_TYPES;
  const types = [...parts.flatMap((part) => part.types), ...common].map(typeNamed);
  const schemas: Record<string, object> = {
    ...openApiSchemas(types, words),
    [PATCH]: { description: words.of(PATCH), type: "object" },
    ...Object.assign({}, ...parts.map((part) => part.schemas)),
  };
  for (const [name, kind] of namedKinds()) {
    const schema = schemas[openApiName(name)];
    if (schema !== undefined) schemas[openApiName(name)] = { ...schema, "x-kubernetes-group-version-kind": [typeKind(kind)] };
  }
  const paths = Object.assign(
    isCustom ? {} : discoveryPath(group, version, core.version, words),
    ...parts.map((part) => part.paths),
  ) as OpenApiDocument["paths"];
  const info = isCustom ? CUSTOM_INFO : { title: "Kubernetes", version: infoVersion(core.version) };
  return {
    openapi: "3.0.0",
    info,
    paths: byName(paths),
    components: { schemas: byName(schemas), ...(!isCustom && { securitySchemes: SECURITY }) },
    inV2: Object.assign({}, ...parts.map((part) => part.v2 ?? {})) as Readonly<Record<string, object>>,
  };
}

/** Source: apiextensions-apiserver pkg/controller/openapi/builder/builder.go, getOpenAPIV3Config. */
const CUSTOM_INFO = { title: "Kubernetes CRD Swagger", version: "v0.1.0" };
const SECURITY = {
  BearerToken: { type: "apiKey", description: "Bearer Token authentication", name: "authorization", in: "header" },
};
const PATCH = "io.k8s.apimachinery.pkg.apis.meta.v1.Patch";
/** What documents have whatever is served. */
const CUSTOM_TYPES = ["meta.v1.ObjectMeta", "meta.v1.ListMeta", "meta.v1.DeleteOptions", "meta.v1.Status"];
const COMMON_TYPES = [...CUSTOM_TYPES, "meta.v1.APIResourceList", "meta.v1.WatchEvent"];

/** Of a release with minor versions of its own only from 1.34 on. Source: apiserver pkg/server/config.go, completeOpenAPIV3. */
function infoVersion(release: string): string {
  return isReleaseAtLeast(release, "1.34") ? release.split(".").slice(0, 2).join(".") : `v${release}`;
}

type PartOptions = Omit<OperationsOptions, "isCustom" | "answersDeleted" | "names">;

/** What one resource adds to a document. */
interface Part {
  readonly isCustom: boolean;
  /** Types that are described. */
  readonly types: readonly string[];
  readonly schemas: Readonly<Record<string, object>>;
  /** Of the schemas, those that are others in v2. */
  readonly v2?: Readonly<Record<string, object>>;
  readonly paths: Readonly<Record<string, PathItem>>;
}

function partOf(options: PartOptions, kind: Kind | undefined): Part {
  const { resource } = options;
  if (kind?.published !== undefined) return customPart(options, kind.published);
  const own = resource.kind;
  const list = { ...own, kind: `${own.kind}List` };
  const isKnown = typeOf(own) !== undefined;
  return {
    isCustom: false,
    types: [own, list, ...resource.subresources.map((each) => each.kind)].flatMap((each) => typeOf(each) ?? []),
    schemas: isKnown ? {} : { [schemaName(own)]: unknownFields(own) },
    paths: operationsOf({
      ...options,
      isCustom: false,
      answersDeleted: kind !== undefined && answersDeleted(kind),
      names: { item: schemaName(own), list: schemaName(list), of: schemaName },
    }),
  };
}

function customPart(options: PartOptions, published: Published): Part {
  const { resource, words } = options;
  const { kind, subresources } = resource;
  const [item, list] = [customName(kind), customName({ ...kind, kind: published.listKind })];
  const about = { published, kind, words };
  return {
    isCustom: true,
    types: subresources.flatMap((each) => (each.name === "scale" ? (typeOf(each.kind) ?? []) : [])),
    schemas: { [item]: customSchema(about), [list]: customListSchema(about, item) },
    v2: { [item]: customSchemaV2(about) },
    paths: operationsOf({ ...options, isCustom: true, answersDeleted: false, names: { item, list, of: schemaName } }),
  };
}

function typeOf({ group, version, kind }: GroupVersionKind): string | undefined {
  return kindSchema(group, version, kind)?.name;
}

/** The path that lists what a group and version has. */
function discoveryPath(group: ServedGroup, version: ServedVersion, release: string, words: Descriptions): Record<string, PathItem> {
  const path = `/${group.name === "" ? "api" : "apis"}/${nameOf(group, version)}/`;
  const answer = { schema: openApiName("meta.v1.APIResourceList"), types: TYPES, codes: [200] };
  const call: Call = { method: "get", verb: "get", id: "APIResources", description: "get available resources", parameters: [], answer };
  return { [path]: pathItem({ path, group: group.name, version: version.version, release, words, kind: "" }, [call]) };
}

function byName<T>(members: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(members).sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** `com.example.v1.Widget`. Source: apiextensions-apiserver pkg/controller/openapi/builder. */
function customName({ group, version, kind }: GroupVersionKind): string {
  return [...group.split(".").reverse(), version, kind].join(".");
}

function schemaName(own: GroupVersionKind): string {
  const type = typeOf(own);
  if (type !== undefined) return openApiName(type);
  const { group, version, kind } = own;
  return `io.k8s.api.${group === "" ? "core" : (group.split(".")[0] ?? group)}.${version}.${kind}`;
}

function unknownFields(kind: GroupVersionKind): object {
  return { type: "object", "x-kubernetes-group-version-kind": [typeKind(kind)], "x-kubernetes-preserve-unknown-fields": true };
}
