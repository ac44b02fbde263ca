import { armErrors } from "../errors.ts";
import { ArmError, type Principal } from "../provider.ts";
import type { Tokens } from "./tokens.ts";

/**
 * Who calls, by the `Authorization` header.
 * Any audience is taken. Differs from AKS: the Azure SDK for JavaScript asks for a token of management.azure.com whatever the endpoint.
 * @throws {ArmError} 401 with `WWW-Authenticate`, from which clients learn where to get a token.
 */
export async function authenticate(
  authorization: string | undefined,
  { tokens, tenantId, baseUrl }: { readonly tokens: Tokens; readonly tenantId: string; readonly baseUrl: string },
): Promise<Principal> {
  try {
    if (authorization === undefined || authorization === "") throw armErrors.missingAuthorization();
    const token = /^Bearer\s+(\S+)$/i.exec(authorization)?.[1];
    if (token === undefined) throw armErrors.invalidAuthorization();
    return await tokens.verifyAccess(token);
  } catch (error) {
    if (!(error instanceof ArmError)) throw error;
    const description =
      error.code === "AuthenticationFailed" ? "The authentication failed because of missing 'Authorization' header." : error.message;
    const challenge = `Bearer authorization_uri="${baseUrl}/${tenantId}", error="invalid_token", error_description="${description.replaceAll('"', "'")}"`;
    throw new ArmError(error.status, error.code, error.message, { headers: { "WWW-Authenticate": headerText(challenge) } });
  }
}

/** A header holds no line break and no other letter than Latin ones. */
function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?");
}
