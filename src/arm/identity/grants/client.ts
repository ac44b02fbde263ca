import { type Clock, ownEntry } from "#lib";
import { findApplication } from "../directory/directory.ts";
import { type Application, type Directory, PUBLIC_CLIENTS } from "../directory/model.ts";
import { isSecret } from "../directory/secrets.ts";
import { oauthErrors } from "../oauth-error.ts";
import type { Proof } from "../tokens.ts";
import { checkAssertion, plain } from "./assertion.ts";
import { requireParameter, type TokenRequest } from "./request.ts";

/** The application that asks, and how it has shown that it is the one. */
export interface Client {
  readonly clientId: string;
  readonly displayName: string;
  readonly proof: Proof;
  /** Absent for clients that every tenant knows. */
  readonly application?: Application;
}

export interface ClientOptions {
  readonly clock: Clock;
  readonly directory: Directory;
}

/** Characters of a client id that an error quotes at most. */
const MAX_QUOTED = 128;

/** The application of a client id, without any proof. @throws {OAuthError} AADSTS700016. */
export function findClient(directory: Directory, clientId: string): Client {
  const application = findApplication(directory, clientId);
  if (application !== undefined) {
    return { clientId: application.clientId, displayName: application.displayName, proof: "none", application };
  }
  const displayName = ownEntry(PUBLIC_CLIENTS, clientId.toLowerCase());
  if (displayName === undefined) throw oauthErrors.unknownClient(clientId.slice(0, MAX_QUOTED), directory.tenantId);
  return { clientId: clientId.toLowerCase(), displayName, proof: "none" };
}

/** The application that proves itself, by secret or by assertion. @throws {OAuthError} */
export async function checkConfidential(request: TokenRequest, options: ClientOptions): Promise<Client> {
  const client = await checkClient(request, options);
  if (client.proof === "none") throw oauthErrors.missingSecret();
  return client;
}

/** The application that asks for a user: one that sends a secret or an assertion must send the right one. @throws {OAuthError} */
export async function checkClient({ form, authorization, baseUrl }: TokenRequest, { clock, directory }: ClientOptions): Promise<Client> {
  const basic = basicCredentials(authorization);
  const client = findClient(directory, basic?.id ?? requireParameter(form, "client_id"));
  const { application } = client;
  if (application === undefined) return client;
  if (form.get("client_assertion") !== null) {
    await checkAssertion({ form }, application, { clock, audiences: audiencesOf(baseUrl, directory.tenantId) });
    return { ...client, proof: "certificate" };
  }
  const secret = basic?.secret ?? form.get("client_secret");
  if (secret === null || secret === "") return client;
  await checkSecret(secret, application, clock.now());
  return { ...client, proof: "secret" };
}

async function checkSecret(sent: string, { clientId, secrets }: Application, nowMs: number): Promise<void> {
  for (const secret of secrets) {
    if (!(await isSecret(sent, secret))) continue;
    if (secret.endsMs !== undefined && secret.endsMs <= nowMs) throw oauthErrors.expiredSecret(clientId);
    return;
  }
  throw oauthErrors.wrongSecret(clientId);
}

/** Names under which the one tenant is also known. */
export const TENANT_ALIASES = ["common", "organizations", "consumers", "local", "lido.local", "adfs"];

/** Every address of the token endpoint, and the issuers: what clients name as an assertion's audience. */
function audiencesOf(baseUrl: string, tenantId: string): readonly string[] {
  return [tenantId, ...TENANT_ALIASES].flatMap((tenant) =>
    ["/oauth2/token", "/oauth2/v2.0/token", "/v2.0", ""].map((path) => plain(`${baseUrl}/${tenant}${path}`)),
  );
}

/** Id and secret of an HTTP Basic header, each form-encoded first: RFC 6749 section 2.3.1. */
function basicCredentials(authorization: string | undefined): { readonly id: string; readonly secret: string } | undefined {
  const encoded = /^Basic\s+([A-Za-z0-9+/=]+)$/i.exec(authorization ?? "")?.[1];
  if (encoded === undefined) return undefined;
  const [id = "", secret = ""] = Buffer.from(encoded, "base64").toString().split(/:(.*)/s);
  const decode = (text: string): string => new URLSearchParams(`x=${text}`).get("x") ?? "";
  return { id: decode(id), secret: decode(secret) };
}
