import { isReleaseAtLeast } from "#kube/apimachinery";
import type { GroupVersionKind } from "./catalogue.ts";
import type { Descriptions } from "./descriptions.ts";

/*
 * Paths of OpenAPI v3 and what is said of each call. Source: kube-openapi pkg/builder3; apiserver pkg/endpoints/openapi/openapi.go.
 */

export interface Parameter {
  readonly name: string;
  readonly in: "query" | "path";
  readonly description?: string;
  readonly required?: true;
  readonly schema: { readonly type: string; readonly uniqueItems: true };
}

/** What bodies are, by media type. */
export type Content = Readonly<Record<string, { readonly schema: { readonly $ref: string } }>>;

export interface Operation {
  readonly tags: readonly string[];
  readonly description: string;
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content; readonly required?: true };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
  readonly [extension: `x-${string}`]: unknown;
}

export const METHODS = ["get", "put", "post", "delete", "patch"] as const;
export type Method = (typeof METHODS)[number];

/** The operations of a path by method, and the parameters that all of them take. */
export type PathItem = Partial<Readonly<Record<Method, Operation>>> & { readonly parameters?: readonly Parameter[] };

/** One operation, in short. */
export interface Call {
  readonly method: Method;
  /** `post`, `deletecollection`: what clients know it by; absent for what is about no kind. */
  readonly action?: string;
  /** `create`: what its id begins with. */
  readonly verb: string;
  /** `NamespacedPod`: what its id ends with. */
  readonly id: string;
  readonly description: string;
  readonly kind?: GroupVersionKind;
  /** Of the query. */
  readonly parameters: readonly string[];
  readonly body?: { readonly schema: string; readonly types: readonly string[]; readonly isOptional?: boolean };
  readonly answer: { readonly schema: string; readonly types: readonly string[]; readonly codes: readonly number[] };
}

/** Where calls are made. */
export interface Place {
  readonly path: string;
  readonly group: string;
  readonly version: string;
  /** Of the cluster. */
  readonly release: string;
  readonly words: Descriptions;
  /** What `{name}` is the name of. */
  readonly kind: string;
}

const BOOLEANS: ReadonlySet<string> = new Set(
  "allowWatchBookmarks force ignoreStoreReadErrorWithClusterBreakingPotential orphanDependents sendInitialEvents watch".split(" "),
);
const INTEGERS: ReadonlySet<string> = new Set(["gracePeriodSeconds", "limit", "timeoutSeconds"]);
/** First releases of parameters, where not all have them. */
const SINCE: Readonly<Record<string, string>> = { sendInitialEvents: "1.27", ignoreStoreReadErrorWithClusterBreakingPotential: "1.32" };
const PHRASES: Readonly<Record<number, string>> = { 200: "OK", 201: "Created", 202: "Accepted" };

/** The calls of one path. Parameters that all of them take are said once. */
export function pathItem(place: Place, calls: readonly Call[]): PathItem {
  const taken = calls.map((call) => parametersOf(place, call));
  const [first = [], ...others] = taken;
  const texts = others.map((each) => new Set(each.map(textOf)));
  const shared = first.filter((parameter) => texts.every((each) => each.has(textOf(parameter))));
  const sharedTexts = new Set(shared.map(textOf));
  const written = calls.map((call, index) => {
    const own = (taken[index] ?? []).filter((parameter) => !sharedTexts.has(textOf(parameter)));
    return [call.method, operation(place, call, own)] as const;
  });
  const byMethod = [...written].sort(([left], [right]) => METHODS.indexOf(left) - METHODS.indexOf(right));
  return { ...Object.fromEntries(byMethod), ...(shared.length > 0 && { parameters: shared }) };
}

function textOf({ name, in: place, description }: Parameter): string {
  return `${place} ${name} ${description ?? ""}`;
}

function operation(
  { group, version }: Place,
  { action, verb, id, kind, description, body, answer }: Call,
  own: readonly Parameter[],
): Operation {
  const groupName = group === "" ? "core" : group.replace(/\.k8s\.io$/, "");
  const content = contentOf(answer.schema, answer.types);
  const responses = Object.fromEntries(answer.codes.map((code) => [code, { description: PHRASES[code] ?? "", content }]));
  return {
    tags: [`${idOf(groupName, false)}_${version}`],
    description,
    operationId: `${verb}${idOf(groupName, true)}${idOf(version, true)}${id}`,
    ...(own.length > 0 && { parameters: own }),
    ...(body !== undefined && {
      requestBody: { content: contentOf(body.schema, body.types), ...(body.isOptional !== true && { required: true as const }) },
    }),
    responses: { ...responses, 401: { description: "Unauthorized" } },
    ...(action !== undefined && { "x-kubernetes-action": action }),
    ...(kind !== undefined && { "x-kubernetes-group-version-kind": kind }),
  };
}

/** `features.example.com` as `FeaturesExampleCom`. */
function idOf(text: string, isCapital: boolean): string {
  return text
    .split(/[.\-/]/)
    .map((part, index) => (index === 0 && !isCapital ? part : capital(part)))
    .join("");
}

export function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

function contentOf(schema: string, types: readonly string[]): Content {
  const reference = { schema: { $ref: `#/components/schemas/${schema}` } };
  return Object.fromEntries([...types].sort().map((type) => [type, reference]));
}

/** By name, as they are in the documents. */
function parametersOf({ path, kind, release, words }: Place, { method, parameters, kind: own }: Call): Parameter[] {
  const names = own === undefined ? [] : [...parameters, "pretty"];
  const query = names.filter((name) => isReleaseAtLeast(release, SINCE[name] ?? "1.0")).map((name) => queryParameter(name, method, words));
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]): Parameter => {
    const description = name === "name" ? `name of the ${kind}` : (words.of("parameters", name) ?? "");
    return { name, in: "path", description, required: true, schema: { type: "string", uniqueItems: true } };
  });
  return [...query, ...inPath].sort((left, right) => (left.name < right.name ? -1 : 1));
}

function queryParameter(name: string, method: Method, words: Descriptions): Parameter {
  const type = BOOLEANS.has(name) ? "boolean" : INTEGERS.has(name) ? "integer" : "string";
  const description = (method === "patch" ? words.of("parameters.patch", name) : undefined) ?? words.of("parameters", name);
  return { name, in: "query", ...(description !== undefined && { description }), schema: { type, uniqueItems: true } };
}
