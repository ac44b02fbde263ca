import { createHash } from "node:crypto";
import { sameName } from "../../ids.ts";
import { ArmError } from "../../provider.ts";
import { findUser } from "../directory/directory.ts";
import type { User } from "../directory/model.ts";
import { isSameText, isSecret } from "../directory/secrets.ts";
import { oauthErrors } from "../oauth-error.ts";
import type { Sealing } from "../sealing.ts";
import type { Subject, Tokens } from "../tokens.ts";
import { checkClient, checkConfidential, type Client, type ClientOptions } from "./client.ts";
import type { PendingGrant, PendingGrants } from "./pending.ts";
import { openRefresh } from "./refresh.ts";
import { requireParameter, type TokenRequest } from "./request.ts";

/** Who has signed in by a flow, and what the flow has asked for before. */
export interface Granted {
  readonly subject: Subject;
  readonly scope?: string;
  readonly nonce?: string;
}

export interface FlowOptions extends ClientOptions {
  readonly pending: PendingGrants;
  readonly sealing: Sealing;
  readonly tokens: Tokens;
}

/** One grant of the token endpoint. @throws {OAuthError} */
export type Flow = (request: TokenRequest, options: FlowOptions) => Promise<Granted>;

/** The grants by `grant_type`. */
export const FLOWS: Readonly<Record<string, Flow>> = {
  client_credentials: clientCredentials,
  password,
  refresh_token: refreshToken,
  authorization_code: authorizationCode,
  device_code: deviceCode,
  "urn:ietf:params:oauth:grant-type:device_code": deviceCode,
  "urn:ietf:params:oauth:grant-type:jwt-bearer": onBehalfOf,
};

/** A user who has signed in to an application. */
export function userSubject(client: Client, { userPrincipalName, displayName, objectId }: User): Subject {
  return { kind: "user", applicationId: client.clientId, objectId, userName: userPrincipalName, displayName, proof: client.proof };
}

async function clientCredentials(request: TokenRequest, options: FlowOptions): Promise<Granted> {
  const { clientId, proof, application } = await checkConfidential(request, options);
  return { subject: { kind: "app", applicationId: clientId, objectId: application?.objectId ?? "", proof } };
}

async function password(request: TokenRequest, options: FlowOptions): Promise<Granted> {
  const client = await checkClient(request, options);
  const user = findUser(options.directory, requireParameter(request.form, "username"));
  const sent = requireParameter(request.form, "password");
  if (user === undefined) throw oauthErrors.unknownUser(options.directory.tenantId);
  if (!(await isSecret(sent, user.password))) throw oauthErrors.wrongPassword();
  return { subject: userSubject(client, user) };
}

async function refreshToken(request: TokenRequest, options: FlowOptions): Promise<Granted> {
  const { clock, sealing } = options;
  const grant = openRefresh(sealing, clock, requireParameter(request.form, "refresh_token"));
  const client = await checkClient(request, options);
  if (!sameName(client.clientId, grant.clientId)) throw oauthErrors.otherClient();
  return { subject: userSubject(client, requireUser(options, grant.userName)), scope: grant.scope };
}

function requireUser({ directory }: FlowOptions, userName: string | undefined): User {
  const user = userName === undefined ? undefined : findUser(directory, userName);
  if (user === undefined) throw oauthErrors.unknownUser(directory.tenantId);
  return user;
}

async function authorizationCode(request: TokenRequest, options: FlowOptions): Promise<Granted> {
  const { form } = request;
  const client = await checkClient(request, options);
  const document = options.pending.find("code", requireParameter(form, "code"));
  if (document === undefined) throw oauthErrors.malformedGrant("code");
  const grant = document.value;
  if (!sameName(grant.clientId, client.clientId)) throw oauthErrors.otherClient();
  if (grant.state === "redeemed") throw oauthErrors.redeemedCode();
  if (grant.untilMs <= options.clock.now()) throw oauthErrors.expiredGrant();
  if (requireParameter(form, "redirect_uri") !== grant.redirectUri) throw oauthErrors.redirectMismatch();
  checkVerifier(form.get("code_verifier"), grant);
  if (!(await options.pending.change(document, { ...grant, state: "redeemed" }))) throw oauthErrors.redeemedCode();
  const subject = userSubject(client, requireUser(options, grant.userName));
  return { subject, scope: grant.scope, ...(grant.nonce === undefined ? {} : { nonce: grant.nonce }) };
}

/** RFC 7636: the client that asked for the code is the one that redeems it. */
function checkVerifier(verifier: string | null, { challenge, challengeMethod }: PendingGrant): void {
  if (challenge === undefined) return;
  if (verifier === null || verifier === "") throw oauthErrors.missingVerifier();
  const made = challengeMethod === "S256" ? createHash("sha256").update(verifier).digest("base64url") : verifier;
  if (!isSameText(made, challenge)) throw oauthErrors.wrongVerifier();
}

async function deviceCode(request: TokenRequest, options: FlowOptions): Promise<Granted> {
  const { form } = request;
  const client = await checkClient(request, options);
  // Version 1 of the endpoint calls it `code`.
  const document = options.pending.find(
    "device",
    form.get("device_code") ?? requireParameter(form, form.has("code") ? "code" : "device_code"),
  );
  if (document === undefined) throw oauthErrors.wrongDeviceCode();
  const grant = document.value;
  if (!sameName(grant.clientId, client.clientId)) throw oauthErrors.otherClient();
  if (grant.state === "redeemed") throw oauthErrors.redeemedCode();
  if (grant.state === "declined") throw oauthErrors.declined();
  if (grant.untilMs <= options.clock.now()) throw oauthErrors.expiredDeviceCode();
  if (grant.state === "pending") throw oauthErrors.pending();
  if (!(await options.pending.change(document, { ...grant, state: "redeemed" }))) throw oauthErrors.redeemedCode();
  return { subject: userSubject(client, requireUser(options, grant.userName)), scope: grant.scope };
}

/** An application that a user has called calls another for the user. Source: learn.microsoft.com/entra/identity-platform/v2-oauth2-on-behalf-of-flow. */
async function onBehalfOf(request: TokenRequest, options: FlowOptions): Promise<Granted> {
  const { form } = request;
  if (requireParameter(form, "requested_token_use") !== "on_behalf_of") throw oauthErrors.missingParameter("requested_token_use");
  const client = await checkConfidential(request, options);
  const { principal, audience, kind } = await options.tokens.verifyAccess(requireParameter(form, "assertion")).catch((error: unknown) => {
    throw error instanceof ArmError ? oauthErrors.wrongAssertionIssuer() : error;
  });
  if (![client.clientId, `api://${client.clientId}`].includes(audience.toLowerCase()))
    throw oauthErrors.wrongAssertionFor(audience, client.clientId);
  if (kind !== "user") throw oauthErrors.wrongAssertionIssuer();
  return { subject: userSubject(client, requireUser(options, principal.name)) };
}
