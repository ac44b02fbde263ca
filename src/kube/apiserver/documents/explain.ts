import type { ApiServerOptions } from "../options.ts";
import type { ApiRequest } from "../request.ts";
import { notFound } from "../status.ts";

const PATH = /^\/lido\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/explain$/;

/**
 * Why a pod is where it is: Lido's own document, which no Kubernetes serves. Nothing for any other path or method.
 *
 * @throws {StatusError} NotFound for a pod that does not exist.
 */
export function podExplanation({ method, path }: ApiRequest, explain: ApiServerOptions["explainPod"]): object | undefined {
  const match = explain === undefined || method !== "GET" ? null : PATH.exec(path);
  if (explain === undefined || match === null) return undefined;
  const [, namespace = "", name = ""] = match.map(decoded);
  const explanation = explain(namespace, name);
  if (explanation === undefined) throw notFound({ group: "", resource: "pods" }, name);
  return explanation;
}

/** A segment that cannot be decoded names no pod, as it stands. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
