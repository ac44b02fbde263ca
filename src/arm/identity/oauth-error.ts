import { timestamp } from "../time.ts";

/** A refusal of the token endpoint, in OAuth's own form. */
export class OAuthError extends Error {
  readonly status: number;
  /** `invalid_client` and the like: RFC 6749 section 5.2. */
  readonly error: string;
  /** Number of Microsoft Entra ID's error: 7000215 for AADSTS7000215. */
  readonly number: number;

  constructor(status: number, error: string, number: number, message: string) {
    super(message);
    this.status = status;
    this.error = error;
    this.number = number;
  }
}

/**
 * The refusals of the token endpoint.
 * Source: learn.microsoft.com/entra/identity-platform/reference-error-codes, and answers quoted in public issues.
 */
export const oauthErrors = {
  missingParameter: (name: string) =>
    new OAuthError(400, "invalid_request", 900144, `The request body must contain the following parameter: '${name}'.`),
  unsupportedGrant: (grant: string) =>
    new OAuthError(400, "unsupported_grant_type", 70003, `The app requested an unsupported grant type '${grant}'.`),
  unknownTenant: (tenant: string) =>
    new OAuthError(
      400,
      "invalid_request",
      90002,
      `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. ` +
        "Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.",
    ),
  unknownClient: (clientId: string, tenantId: string) =>
    new OAuthError(
      400,
      "unauthorized_client",
      700016,
      `Application with identifier '${clientId}' was not found in the directory '${tenantId}'. This can happen if the application has not ` +
        "been installed by the administrator of the tenant or consented to by any user in the tenant. " +
        "You may have sent your authentication request to the wrong tenant.",
    ),
  wrongSecret: (clientId: string) =>
    new OAuthError(
      401,
      "invalid_client",
      7000215,
      "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, " +
        `not the client secret ID, for a secret added to app '${clientId}'.`,
    ),
  missingSecret: () =>
    new OAuthError(
      401,
      "invalid_client",
      7000218,
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    ),
  wrongAssertion: (clientId: string) =>
    new OAuthError(
      401,
      "invalid_client",
      700027,
      `Client assertion failed signature validation. No key is configured for app '${clientId}' that its assertion is signed with.`,
    ),
  wrongPassword: () => new OAuthError(400, "invalid_grant", 50126, "Error validating credentials due to invalid username or password."),
  wrongRefreshToken: () => new OAuthError(400, "invalid_grant", 9002313, "Invalid request. Request is malformed or invalid."),
  /** Differs from AKS: nobody is there to ask, so flows that need a person are refused. */
  interactionRequired: (flow: string) =>
    new OAuthError(
      400,
      "unauthorized_client",
      7000112,
      `The ${flow} flow is not emulated. Sign in as a service principal: az login --service-principal.`,
    ),
} as const;

/** What an error is traced by. */
export interface Trace {
  readonly traceId: string;
  readonly correlationId: string;
  readonly nowMs: number;
}

/** The JSON body of a refusal. Source: error answers of Microsoft Entra ID's token endpoint. */
export function oauthErrorBody(error: OAuthError, { traceId, correlationId, nowMs }: Trace): Record<string, unknown> {
  const time = timestamp(Math.floor(nowMs / 1000) * 1000).replace("T", " ");
  const trail = `Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${time}`;
  return {
    error: error.error,
    error_description: `AADSTS${error.number}: ${error.message} ${trail}`,
    error_codes: [error.number],
    timestamp: time,
    trace_id: traceId,
    correlation_id: correlationId,
    error_uri: `https://login.microsoftonline.com/error?code=${error.number}`,
  };
}
