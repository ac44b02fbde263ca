/** What a path and method ask for. Source: apiserver pkg/endpoints/request/requestinfo.go. */
export interface RequestInfo {
  readonly isResource: boolean;
  /** `create`, `get`, `list`, `watch`, … for resources; the method in lower case for other paths. */
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  /** Empty when the path names none. For a namespace itself, its own name. */
  readonly namespace: string;
  readonly resource: string;
  readonly name: string;
  readonly subresource: string;
  /** Segments after the subresource (`proxy` and `log` paths go on). */
  readonly rest: readonly string[];
}

const VERBS: Readonly<Record<string, string>> = {
  POST: "create",
  GET: "get",
  HEAD: "get",
  PUT: "update",
  PATCH: "patch",
  DELETE: "delete",
};

/** Subresources that tell a namespace's own path from one of a resource inside it. */
const NAMESPACE_SUBRESOURCES: ReadonlySet<string> = new Set(["status", "finalize"]);

/**
 * Parses a path from the root of the API. Paths outside `/api/{version}/…` and `/apis/{group}/{version}/…` are no
 * resource requests; neither are the discovery paths above them.
 */
export function parseRequestInfo(method: string, path: string, query: Readonly<Record<string, string>>): RequestInfo {
  const parts = path.split("/").filter((part) => part !== "");
  const prefixLength = parts[0] === "api" ? 2 : parts[0] === "apis" ? 3 : 0;
  if (prefixLength === 0 || parts.length <= prefixLength) return nonResource(method);
  const group = prefixLength === 2 ? "" : segment(parts[1]);
  const version = segment(parts[prefixLength - 1]);
  const isWatchPath = parts[prefixLength] === "watch" && parts.length > prefixLength + 1;
  const rest = parts.slice(isWatchPath ? prefixLength + 1 : prefixLength);
  const verb = isWatchPath ? "watch" : (VERBS[method] ?? method.toLowerCase());
  return withResource({ verb, group, version }, rest, query);
}

type Prefix = Pick<RequestInfo, "verb" | "group" | "version">;

function withResource(prefix: Prefix, path: readonly string[], query: Readonly<Record<string, string>>): RequestInfo {
  const isScoped = path[0] === "namespaces" && path.length > 1;
  const namespace = isScoped ? segment(path[1]) : "";
  const parts = isScoped && path.length > 2 && !NAMESPACE_SUBRESOURCES.has(path[2] ?? "") ? path.slice(2) : path;
  const name = segment(parts[1]);
  return {
    ...prefix,
    isResource: true,
    verb: verbFor(prefix.verb, name, query),
    namespace,
    resource: parts[0] ?? "",
    name,
    subresource: parts[2] ?? "",
    rest: parts.slice(3),
  };
}

/** Without a name, a get is a list or a watch, and a delete one of the collection. */
function verbFor(verb: string, name: string, query: Readonly<Record<string, string>>): string {
  if (name !== "") return verb;
  if (verb === "get") return isTrue(query["watch"]) ? "watch" : "list";
  return verb === "delete" ? "deletecollection" : verb;
}

/** How Kubernetes reads a boolean parameter: everything but `0` and `false` is true. Source: runtime/conversion.go. */
export function isTrue(parameter: string | undefined): boolean {
  return parameter !== undefined && parameter !== "0" && parameter.toLowerCase() !== "false";
}

function segment(text = ""): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function nonResource(method: string): RequestInfo {
  const verb = method.toLowerCase();
  return { isResource: false, verb, group: "", version: "", namespace: "", resource: "", name: "", subresource: "", rest: [] };
}
