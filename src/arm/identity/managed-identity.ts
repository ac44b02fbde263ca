import type { Clock } from "#lib";
import { sameName } from "../ids.ts";
import type { Directory, ManagedIdentity } from "./directory/model.ts";
import { isSameText } from "./directory/secrets.ts";
import type { DirectorySource } from "./directory/source.ts";
import { LIFETIME_SECONDS } from "./signer.ts";
import type { Tokens } from "./tokens.ts";

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

interface ManagedIdentityOptions {
  readonly clock: Clock;
  readonly tokens: Tokens;
  readonly directory: DirectorySource;
}

/** Names of the parameters that choose an identity, by what they name. */
const CLIENT_ID = ["client_id", "clientid"];
const OBJECT_ID = ["object_id", "principal_id"];
const RESOURCE_ID = ["msi_res_id", "mi_res_id", "mi_resource_id"];

/**
 * Hands tokens to programs on this machine, in the forms of App Service (`secret`, `X-IDENTITY-HEADER`), of a virtual
 * machine's metadata service and of the old extension (`Metadata: true`).
 * Differs from AKS: any program that reaches the loopback listener gets a token, as any on a machine with an identity does.
 * Source: learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token, and msrestazure;
 * learn.microsoft.com/azure/app-service/overview-managed-identity, "REST endpoint reference".
 */
export function createManagedIdentity(
  options: ManagedIdentityOptions,
): (request: ManagedIdentityRequest) => Promise<ManagedIdentityAnswer> {
  return async ({ method, parameters, headers }) => {
    const directory = options.directory();
    const secret = headers["x-identity-header"] ?? headers.secret;
    if (secret === undefined && headers.metadata?.toLowerCase() !== "true") {
      return refusal(400, "bad_request_102", "Required metadata header not specified");
    }
    if (secret !== undefined && !isSecretOfMachine(secret, directory)) {
      return refusal(401, "unauthorized", "The secret of the identity header is not that of this installation");
    }
    if (method !== "GET" && method !== "POST") return refusal(405, "method_not_allowed", "Use GET or POST");
    const resource = parameters.get("resource");
    if (resource === null || resource === "") return refusal(400, "invalid_request", "Required query variable 'resource' is missing");
    const identity = findIdentity(parameters, directory);
    if (identity === undefined) return secret === undefined ? refusal(400, "invalid_request", "Identity not found") : noSuchIdentity();
    return { status: 200, body: await tokenBody(identity, resource, options) };
  };
}

async function tokenBody(
  { clientId, objectId, resourceId, isSystemAssigned }: ManagedIdentity,
  resource: string,
  { clock, tokens }: ManagedIdentityOptions,
): Promise<Record<string, unknown>> {
  const subject = { kind: "app", applicationId: clientId, objectId, proof: "certificate" } as const;
  const access_token = await tokens.issueAccess({ ...subject, ...(isSystemAssigned ? {} : { resourceId }) }, resource);
  const now = Math.floor(clock.now() / 1000);
  return {
    access_token,
    client_id: clientId,
    expires_in: String(LIFETIME_SECONDS),
    expires_on: String(now + LIFETIME_SECONDS),
    ext_expires_in: String(LIFETIME_SECONDS),
    not_before: String(now),
    resource,
    token_type: "Bearer",
  };
}

/** The identity that is asked for; the machine's own when none is. */
function findIdentity(parameters: URLSearchParams, { managedIdentities }: Directory): ManagedIdentity | undefined {
  const value = (names: readonly string[]): string | undefined =>
    names.map((name) => parameters.get(name)).find((text) => text !== null && text !== "") ?? undefined;
  const [clientId, objectId, resourceId] = [value(CLIENT_ID), value(OBJECT_ID), value(RESOURCE_ID)];
  const isAsked = (wanted: string | undefined, has: string): boolean => wanted === undefined || sameName(wanted, has);
  const none = clientId === undefined && objectId === undefined && resourceId === undefined;
  return managedIdentities.find((identity) =>
    none
      ? identity.isSystemAssigned
      : isAsked(clientId, identity.clientId) && isAsked(objectId, identity.objectId) && isAsked(resourceId, identity.resourceId),
  );
}

/** Source: answers of App Service quoted in public issues. */
function noSuchIdentity(): ManagedIdentityAnswer {
  const message = "No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.";
  return { status: 400, body: { statusCode: 400, message } };
}

/** The header's secret is the installation's own. */
function isSecretOfMachine(sent: string, { users }: Directory): boolean {
  return users.some(({ isBuiltIn, password }) => isBuiltIn && password.value !== undefined && isSameText(sent, password.value));
}

function refusal(status: number, error: string, description: string): ManagedIdentityAnswer {
  return { status, body: { error, error_description: description } };
}
