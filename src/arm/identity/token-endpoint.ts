import type { Clock } from "#lib";
import { sameName } from "../ids.ts";
import { oauthErrors } from "./oauth-error.ts";
import { LIFETIME_SECONDS, objectIdOf, type Subject, type Tokens } from "./tokens.ts";

/** Who may sign in as an application. */
export interface Credential {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Public key (PEM, SPKI) that the application's assertions are signed with; without one they are refused. */
  readonly assertionKeyPem?: string;
}

/** A request for a token, whichever endpoint took it. */
export interface TokenRequest {
  readonly form: URLSearchParams;
  /** The `Authorization` header: client id and secret can come that way. */
  readonly authorization: string | undefined;
  /** What identity tokens name as their issuer. */
  readonly issuer: string;
  /** Version 1 endpoints take `resource` and answer numbers as text. */
  readonly version: 1 | 2;
}

/** Answers requests for tokens. @throws {OAuthError} */
export type TokenEndpoint = (request: TokenRequest) => Promise<Readonly<Record<string, unknown>>>;

export function createTokenEndpoint(options: {
  readonly clock: Clock;
  readonly tenantId: string;
  readonly credentials: readonly Credential[];
  readonly tokens: Tokens;
}): TokenEndpoint {
  const { clock, tenantId, credentials, tokens } = options;

  async function answer(subject: Subject, { form, issuer, version }: TokenRequest): Promise<Record<string, unknown>> {
    const { resource, scope } = audienceOf(form);
    const access_token = await tokens.issueAccess(subject, resource);
    const now = Math.floor(clock.now() / 1000);
    const user = subject.kind === "app" ? {} : await userPart(subject, { issuer, scope });
    if (version === 2) {
      return { token_type: "Bearer", expires_in: LIFETIME_SECONDS, ext_expires_in: LIFETIME_SECONDS, ...user, access_token };
    }
    const [expires_in, expires_on] = [String(LIFETIME_SECONDS), String(now + LIFETIME_SECONDS)];
    return {
      token_type: "Bearer",
      expires_in,
      ext_expires_in: expires_in,
      expires_on,
      not_before: String(now),
      resource,
      ...user,
      access_token,
    };
  }

  async function userPart(subject: Subject, { issuer, scope }: { issuer: string; scope: string }): Promise<Record<string, unknown>> {
    const uid = objectIdOf(tenantId, subject.userName ?? subject.applicationId);
    return {
      scope,
      refresh_token: await tokens.issueRefresh(subject),
      id_token: await tokens.issueIdentity(subject, issuer),
      client_info: Buffer.from(JSON.stringify({ uid, utid: tenantId })).toString("base64url"),
    };
  }

  return async (request) => {
    const { form } = request;
    const grant = requireParameter(form, "grant_type");
    switch (grant) {
      case "client_credentials":
        return await answer({ kind: "app", applicationId: await checkClient(request, options) }, request);
      case "password":
        return await answer(checkPassword(form, credentials), request);
      case "refresh_token": {
        const subject = await tokens.readRefresh(requireParameter(form, "refresh_token"));
        if (subject === undefined) throw oauthErrors.wrongRefreshToken();
        return await answer(subject, request);
      }
      case "authorization_code":
      case "urn:ietf:params:oauth:grant-type:device_code":
      case "device_code":
        throw oauthErrors.interactionRequired(grant);
      default:
        throw oauthErrors.unsupportedGrant(grant);
    }
  };
}

function requireParameter(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (value === null || value === "") throw oauthErrors.missingParameter(name);
  return value;
}

/** What a token is for when the request does not say. */
const DEFAULT_RESOURCE = "https://management.azure.com/";

/** The audience: `resource` as it is, or a scope without `/.default` (of `BASE//.default` the slash stays). */
function audienceOf(form: URLSearchParams): { readonly resource: string; readonly scope: string } {
  const scope = form.get("scope") ?? "";
  const named = scope.split(/\s+/).find((part) => part.endsWith("/.default"));
  const resource = form.get("resource") ?? named?.slice(0, -"/.default".length) ?? DEFAULT_RESOURCE;
  return { resource, scope: scope === "" ? `${resource}/.default` : scope };
}

/** The id of the application that proves itself, by secret or by assertion. @throws {OAuthError} */
async function checkClient(
  { form, authorization }: TokenRequest,
  { clock, tenantId, credentials }: { readonly clock: Clock; readonly tenantId: string; readonly credentials: readonly Credential[] },
): Promise<string> {
  const basic = basicCredentials(authorization);
  const clientId = basic?.id ?? requireParameter(form, "client_id");
  const credential = credentials.find((candidate) => sameName(candidate.clientId, clientId));
  if (credential === undefined) throw oauthErrors.unknownClient(clientId, tenantId);
  const assertion = form.get("client_assertion");
  if (assertion !== null) {
    await checkAssertion(assertion, credential, clock);
    return credential.clientId;
  }
  const secret = basic?.secret ?? form.get("client_secret");
  if (secret === null || secret === "") throw oauthErrors.missingSecret();
  if (secret !== credential.clientSecret) throw oauthErrors.wrongSecret(clientId);
  return credential.clientId;
}

async function checkAssertion(assertion: string, { clientId, assertionKeyPem }: Credential, clock: Clock): Promise<void> {
  if (assertionKeyPem === undefined) throw oauthErrors.wrongAssertion(clientId);
  const { decodeProtectedHeader, importSPKI, jwtVerify } = await import("jose");
  try {
    const { alg = "" } = decodeProtectedHeader(assertion);
    const key = await importSPKI(assertionKeyPem, alg);
    await jwtVerify(assertion, key, { currentDate: new Date(clock.now()), subject: clientId, algorithms: ["RS256", "PS256", "ES256"] });
  } catch {
    throw oauthErrors.wrongAssertion(clientId);
  }
}

/** Id and secret of an HTTP Basic header, each form-encoded first: RFC 6749 section 2.3.1. */
function basicCredentials(authorization: string | undefined): { readonly id: string; readonly secret: string } | undefined {
  const encoded = /^Basic\s+([A-Za-z0-9+/=]+)$/i.exec(authorization ?? "")?.[1];
  if (encoded === undefined) return undefined;
  const [id = "", secret = ""] = Buffer.from(encoded, "base64").toString().split(/:(.*)/s);
  const decode = (text: string): string => new URLSearchParams(`x=${text}`).get("x") ?? "";
  return { id: decode(id), secret: decode(secret) };
}

/** A user is anyone who knows the secret of an application. Differs from AKS: there is no directory of users. */
function checkPassword(form: URLSearchParams, credentials: readonly Credential[]): Subject {
  const userName = requireParameter(form, "username");
  const password = requireParameter(form, "password");
  if (!credentials.some(({ clientSecret }) => clientSecret === password)) throw oauthErrors.wrongPassword();
  return { kind: "user", applicationId: form.get("client_id") ?? "", userName };
}
