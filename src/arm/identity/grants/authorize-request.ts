import type { Directory } from "../directory/model.ts";
import { type OAuthError, oauthErrors } from "../oauth-error.ts";
import { findClient } from "./client.ts";
import type { PendingGrant } from "./pending.ts";
import { audienceOf } from "./request.ts";

/** What a client asks a person for, in the browser. */
export interface AuthorizeRequest {
  readonly grant: Pick<PendingGrant, "clientId" | "scope" | "redirectUri" | "challenge" | "challengeMethod" | "nonce">;
  readonly responseMode: "query" | "fragment" | "form_post";
  /** Given back as it was. */
  readonly state?: string;
  readonly loginHint?: string;
  readonly wantsClientInfo: boolean;
}

/** A refusal that the client hears of, since it is known where it is. */
export class RedirectError extends Error {
  readonly refusal: OAuthError;
  readonly target: AuthorizeRequest;

  constructor(refusal: OAuthError, target: AuthorizeRequest) {
    super(refusal.message);
    this.refusal = refusal;
    this.target = target;
  }
}

const MAX_STATE_LENGTH = 4_096;
const MAX_URI_LENGTH = 2_048;
const MAX_LENGTH = 512;
/** Clients on the person's own machine listen on a port of their choice. Source: learn.microsoft.com/entra/identity-platform/reply-url, "localhost exceptions". */
const LOOPBACK = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?(?:\/[^\s#]*)?$/i;

/**
 * Reads an authorization request: RFC 6749 section 4.1.1, RFC 7636.
 * @throws {OAuthError} when client or redirect URI are wrong: the browser must not be sent anywhere.
 * @throws {RedirectError} for all else.
 */
export function readAuthorizeRequest(query: URLSearchParams, directory: Directory): AuthorizeRequest {
  const client = findClient(directory, required(query, "client_id"));
  const redirectUri = required(query, "redirect_uri");
  const isRegistered = client.application?.redirectUris.includes(redirectUri) ?? false;
  const isLoopback = redirectUri.length <= MAX_URI_LENGTH && LOOPBACK.test(redirectUri) && URL.canParse(redirectUri);
  if (!isRegistered && !isLoopback) throw oauthErrors.redirectUri(redirectUri.slice(0, MAX_LENGTH), client.clientId);
  const state = query.get("state");
  const mode = query.get("response_mode");
  const hint = query.get("login_hint");
  const nonce = query.get("nonce");
  const target: AuthorizeRequest = {
    grant: { clientId: client.clientId, scope: "", redirectUri, ...(nonce === null ? {} : { nonce: nonce.slice(0, MAX_LENGTH) }) },
    responseMode: mode === "fragment" || mode === "form_post" ? mode : "query",
    ...(state === null ? {} : { state: state.slice(0, MAX_STATE_LENGTH) }),
    ...(hint === null || hint === "" ? {} : { loginHint: hint.slice(0, MAX_LENGTH) }),
    wantsClientInfo: query.get("client_info") === "1",
  };
  return { ...target, grant: { ...target.grant, scope: scopeOf(query, target), ...challengeOf(query, target) } };
}

function required(query: URLSearchParams, name: string): string {
  const value = query.get(name);
  if (value === null || value === "") throw oauthErrors.missingParameter(name);
  return value;
}

/** @throws {RedirectError} for a response type or scope that cannot be had. */
function scopeOf(query: URLSearchParams, target: AuthorizeRequest): string {
  const type = query.get("response_type") ?? "";
  if (type === "") throw new RedirectError(oauthErrors.missingParameter("response_type"), target);
  if (type !== "code") throw new RedirectError(oauthErrors.unsupportedResponse(type.slice(0, MAX_LENGTH)), target);
  if (query.get("prompt") === "none") throw new RedirectError(oauthErrors.noSession(), target);
  const resource = query.get("resource");
  if (resource !== null && resource !== "") return `${resource}/.default openid offline_access`;
  try {
    return audienceOf({ form: query, version: 2 }, "authorization_code").scope;
  } catch (error) {
    throw new RedirectError(error as OAuthError, target);
  }
}

function challengeOf(query: URLSearchParams, target: AuthorizeRequest): Pick<PendingGrant, "challenge" | "challengeMethod"> {
  const challenge = query.get("code_challenge");
  if (challenge === null) return {};
  const method = query.get("code_challenge_method") ?? "plain";
  const isKnown = method === "S256" || method === "plain";
  if (!isKnown || !/^[A-Za-z0-9._~-]{43,128}$/.test(challenge)) throw new RedirectError(oauthErrors.wrongChallenge(), target);
  return { challenge, challengeMethod: method };
}
