import type { Core } from "../core.ts";
import type { ApiRequest } from "../request.ts";
import { noMethod, noSuchPath } from "../status.ts";
import { versionDocument } from "../versions.ts";
import { discoveryDocument } from "./discovery.ts";
import { openApiV3Document } from "./openapi.ts";

/**
 * The documents above the resources: discovery, OpenAPI, version.
 * @throws {StatusError} NotFound for any other path.
 */
export async function documentFor(core: Core, { path, method }: Pick<ApiRequest, "path" | "method">): Promise<object> {
  const trimmed = path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
  const document = await documentAt(core, trimmed);
  if (!["GET", "HEAD"].includes(method)) throw noMethod();
  return document;
}

async function documentAt(core: Core, trimmed: string): Promise<object> {
  if (trimmed === "/version") return versionDocument(core.version);
  const document = discoveryDocument(core.resources, trimmed) ?? (await openApiV3Document(core, trimmed)) ?? indexDocument(core, trimmed);
  if (document === undefined) throw noSuchPath();
  return document;
}

/** What `kubectl get --raw /` shows. Source: apiserver pkg/server/routes/index.go. */
function indexDocument({ resources }: Core, path: string): object | undefined {
  if (path !== "/") return undefined;
  const groups = new Set(resources.all.map(({ group, apiVersion }) => (group === "" ? `/api/${apiVersion}` : `/apis/${apiVersion}`)));
  return { paths: ["/api", "/apis", ...groups, "/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/readyz", "/version"].sort() };
}
