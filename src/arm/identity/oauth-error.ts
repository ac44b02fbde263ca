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

const refuse =
  (status: number, error: string, number: number) =>
  (message: string): OAuthError =>
    new OAuthError(status, error, number, message);
const invalidRequest = (number: number) => refuse(400, "invalid_request", number);
const invalidGrant = (number: number) => refuse(400, "invalid_grant", number);
const invalidClient = (number: number) => refuse(401, "invalid_client", number);

const FEDERATED_HELP =
  "Check your federated identity credential Subject, Audience and Issuer against the presented assertion. " +
  "https://learn.microsoft.com/entra/workload-id/workload-identity-federation";

/**
 * The refusals of the token endpoint.
 * Source: learn.microsoft.com/entra/identity-platform/reference-error-codes, and answers quoted in public issues.
 */
export const oauthErrors = {
  missingParameter: (name: string) => invalidRequest(900144)(`The request body must contain the following parameter: '${name}'.`),
  unsupportedGrant: (grant: string) =>
    refuse(400, "unsupported_grant_type", 70003)(`The app requested an unsupported grant type '${grant}'.`),
  unsupportedResponse: (type: string) =>
    refuse(400, "unsupported_response_type", 70005)(`The app requested an unsupported response type '${type}'.`),
  unknownTenant: (tenant: string) =>
    invalidRequest(90002)(
      `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. ` +
        "Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.",
    ),
  unknownClient: (clientId: string, tenantId: string) =>
    refuse(
      400,
      "unauthorized_client",
      700016,
    )(
      `Application with identifier '${clientId}' was not found in the directory '${tenantId}'. This can happen if the application has not ` +
        "been installed by the administrator of the tenant or consented to by any user in the tenant. " +
        "You may have sent your authentication request to the wrong tenant.",
    ),
  wrongSecret: (clientId: string) =>
    invalidClient(7000215)(
      "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, " +
        `not the client secret ID, for a secret added to app '${clientId}'.`,
    ),
  expiredSecret: (clientId: string) =>
    invalidClient(7000222)(
      `The provided client secret keys for app '${clientId}' are expired. Visit the Azure portal to create new keys for your app: ` +
        "https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.",
    ),
  missingSecret: () =>
    invalidClient(7000218)("The request body must contain the following parameter: 'client_assertion' or 'client_secret'."),
  malformedAssertion: (reason: string) => refuse(400, "invalid_request", 50027)(`JWT token is invalid or malformed. ${reason}`.trimEnd()),
  /** @param thumbprint hexadecimal, in upper case. Source: AzureAD/microsoft-authentication-library-for-js#8339. */
  wrongAssertionKey: (clientId: string, thumbprint: string | undefined, reason = "The key was not found.") =>
    invalidClient(700027)(
      "The certificate with identifier used to sign the client assertion is not registered on application. " +
        `[Reason - ${reason}${thumbprint === undefined ? "" : `, Thumbprint of key used by client: '${thumbprint}'`}, ` +
        `Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '${clientId}'. ` +
        "Review the documentation at https://docs.microsoft.com/en-us/graph/deployments to determine the corresponding service endpoint and " +
        "https://docs.microsoft.com/en-us/graph/api/application-get?view=graph-rest-1.0&tabs=http to build a query request URL, " +
        `such as 'https://graph.microsoft.com/beta/applications/${clientId}'].`,
    ),
  wrongAssertionSubject: () =>
    invalidClient(700021)(
      "Client assertion application identifier doesn't match 'client_id' parameter. Review the documentation at " +
        "https://learn.microsoft.com/entra/identity-platform/certificate-credentials .",
    ),
  wrongAssertionAudience: () =>
    invalidClient(700023)(
      "Client assertion audience claim does not match Realm issuer. Review the documentation at " +
        "https://learn.microsoft.com/entra/identity-platform/certificate-credentials .",
    ),
  assertionTime: (now: string, from: string, until: string) =>
    invalidClient(700024)(
      `Client assertion is not within its valid time range. Current time: ${now}, assertion valid from ${from}, ` +
        `expiry time of assertion ${until}. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials .`,
    ),
  /** Source: answers since 2024, which tell what does not match; before, all three were 70021. */
  noFederatedIssuer: (issuer: string) =>
    invalidClient(700211)(`No matching federated identity record found for presented assertion issuer '${issuer}'. ${FEDERATED_HELP}`),
  noFederatedAudience: (audience: string) =>
    invalidClient(700212)(`No matching federated identity record found for presented assertion audience '${audience}'. ${FEDERATED_HELP}`),
  noFederatedSubject: (subject: string) =>
    invalidClient(700213)(`No matching federated identity record found for presented assertion subject '${subject}'. ${FEDERATED_HELP}`),
  wrongFederatedKey: () =>
    invalidClient(50013)(
      "Assertion failed signature validation. [Reason - Expected signature validation key on keys endpoint of identity issuer is unavailable " +
        "or does not match the signature.].",
    ),
  wrongAssertionIssuer: () => invalidGrant(50013)("Assertion failed signature validation. [Reason - The key was not found.]."),
  wrongAssertionFor: (audience: string, clientId: string) =>
    invalidGrant(500131)(
      `Assertion audience does not match the Client app presenting the assertion. The audience in the assertion was '${audience}' and the ` +
        `expected audience is 'api://${clientId}' or one of the Application Uris of this application with App ID '${clientId}'.`,
    ),
  wrongPassword: () => invalidGrant(50126)("Error validating credentials due to invalid username or password."),
  /** Source: answers quoted in public issues, which hide the name like this themselves. */
  unknownUser: (tenantId: string) =>
    invalidGrant(50034)(
      `The user account {EUII Hidden} does not exist in the ${tenantId} directory. To sign into this application, ` +
        "the account must be added to the directory.",
    ),
  malformedGrant: (what: string) => invalidGrant(9002313)(`Invalid request. Request is malformed or invalid: '${what}'.`),
  expiredGrant: () =>
    invalidGrant(70008)(
      "The provided authorization code or refresh token has expired due to inactivity. " +
        "Send a new interactive authorization request for this user and resource.",
    ),
  otherClient: () =>
    invalidGrant(70000)("Provided grant is invalid or malformed. The provided value for the grant was issued to another client."),
  redeemedCode: () =>
    invalidGrant(54005)(
      "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.",
    ),
  wrongVerifier: () => invalidGrant(501481)("The Code_Verifier does not match the code_challenge supplied in the authorization request."),
  missingVerifier: () =>
    invalidGrant(50148)("The code_verifier does not match the code_challenge supplied in the authorization request for PKCE."),
  redirectMismatch: () =>
    invalidGrant(500112)("The reply address in the token request does not match the reply address of the authorization request."),
  redirectUri: (uri: string, clientId: string) =>
    invalidRequest(50011)(
      `The redirect URI '${uri}' specified in the request does not match the redirect URIs configured for the application '${clientId}'. ` +
        "Make sure the redirect URI sent in the request matches one added to your application in the Azure portal. " +
        "Navigate to https://aka.ms/redirectUriMismatchError to learn more about how to troubleshoot this issue.",
    ),
  invalidScope: (scope: string) =>
    refuse(
      400,
      "invalid_scope",
      70011,
    )(
      "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. " +
        `The scope ${scope} is not valid.`,
    ),
  invalidClientScope: (scope: string) =>
    refuse(
      400,
      "invalid_scope",
      1002012,
    )(
      `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the ` +
        "resource identifier (application ID URI).",
    ),
  /** Unverified: the number of an unknown method. */
  wrongChallenge: () => invalidRequest(501491)("The code_challenge or its code_challenge_method is invalid."),
  noSession: () => refuse(400, "login_required", 50058)("A silent sign-in request was sent but no user is signed in."),
  pending: () => refuse(400, "authorization_pending", 70016)("OAuth 2.0 device flow error. Authorization is pending. Continue polling."),
  /** Unverified: the number. */
  declined: () => refuse(400, "authorization_declined", 65004)("User declined to consent to access the app."),
  expiredDeviceCode: () => refuse(400, "expired_token", 70019)("Verification code expired. Have the user retry the sign-in."),
  wrongDeviceCode: () =>
    refuse(400, "bad_verification_code", 70018)("Invalid verification code due to User typing in wrong user code for device code flow."),
  /** Unverified: the code; it is that of any moment at which Microsoft Entra ID cannot answer. */
  busy: () => refuse(503, "temporarily_unavailable", 90033)("A transient error has occurred. Please try again."),
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
