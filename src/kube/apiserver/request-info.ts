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
  const parts = segmentsOf(path);
  const start = parts[0] === "api" ? 2 : parts[0] === "apis" ? 3 : 0;
  if (start === 0 || parts.length <= start) return nonResource(method);
  const isWatchPath = parts[start] === "watch" && parts.length > start + 1;
  const verb = isWatchPath ? "watch" : (VERBS[method] ?? method.toLowerCase());
  const scopeAt = isWatchPath ? start + 1 : start;
  const isScoped = parts[scopeAt] === "namespaces" && parts.length > scopeAt + 1;
  const isInside = isScoped && parts.length > scopeAt + 2 && !NAMESPACE_SUBRESOURCES.has(parts[scopeAt + 2] ?? "");
  const at = isInside ? scopeAt + 2 : scopeAt;
  const name = segment(parts[at + 1]);
  return {
    isResource: true,
    verb: verbFor(verb, name, query),
    group: start === 2 ? "" : segment(parts[1]),
    version: segment(parts[start - 1]),
    namespace: isScoped ? segment(parts[scopeAt + 1]) : "",
    resource: parts[at] ?? "",
    name,
    subresource: parts[at + 2] ?? "",
    rest: parts.length > at + 3 ? parts.slice(at + 3) : NOTHING,
  };
}

const NOTHING: readonly string[] = [];

/** Empty segments, at the ends and between slashes, do not count. */
function segmentsOf(path: string): readonly string[] {
  const parts = path.split("/");
  return parts.includes("", 1) ? parts.filter((part) => part !== "") : parts.slice(1);
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
