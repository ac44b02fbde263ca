import { oauthErrors } from "../oauth-error.ts";

/** A request for a token, whichever endpoint took it. */
export interface TokenRequest {
  readonly form: URLSearchParams;
  /** The `Authorization` header: client id and secret can come that way. */
  readonly authorization: string | undefined;
  /** What identity tokens name as their issuer. */
  readonly issuer: string;
  /** Version 1 endpoints take `resource` and answer numbers as text. */
  readonly version: 1 | 2;
  /** `https://host:port` as the client reached us: assertions name it as their audience. */
  readonly baseUrl: string;
}

/** A parameter of the form. @throws {OAuthError} when it is absent or empty. */
export function requireParameter(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (value === null || value === "") throw oauthErrors.missingParameter(name);
  return value;
}

/** What is asked for, and what the answer says of it. */
export interface Audience {
  /** The token's `aud`. */
  readonly resource: string;
  /** As it was asked for. */
  readonly scope: string;
  readonly wantsIdentity: boolean;
  readonly wantsRefresh: boolean;
}

/** Scopes that name no resource. Source: OpenID Connect, and learn.microsoft.com/entra/identity-platform/scopes-oidc. */
const OPENID_SCOPES = new Set(["openid", "profile", "email", "offline_access"]);
/** Permissions without a resource are Microsoft Graph's. Source: the same page. */
const GRAPH = "https://graph.microsoft.com";
const MAX_SCOPE_LENGTH = 2_048;
const RESOURCE = /^(?:[a-z][a-z0-9+.-]*:\/\/\S+|[0-9a-f-]{36})$/i;

/**
 * The audience of a request by `resource`, else by `scope` without its last part (of `BASE//.default` a slash stays).
 * @param asked What an earlier step of the same flow has asked for.
 * @throws {OAuthError} AADSTS900144, AADSTS70011, AADSTS1002012.
 */
export function audienceOf({ form, version }: Pick<TokenRequest, "form" | "version">, grant: string, asked?: string): Audience {
  const named = form.get("resource");
  if (named !== null && named !== "")
    return { resource: named, scope: form.get("scope") ?? "user_impersonation", wantsIdentity: true, wantsRefresh: true };
  const sent = form.get("scope");
  const scope = sent === null || sent === "" ? asked : sent;
  if (scope === undefined) throw oauthErrors.missingParameter(version === 1 ? "resource" : "scope");
  if (scope.length > MAX_SCOPE_LENGTH) throw oauthErrors.invalidScope(`${scope.slice(0, 64)}…`);
  const parts = scope.split(/\s+/).filter((part) => part !== "");
  const wanted = parts.filter((part) => !OPENID_SCOPES.has(part));
  const resources = [...new Set(wanted.map((part) => resourceOf(part, scope)))];
  if (grant === "client_credentials" && (wanted.length !== 1 || wanted[0]?.endsWith("/.default") !== true))
    throw oauthErrors.invalidClientScope(scope);
  if (resources.length > 1) throw oauthErrors.invalidScope(scope);
  return {
    resource: resources[0] ?? GRAPH,
    scope,
    wantsIdentity: parts.includes("openid"),
    wantsRefresh: parts.includes("offline_access"),
  };
}

/** `https://graph.microsoft.com/User.Read` and `User.Read` are both of Microsoft Graph. */
function resourceOf(part: string, scope: string): string {
  const slash = part.lastIndexOf("/");
  if (slash === -1) {
    if (!/^[A-Za-z][A-Za-z0-9._-]*$/.test(part)) throw oauthErrors.invalidScope(scope);
    return GRAPH;
  }
  const resource = part.slice(0, slash);
  if (!RESOURCE.test(resource) || part.endsWith("/")) throw oauthErrors.invalidScope(scope);
  return resource;
}
