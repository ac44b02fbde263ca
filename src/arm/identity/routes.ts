import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { layOut } from "../door/answer.ts";
import type { DoorOptions } from "../door/app.ts";
import { baseUrlOf, headersOf, queryOf, send, textOf } from "../door/exchange.ts";
import { requestIds } from "../door/headers.ts";
import { sameName } from "../ids.ts";
import { ADFS, instanceDiscovery, metadataView, openIdConfiguration } from "./discovery.ts";
import type { DirectorySource } from "./directory/source.ts";
import { TENANT_ALIASES } from "./grants/client.ts";
import { beginDeviceSignIn } from "./grants/device-sign-in.ts";
import type { PendingGrants } from "./grants/pending.ts";
import { OAuthError, oauthErrorBody, oauthErrors } from "./oauth-error.ts";
import { addAuthorizePage } from "./pages/authorize.ts";
import { addDevicePage } from "./pages/device.ts";
import type { Sealing } from "./sealing.ts";
import type { SigningKeys } from "./signing-key.ts";
import type { TokenEndpoint } from "./token-endpoint.ts";

/** What sign-in needs of the rest. */
export interface IdentityOptions extends DoorOptions {
  readonly tenantId: string;
  readonly keys: SigningKeys;
  readonly directory: DirectorySource;
  readonly pending: PendingGrants;
  readonly sealing: Sealing;
  readonly tokenEndpoint: TokenEndpoint;
}

/** The metadata version of a request that names none. */
const DEFAULT_METADATA_VERSION = "2022-09-01";

type Answer = Readonly<Record<string, unknown>> | readonly unknown[];
type Respond = (request: FastifyRequest) => Promise<Answer> | Answer;

/** Adds everything that clients ask before they have a token. */
export function addIdentityRoutes(app: FastifyInstance, options: IdentityOptions): void {
  const { tenantId } = options;
  const get = (url: string, respond: Respond): void => void app.get(url, json(respond, options));
  const post = (url: string, respond: Respond): void => void app.post(url, json(respond, options));
  const base = (request: FastifyRequest): string => baseUrlOf(request.raw);

  get("/metadata/endpoints", (request) => metadataView(base(request), metadataVersion(request)));
  get("/common/discovery/instance", (request) => instanceDiscovery(base(request), tenantId));
  get("/common/userrealm/:user", (request) => userRealm(request));

  const configuration =
    (version: 1 | 2): Respond =>
    (request) => {
      const authority = authorityOf(request, tenantId);
      return openIdConfiguration(base(request), { authority, issuer: issuerFor(base(request), { authority, tenantId, version }), version });
    };
  get("/:authority/.well-known/openid-configuration", configuration(1));
  get("/:authority/v2.0/.well-known/openid-configuration", configuration(2));
  // az finds the id of a tenant that was given by name in this issuer's path.
  for (const version of ["", "/v2.0"]) {
    get(`/${ADFS}/:authority${version}/.well-known/openid-configuration`, (request) => {
      authorityOf(request, tenantId);
      return openIdConfiguration(base(request), {
        authority: ADFS,
        issuer: `${base(request)}/${tenantId}${version === "" ? "/" : version}`,
        version: 1,
      });
    });
  }

  const keys: Respond = async () => ({ keys: (await options.keys.published()).map(({ publicJwk }) => publicJwk) });
  for (const path of ["/:authority/discovery/keys", "/:authority/discovery/v2.0/keys"]) get(path, keys);

  for (const version of [1, 2] as const) {
    const root = `/:authority/oauth2${version === 2 ? "/v2.0" : ""}`;
    post(`${root}/token`, (request) => token(request, options, version));
    post(`${root}/devicecode`, async (request) => {
      const at = { version: versionFor(authorityOf(request, tenantId), version), baseUrl: base(request) };
      return await beginDeviceSignIn(new URLSearchParams(textOf(request) ?? ""), at, options);
    });
    addAuthorizePage(app, `${root}/authorize`, { ...options, authority: (request) => authorityOf(request, tenantId) });
  }
  addDevicePage(app, options);
}

/** The api-version of a metadata request. */
export function metadataVersion(request: FastifyRequest): string {
  return queryOf(request).get("api-version") ?? DEFAULT_METADATA_VERSION;
}

async function token(request: FastifyRequest, options: IdentityOptions, version: 1 | 2): Promise<Answer> {
  const { tenantId } = options;
  const authority = authorityOf(request, tenantId);
  const baseUrl = baseUrlOf(request.raw);
  return await options.tokenEndpoint({
    form: new URLSearchParams(textOf(request) ?? ""),
    authorization: headersOf(request).authorization,
    issuer: issuerFor(baseUrl, { authority, tenantId, version }),
    version: versionFor(authority, version),
    baseUrl,
  });
}

/** The adfs endpoint is what az's MSAL posts to: it wants numbers. */
function versionFor(authority: string, version: 1 | 2): 1 | 2 {
  return sameName(authority, ADFS) ? 2 : version;
}

/** The first path segment. @throws {OAuthError} for a tenant that is not this one. */
function authorityOf(request: FastifyRequest, tenantId: string): string {
  const { authority = "" } = request.params as { readonly authority?: string };
  if (sameName(authority, tenantId) || TENANT_ALIASES.includes(authority.toLowerCase())) return authority;
  throw oauthErrors.unknownTenant(authority.slice(0, MAX_QUOTED));
}

/** Characters of a tenant's name that an error quotes at most. */
const MAX_QUOTED = 128;

function issuerFor(base: string, of: { readonly authority: string; readonly tenantId: string; readonly version: 1 | 2 }): string {
  if (sameName(of.authority, ADFS)) return `${base}/${ADFS}`;
  return of.version === 2 ? `${base}/${of.tenantId}/v2.0` : `${base}/${of.tenantId}/`;
}

function userRealm(request: FastifyRequest): Answer {
  const { user = "" } = request.params as { readonly user?: string };
  return {
    ver: "1.0",
    account_type: "Managed",
    domain_name: user.split("@")[1] ?? "local",
    cloud_instance_name: new URL(baseUrlOf(request.raw)).host,
    cloud_audience_urn: "urn:federation:MicrosoftOnline",
  };
}

function json(respond: Respond, options: DoorOptions): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  return async (request, reply) => {
    try {
      writeJson(reply, 200, await respond(request));
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      const { requestId, correlationId } = requestIds(clientIds(headersOf(request)), options.random);
      writeJson(reply, error.status, oauthErrorBody(error, { traceId: requestId, correlationId, nowMs: options.clock.now() }));
    }
  };
}

/** Sign-in is traced by the id that its clients send. Source: AzureAD/microsoft-authentication-library-for-python, `client-request-id`. */
function clientIds(headers: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string | undefined>> {
  return { "x-ms-correlation-request-id": headers["client-request-id"] };
}

/** Writes JSON that no cache keeps: RFC 6749 section 5.1. */
export function writeJson(reply: FastifyReply, status: number, body: Answer): void {
  const text = layOut(body, "arm");
  const headers = {
    "Cache-Control": "no-store, no-cache",
    Pragma: "no-cache",
    "X-Content-Type-Options": "nosniff",
    "Content-Type": "application/json; charset=utf-8",
    "Content-Length": String(Buffer.byteLength(text)),
  };
  send(reply, { status, headers, text });
}
