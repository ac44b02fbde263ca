import type { Core } from "../core.ts";
import { encodeOpenApiV2 } from "./openapi-v2-protobuf.ts";
import { type OpenApiDocument, openApiV3Documents } from "./openapi.ts";

/**
 * What kubectl up to 1.27 is answered. It asks for `…spec.v2@v1.0+protobuf`, which Go's own parser refuses in an answer.
 * Source: kube-openapi pkg/handler/handler.go, mimePb.
 */
export const OPENAPI_V2_TYPE = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

/** A schema, as far as this API writes them. */
export interface SchemaV2 {
  readonly description?: string;
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, SchemaV2>>;
  readonly additionalProperties?: SchemaV2;
  readonly items?: SchemaV2;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  /** Extensions. */
  readonly [extension: `x-${string}`]: unknown;
}

export interface ParameterV2 {
  readonly name: string;
  readonly in: "query" | "path";
  readonly type: string;
  readonly uniqueItems?: boolean;
  readonly required?: boolean;
}

export interface OperationV2 {
  readonly parameters?: readonly ParameterV2[];
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
  readonly [extension: `x-${string}`]: unknown;
}

export interface PathItemV2 {
  readonly get?: OperationV2;
  readonly put?: OperationV2;
  readonly post?: OperationV2;
  readonly patch?: OperationV2;
  readonly parameters?: readonly ParameterV2[];
}

/** All that is served, in OpenAPI v2. */
export interface DocumentV2 {
  readonly swagger: "2.0";
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, PathItemV2>>;
  readonly definitions: Readonly<Record<string, SchemaV2>>;
}

/** What an operation and its parameters are in v3, as `openapi.ts` writes them. */
interface OperationV3 extends Omit<OperationV2, "parameters"> {
  readonly parameters?: readonly { readonly name: string; readonly in: "query"; readonly schema: { readonly type: string } }[];
}

interface SchemaV3 extends Omit<SchemaV2, "properties" | "additionalProperties" | "items"> {
  readonly allOf?: readonly { readonly $ref: string }[];
  readonly oneOf?: readonly unknown[];
  readonly properties?: Readonly<Record<string, SchemaV3>>;
  readonly additionalProperties?: SchemaV3;
  readonly items?: SchemaV3;
}

const METHODS = ["get", "put", "post", "patch"] as const;

interface Kept {
  readonly version: string;
  readonly document: DocumentV2;
  bytes?: Buffer;
}

/** By the table of what is served, which is another one when a custom kind comes or goes. */
const kept = new WeakMap<object, Kept>();

/** The document at `/openapi/v2`, from the same types as v3. Source: kubernetes/kubernetes api/openapi-spec/swagger.json. */
export async function openApiV2(core: Core): Promise<DocumentV2> {
  return (await keptFor(core)).document;
}

/** The same as gnostic's message, which is what kubectl up to 1.27 reads. */
export async function openApiV2Protobuf(core: Core): Promise<Buffer> {
  const entry = await keptFor(core);
  return (entry.bytes ??= encodeOpenApiV2(entry.document));
}

async function keptFor(core: Core): Promise<Kept> {
  const { all } = core.resources;
  let entry = kept.get(all);
  if (entry?.version !== core.version) {
    entry = { version: core.version, document: build(core.version, await openApiV3Documents(core)) };
    kept.set(all, entry);
  }
  return entry;
}

function build(version: string, documents: readonly OpenApiDocument[]): DocumentV2 {
  const paths: Record<string, PathItemV2> = {};
  const definitions: Record<string, SchemaV2> = {};
  for (const document of documents) {
    for (const [path, item] of Object.entries(document.paths)) paths[path] = pathItem(path, item);
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      definitions[name] ??= schemaV2(schema as SchemaV3);
    }
  }
  return { swagger: "2.0", info: { title: "Kubernetes", version: `v${version}` }, paths, definitions };
}

function pathItem(path: string, item: Readonly<Partial<Record<(typeof METHODS)[number], OperationV3>>>): PathItemV2 {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  return {
    ...Object.fromEntries(METHODS.flatMap((method) => (item[method] === undefined ? [] : [[method, operation(item[method])]]))),
    ...(names.length > 0 && {
      parameters: names.map((name) => ({ name, in: "path", required: true, type: "string", uniqueItems: true }) as const),
    }),
  };
}

function operation({ parameters, ...rest }: OperationV3): OperationV2 {
  if (parameters === undefined) return rest;
  return { ...rest, parameters: parameters.map(({ name, schema: { type } }) => ({ name, in: "query", type, uniqueItems: true })) };
}

/**
 * A reference stands alone, and a value of several types is text. What may have fields beyond those named shows none, since
 * clients would take others for mistakes.
 * Source: kube-openapi pkg/openapiconv; apiextensions-apiserver pkg/controller/openapi/v2/conversion.go.
 */
function schemaV2({ $ref, allOf, oneOf, properties, additionalProperties, items, ...rest }: SchemaV3): SchemaV2 {
  const ref = $ref ?? allOf?.[0]?.$ref;
  const isOpen = rest["x-kubernetes-preserve-unknown-fields"] === true;
  return {
    ...(isOpen ? { ...rest, required: [] } : rest),
    ...(ref !== undefined && { $ref: ref.replace("#/components/schemas/", "#/definitions/") }),
    ...(oneOf !== undefined && { type: "string" }),
    ...(properties !== undefined &&
      !isOpen && { properties: Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, schemaV2(schema)])) }),
    ...(additionalProperties !== undefined && { additionalProperties: schemaV2(additionalProperties) }),
    ...(items !== undefined && { items: schemaV2(items) }),
  };
}
