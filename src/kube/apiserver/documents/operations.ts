import {
  type GroupVersionKind,
  nameOf,
  type ServedGroup,
  type ServedResource,
  type ServedSubresource,
  type ServedVersion,
} from "./catalogue.ts";
import type { Descriptions } from "./descriptions.ts";
import { type Call, capital, type PathItem, pathItem, type Place } from "./path-items.ts";

/*
 * Which calls a resource takes, in OpenAPI v3. Logs and what needs a connection of its own (exec, attach, port-forward) are left out.
 * Source: apiserver pkg/endpoints/installer.go; apiextensions-apiserver pkg/controller/openapi/builder/builder.go, buildRoute; as of 1.35.4.
 */

export interface OperationsOptions {
  readonly group: ServedGroup;
  readonly version: ServedVersion;
  readonly resource: ServedResource;
  /** Of the cluster. */
  readonly release: string;
  readonly words: Descriptions;
  readonly isCustom: boolean;
  /** Deleting answers with the object itself. */
  readonly answersDeleted: boolean;
  /** Names of schemas, as OpenAPI has them. */
  readonly names: { readonly item: string; readonly list: string; of(kind: GroupVersionKind): string };
}

const META = "io.k8s.apimachinery.pkg.apis.meta.v1";
const ANYTHING = ["*/*"];
const CUSTOM_TYPES = ["application/json", "application/yaml"];
/** Media types of answers. */
export const TYPES = [...CUSTOM_TYPES, "application/vnd.kubernetes.protobuf"];
const STREAMS = ["application/json;stream=watch", "application/vnd.kubernetes.protobuf;stream=watch"];
const CUSTOM_PATCHES = ["application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json"];
const PATCHES = [...CUSTOM_PATCHES, "application/strategic-merge-patch+json"];

const SELECT = "continue fieldSelector labelSelector limit resourceVersion resourceVersionMatch sendInitialEvents timeoutSeconds".split(
  " ",
);
const LIST = ["allowWatchBookmarks", ...SELECT, "watch"];
const WRITE = ["dryRun", "fieldManager", "fieldValidation"];
const DELETE = "dryRun gracePeriodSeconds ignoreStoreReadErrorWithClusterBreakingPotential orphanDependents propagationPolicy".split(" ");

/** The operations of a resource and of its subresources, by path. */
export function operationsOf(options: OperationsOptions): Record<string, PathItem> {
  const { group, version, resource, release, words, isCustom } = options;
  const calls = new Calls(options);
  const root = `/${group.name === "" ? "api" : "apis"}/${nameOf(group, version)}`;
  const place = resource.namespaced ? "/namespaces/{namespace}" : "";
  const collection = `${place}/${resource.name}`;
  const paths: [path: string, calls: readonly Call[], kind?: string][] = [
    [`${root}${collection}`, calls.collection()],
    ...(resource.namespaced && resource.verbs.includes("list")
      ? [[`${root}/${resource.name}`, [calls.listAll()]] as [string, Call[]]]
      : []),
    [`${root}${collection}/{name}`, calls.one()],
    ...resource.subresources.map((each): [string, Call[], string] => {
      const kind = !isCustom && each.verbs.join() === "create" ? each.kind.kind : resource.kind.kind;
      return [`${root}${collection}/{name}/${each.name}`, calls.part(each), kind];
    }),
    ...(isCustom ? [] : calls.watches(`${root}/watch`, collection)),
  ];
  const at: Omit<Place, "path" | "kind"> = { group: group.name, version: version.version, release, words };
  return Object.fromEntries(
    paths
      .filter(([, each]) => each.length > 0)
      .map(([path, each, kind = resource.kind.kind]) => [path, pathItem({ ...at, path, kind }, each)]),
  );
}

/** `a Pod`, `an Event`, `Endpoints`. */
function withArticle(noun: string): string {
  if (noun.endsWith("s") && !noun.endsWith("ss")) return noun;
  return `${/^[aeiou]/i.test(noun) ? "an" : "a"} ${noun}`;
}

class Calls {
  readonly #options: OperationsOptions;
  readonly #kind: GroupVersionKind;
  readonly #verbs: readonly string[];
  readonly #types: readonly string[];
  readonly #bodies: readonly string[];
  /** `NamespacedPod`. */
  readonly #id: string;

  constructor(options: OperationsOptions) {
    const { resource, isCustom } = options;
    this.#options = options;
    this.#kind = resource.kind;
    this.#verbs = resource.verbs;
    this.#types = isCustom ? CUSTOM_TYPES : TYPES;
    this.#bodies = isCustom ? CUSTOM_TYPES : ANYTHING;
    this.#id = `${resource.namespaced ? "Namespaced" : ""}${resource.kind.kind}`;
  }

  collection(): Call[] {
    const { names } = this.#options;
    return [
      ...(this.#verbs.includes("list") ? [this.#list(this.#id)] : []),
      ...(this.#verbs.includes("create")
        ? [{ ...this.#write("post", names.item), description: `create ${withArticle(this.#kind.kind)}` }]
        : []),
      ...(this.#verbs.includes("deletecollection") ? [this.#deleteMany()] : []),
    ];
  }

  listAll(): Call {
    return this.#list(`${this.#kind.kind}ForAllNamespaces`);
  }

  one(): Call[] {
    const { item } = this.#options.names;
    return [
      ...(this.#verbs.includes("get") ? [this.#read(item)] : []),
      ...(this.#verbs.includes("update") ? [this.#write("put", item)] : []),
      ...(this.#verbs.includes("delete") ? [this.#delete()] : []),
      ...(this.#verbs.includes("patch") ? [this.#write("patch", item)] : []),
    ];
  }

  /** The calls of a subresource. */
  part({ name, verbs, kind }: ServedSubresource): Call[] {
    if (name === "log" || verbs.join() === "create,get") return [];
    const { names, isCustom } = this.#options;
    const schema = kind.kind === this.#kind.kind ? names.item : names.of(kind);
    const told = { id: `${this.#id}${capital(name)}`, kind: isCustom ? this.#kind : kind };
    const of = `${name} of the specified ${this.#kind.kind}`;
    return [
      ...(verbs.includes("get") ? [{ ...this.#read(schema), ...told, description: `read ${of}` }] : []),
      ...(verbs.includes("update") ? [{ ...this.#write("put", schema), ...told, description: `replace ${of}` }] : []),
      ...(verbs.includes("create")
        ? [{ ...this.#write("post", schema), ...told, description: `create ${name} of ${withArticle(this.#kind.kind)}` }]
        : []),
      ...(verbs.includes("patch") ? [{ ...this.#write("patch", schema), ...told, description: `partially update ${of}` }] : []),
    ];
  }

  /** The old paths of watches. */
  watches(root: string, collection: string): [path: string, calls: readonly Call[]][] {
    if (!this.#verbs.includes("watch")) return [];
    const { resource } = this.#options;
    const instead = "deprecated: use the 'watch' parameter with a list operation instead";
    const description = `watch individual changes to a list of ${this.#kind.kind}. ${instead}.`;
    const shared = { ...this.#list(""), verb: "watch", action: "watchlist", description };
    const answer = { ...shared.answer, schema: `${META}.WatchEvent` };
    const one = `watch changes to an object of kind ${this.#kind.kind}. ${instead}, filtered to a single item with the 'fieldSelector' parameter.`;
    const all: Call = { ...shared, answer, id: `${this.#kind.kind}ListForAllNamespaces` };
    return [
      [`${root}${collection}`, [{ ...shared, answer, id: `${this.#id}List` }]],
      ...(this.#verbs.includes("get")
        ? [[`${root}${collection}/{name}`, [{ ...shared, answer, action: "watch", id: this.#id, description: one }]] as [string, Call[]]]
        : []),
      ...(resource.namespaced ? [[`${root}/${resource.name}`, [all]] as [string, Call[]]] : []),
    ];
  }

  #list(id: string): Call {
    const { names, isCustom } = this.#options;
    const isWatched = !isCustom && this.#verbs.includes("watch");
    return {
      method: "get",
      action: "list",
      verb: "list",
      id,
      description: `${isWatched ? "list or watch" : "list"} objects of kind ${this.#kind.kind}`,
      kind: this.#kind,
      parameters: LIST,
      answer: { schema: names.list, types: isCustom ? this.#types : [...this.#types, ...STREAMS], codes: [200] },
    };
  }

  #read(schema: string): Call {
    return {
      method: "get",
      action: "get",
      verb: "read",
      id: this.#id,
      description: `read the specified ${this.#kind.kind}`,
      kind: this.#kind,
      parameters: this.#options.isCustom ? ["resourceVersion"] : [],
      answer: { schema, types: this.#types, codes: [200] },
    };
  }

  #write(method: "post" | "put" | "patch", schema: string): Call {
    const { isCustom } = this.#options;
    const verb = { post: "create", put: "replace", patch: "patch" }[method];
    const body = { schema, types: this.#bodies };
    const patch = { schema: `${META}.Patch`, types: isCustom ? CUSTOM_PATCHES : PATCHES };
    const codes = method === "post" ? [200, 201, 202] : method === "patch" && isCustom ? [200] : [200, 201];
    return {
      method,
      action: method,
      verb,
      id: this.#id,
      description: `${method === "patch" ? "partially update" : verb} the specified ${this.#kind.kind}`,
      kind: this.#kind,
      parameters: method === "patch" ? [...WRITE, "force"] : WRITE,
      body: method === "patch" ? patch : body,
      answer: { schema, types: this.#types, codes },
    };
  }

  #delete(): Call {
    const { names, answersDeleted } = this.#options;
    return {
      method: "delete",
      action: "delete",
      verb: "delete",
      id: this.#id,
      description: `delete ${withArticle(this.#kind.kind)}`,
      kind: this.#kind,
      parameters: DELETE,
      body: { schema: `${META}.DeleteOptions`, types: this.#bodies, isOptional: true },
      answer: { schema: answersDeleted ? names.item : `${META}.Status`, types: this.#types, codes: [200, 202] },
    };
  }

  #deleteMany(): Call {
    const { body, ...call } = this.#delete();
    const { isCustom } = this.#options;
    return {
      ...call,
      action: "deletecollection",
      id: `Collection${this.#id}`,
      description: `delete collection of ${this.#kind.kind}`,
      parameters: isCustom ? LIST : [...SELECT, ...DELETE],
      ...(!isCustom && body !== undefined && { body }),
      answer: { schema: `${META}.Status`, types: this.#types, codes: [200] },
    };
  }
}
