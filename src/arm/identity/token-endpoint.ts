import type { Clock } from "#lib";
import type { DirectorySource } from "./directory/source.ts";
import { FLOWS, type Granted } from "./grants/flows.ts";
import type { PendingGrants } from "./grants/pending.ts";
import { sealRefresh } from "./grants/refresh.ts";
import { type Audience, audienceOf, requireParameter, type TokenRequest } from "./grants/request.ts";
import { oauthErrors } from "./oauth-error.ts";
import type { Sealing } from "./sealing.ts";
import { LIFETIME_SECONDS } from "./signer.ts";
import type { Subject, Tokens } from "./tokens.ts";

/** Answers requests for tokens. @throws {OAuthError} */
export type TokenEndpoint = (request: TokenRequest) => Promise<Readonly<Record<string, unknown>>>;

export interface TokenEndpointOptions {
  readonly clock: Clock;
  readonly directory: DirectorySource;
  readonly pending: PendingGrants;
  readonly sealing: Sealing;
  readonly tokens: Tokens;
}

/** Grants whose first step has said what they are for. */
const LATER: ReadonlySet<string> = new Set(Object.keys(FLOWS).filter((name) => /code|refresh/.test(name)));
/** Characters of a grant's name that an error quotes at most. */
const MAX_QUOTED = 128;

export function createTokenEndpoint(options: TokenEndpointOptions): TokenEndpoint {
  const { clock, tokens, sealing } = options;

  async function userPart(granted: Granted, audience: Audience, request: TokenRequest): Promise<Record<string, unknown>> {
    const { subject, nonce } = granted;
    const { directory } = options;
    const grant = { clientId: subject.applicationId, userName: subject.userName ?? "", scope: audience.scope };
    const identity = { issuer: request.issuer, version: request.version, ...(nonce === undefined ? {} : { nonce }) };
    return {
      scope: audience.scope,
      ...(audience.wantsRefresh ? { refresh_token: sealRefresh(sealing, clock, grant) } : {}),
      ...(audience.wantsIdentity ? { id_token: await tokens.issueIdentity(subject, identity) } : {}),
      client_info: clientInfo(subject, directory().tenantId),
    };
  }

  async function answer(granted: Granted, request: TokenRequest, grant: string): Promise<Record<string, unknown>> {
    const audience = audienceOf(request, grant, granted.scope);
    const access_token = await tokens.issueAccess(granted.subject, audience.resource);
    const user = granted.subject.kind === "app" ? {} : await userPart(granted, audience, request);
    if (request.version === 2) {
      return { token_type: "Bearer", expires_in: LIFETIME_SECONDS, ext_expires_in: LIFETIME_SECONDS, ...user, access_token };
    }
    const now = Math.floor(clock.now() / 1000);
    const [expires_in, expires_on] = [String(LIFETIME_SECONDS), String(now + LIFETIME_SECONDS)];
    const times = { expires_in, ext_expires_in: expires_in, expires_on, not_before: String(now) };
    return { token_type: "Bearer", ...times, resource: audience.resource, ...user, access_token };
  }

  return async (request) => {
    const grant = requireParameter(request.form, "grant_type");
    const flow = Object.hasOwn(FLOWS, grant) ? FLOWS[grant] : undefined;
    if (flow === undefined) throw oauthErrors.unsupportedGrant(grant.slice(0, MAX_QUOTED));
    // A request that asks for nothing good must not use up what it brings.
    if (!LATER.has(grant) || request.form.has("scope") || request.form.has("resource")) audienceOf(request, grant);
    const granted = await flow(request, { ...options, directory: options.directory() });
    return await answer(granted, request, grant);
  };
}

/** What MSAL files an account under. */
function clientInfo({ objectId }: Subject, tenantId: string): string {
  return Buffer.from(JSON.stringify({ uid: objectId, utid: tenantId })).toString("base64url");
}
