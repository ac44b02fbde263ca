import { timingSafeEqual } from "node:crypto";
import type { Clock } from "#lib";
import type { Credential } from "./token-endpoint.ts";
import { LIFETIME_SECONDS, type Tokens } from "./tokens.ts";

/** A request on the plain listener, whatever its shape. */
export interface ManagedIdentityRequest {
  readonly method: string;
  /** Query of a GET, form of a POST. */
  readonly parameters: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface ManagedIdentityAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Hands tokens to programs on this machine, in the forms of App Service (`secret`, `X-IDENTITY-HEADER`), of a virtual
 * machine's metadata service and of the old extension (`Metadata: true`).
 * Differs from AKS: any program that reaches the loopback listener gets a token, as any on a machine with an identity does.
 * Source: learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token, and msrestazure.
 */
export function createManagedIdentity(options: {
  readonly clock: Clock;
  readonly tokens: Tokens;
  readonly credentials: readonly Credential[];
}): (request: ManagedIdentityRequest) => Promise<ManagedIdentityAnswer> {
  const { clock, tokens, credentials } = options;
  return async ({ method, parameters, headers }) => {
    const secret = headers["x-identity-header"] ?? headers.secret;
    if (secret === undefined && headers.metadata?.toLowerCase() !== "true") {
      return refusal(400, "bad_request_102", "Required metadata header not specified");
    }
    if (secret !== undefined && !credentials.some(({ clientSecret }) => isSame(clientSecret, secret))) {
      return refusal(401, "unauthorized", "The secret of the identity header is not that of this installation");
    }
    if (method !== "GET" && method !== "POST") return refusal(405, "method_not_allowed", "Use GET or POST");
    const resource = parameters.get("resource");
    if (resource === null || resource === "") return refusal(400, "invalid_request", "Required query variable 'resource' is missing");
    const applicationId = parameters.get("client_id") ?? parameters.get("clientid") ?? credentials[0]?.clientId ?? "";
    const access_token = await tokens.issueAccess({ kind: "app", applicationId }, resource);
    const now = Math.floor(clock.now() / 1000);
    return {
      status: 200,
      body: {
        access_token,
        client_id: applicationId,
        expires_in: String(LIFETIME_SECONDS),
        expires_on: String(now + LIFETIME_SECONDS),
        ext_expires_in: String(LIFETIME_SECONDS),
        not_before: String(now),
        resource,
        token_type: "Bearer",
      },
    };
  };
}

function refusal(status: number, error: string, description: string): ManagedIdentityAnswer {
  return { status, body: { error, error_description: description } };
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
