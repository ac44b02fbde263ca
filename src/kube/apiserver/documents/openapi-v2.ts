import type { Core } from "../core.ts";
import { encodeOpenApiV2 } from "./openapi-v2-protobuf.ts";
import { openApiV3Documents } from "./openapi.ts";
import { type Method, METHODS, type Operation, type Parameter, type PathItem } from "./path-items.ts";

/**
 * What kubectl up to 1.27 is answered. It asks for `…spec.v2@v1.0+protobuf`, which Go's own parser refuses in an answer.
 * Source: kube-openapi pkg/handler/handler.go, mimePb.
 */
export const OPENAPI_V2_TYPE = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

/** A schema: members of JSON schema, references and extensions. */
export interface SchemaV2 {
  readonly $ref?: string;
  readonly description?: string;
  readonly type?: string;
  readonly format?: string;
  readonly title?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, SchemaV2>>;
  readonly additionalProperties?: SchemaV2 | boolean;
  readonly items?: SchemaV2;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly multipleOf?: number;
  readonly maximum?: number;
  readonly minimum?: number;
  readonly exclusiveMaximum?: boolean;
  readonly exclusiveMinimum?: boolean;
  readonly maxLength?: number;
  readonly minLength?: number;
  readonly maxItems?: number;
  readonly minItems?: number;
  readonly maxProperties?: number;
  readonly minProperties?: number;
  readonly uniqueItems?: boolean;
  /** Extensions. */
  readonly [extension: `x-${string}`]: unknown;
}

export type ParameterV2 =
  | { readonly name: "body"; readonly in: "body"; readonly required?: true; readonly schema: SchemaV2 }
  | {
      readonly uniqueItems: true;
      readonly type: string;
      readonly description?: string;
      readonly name: string;
      readonly in: "query" | "path";
      readonly required?: true;
    };

export interface OperationV2 {
  readonly description: string;
  readonly consumes: readonly string[];
  readonly produces: readonly string[];
  readonly schemes: readonly string[];
  readonly tags: readonly string[];
  readonly operationId: string;
  readonly parameters?: readonly ParameterV2[];
  readonly responses: Readonly<Record<string, { readonly description: string; readonly schema?: SchemaV2 }>>;
  readonly [extension: `x-${string}`]: unknown;
}

/** Operations by method. */
export type PathItemV2 = Partial<Readonly<Record<Method, OperationV2>>> & { readonly parameters?: readonly ParameterV2[] };

/** All that is served, in OpenAPI v2. */
export interface DocumentV2 {
  readonly swagger: "2.0";
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, PathItemV2>>;
  readonly definitions: Readonly<Record<string, SchemaV2>>;
  readonly securityDefinitions: object;
  readonly security: readonly object[];
}

interface SchemaV3 extends Omit<SchemaV2, "properties" | "additionalProperties" | "items"> {
  readonly allOf?: readonly { readonly $ref: string }[];
  readonly oneOf?: readonly unknown[];
  readonly properties?: Readonly<Record<string, SchemaV3>>;
  readonly additionalProperties?: SchemaV3 | boolean;
  readonly items?: SchemaV3;
}

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
    entry = { version: core.version, document: build(await openApiV3Documents(core)) };
    kept.set(all, entry);
  }
  return entry;
}

function build(documents: Awaited<ReturnType<typeof openApiV3Documents>>): DocumentV2 {
  const paths: Record<string, PathItemV2> = {};
  const definitions: Record<string, SchemaV2> = {};
  for (const { paths: served, components, inV2 } of documents) {
    for (const [path, item] of Object.entries(served)) paths[path] = pathItem(item);
    for (const [name, schema] of Object.entries(components.schemas)) definitions[name] ??= schemaV2((inV2[name] ?? schema) as SchemaV3);
  }
  const BearerToken = { description: "Bearer Token authentication", type: "apiKey", name: "authorization", in: "header" };
  const info = documents.find(({ info: { title } }) => title === "Kubernetes")?.info ?? { title: "Kubernetes", version: "unversioned" };
  return { swagger: "2.0", info, paths, definitions, securityDefinitions: { BearerToken }, security: [{ BearerToken: [] }] };
}

function pathItem({ parameters, ...operations }: PathItem): PathItemV2 {
  return {
    ...Object.fromEntries(
      METHODS.flatMap((method) => (operations[method] === undefined ? [] : [[method, operation(operations[method])] as const])),
    ),
    ...(parameters !== undefined && { parameters: parameters.map(parameter) }),
  };
}

const PROTOBUF = "application/vnd.kubernetes.protobuf";
/** Media types in the order in which v2 names them. */
const MEDIA_TYPES = [
  "application/json",
  "application/yaml",
  PROTOBUF,
  "application/json;stream=watch",
  `${PROTOBUF};stream=watch`,
  "application/json-patch+json",
  "application/merge-patch+json",
  "application/strategic-merge-patch+json",
  "application/apply-patch+yaml",
];

function inOrder(types: readonly string[]): readonly string[] {
  return [...types].sort((left, right) => MEDIA_TYPES.indexOf(left) - MEDIA_TYPES.indexOf(right));
}

/** What calls take and answer is said once, and a body is a parameter. Source: kube-openapi pkg/builder/openapi.go. */
function operation({ tags, description, operationId, parameters = [], requestBody, responses, ...extensions }: Operation): OperationV2 {
  const body = Object.values(requestBody?.content ?? {})[0];
  const required = requestBody?.required === true ? { required: true as const } : {};
  const taken: ParameterV2[] = [
    ...(body === undefined ? [] : [{ name: "body", in: "body", ...required, schema: schemaV2(body.schema) } as const]),
    ...parameters.map(parameter),
  ];
  const answers = Object.entries(responses).map(([code, { description: about, content = {} }]) => {
    const [answer] = Object.values(content);
    return [code, { description: about, ...(answer !== undefined && { schema: schemaV2(answer.schema) }) }] as const;
  });
  const produces = inOrder(Object.keys(responses["200"]?.content ?? {}));
  const isOfKind = extensions["x-kubernetes-action"] !== undefined;
  const taking =
    requestBody === undefined ? (isOfKind && produces.includes(PROTOBUF) ? ["*/*"] : produces) : Object.keys(requestBody.content);
  return {
    description,
    consumes: inOrder(taking),
    produces,
    schemes: ["https"],
    tags,
    operationId,
    ...(taken.length > 0 && { parameters: taken }),
    responses: Object.fromEntries(answers),
    ...extensions,
  };
}

function parameter({ name, in: place, description, required, schema: { type } }: Parameter): ParameterV2 {
  const about = description === undefined ? {} : { description };
  return { uniqueItems: true, type, ...about, name, in: place, ...(required === true && { required }) };
}

/**
 * A reference stands alone but for its description, a value of several types is text, and there are no defaults.
 * Source: kube-openapi pkg/openapiconv; k8s.io/kube-aggregator pkg/controllers/openapi/aggregator.
 */
function schemaV2({ $ref, allOf, oneOf, properties, additionalProperties, items, ...schema }: SchemaV3): SchemaV2 {
  const { default: _, ...rest } = schema;
  const ref = $ref ?? allOf?.[0]?.$ref;
  return {
    ...rest,
    ...(ref !== undefined && { $ref: ref.replace("#/components/schemas/", "#/definitions/") }),
    ...(oneOf !== undefined && { type: "string" }),
    ...(items !== undefined && { items: schemaV2(items) }),
    ...(properties !== undefined && { properties: mapValues(properties, schemaV2) }),
    ...(additionalProperties !== undefined && {
      additionalProperties: typeof additionalProperties === "boolean" ? additionalProperties : schemaV2(additionalProperties),
    }),
  };
}

function mapValues<T, U>(members: Readonly<Record<string, T>>, each: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, each(value)]));
}
