import type { Core } from "../core.ts";
import type { ApiRequest } from "../request.ts";
import { CONFIGURATION_PATH, JWKS_PATH, keySet, openIdConfiguration } from "./keys.ts";

/**
 * The documents by which others check tokens of this cluster; undefined for other paths.
 * Source: kubernetes pkg/routes/openidmetadata.go.
 * Differs from AKS: the key set says that it is JSON, not `application/jwk-set+json`.
 */
export async function keyDocument({ tokens }: Core, { method, path }: ApiRequest): Promise<object | undefined> {
  if (tokens === undefined || method !== "GET") return undefined;
  if (path === CONFIGURATION_PATH) return openIdConfiguration(tokens.keys.issuer);
  return path === JWKS_PATH ? keySet(await tokens.keys.keys()) : undefined;
}
