import { armErrors } from "../errors.ts";
import { ArmError, type Principal } from "../provider.ts";
import type { Tokens } from "./tokens.ts";

/** What a token for Azure Resource Manager may be for, with and without a slash at the end. */
const ARM_AUDIENCES = [
  "https://management.core.windows.net/",
  "https://management.core.windows.net",
  "https://management.azure.com/",
  "https://management.azure.com",
];
/** Audiences of the clouds, and of this one under each name that leads to this machine. */
const AZURE =
  /^https:\/\/management\.(?:core\.windows\.net|azure\.com|chinacloudapi\.cn|core\.chinacloudapi\.cn|usgovcloudapi\.net|core\.usgovcloudapi\.net)$/i;
const LOOPBACK = /^https?:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

/**
 * Who calls, by the `Authorization` header.
 * Differs from AKS: a token for public Azure's or another cloud's endpoint is taken too, since the Azure SDK for JavaScript
 * asks for management.azure.com whatever the endpoint, and one for any port of this machine.
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
    const { principal, audience } = await tokens.verifyAccess(token);
    if (!isForArm(audience, baseUrl)) throw armErrors.wrongAudience(audience, [`${baseUrl}/`, baseUrl, ...ARM_AUDIENCES]);
    return principal;
  } catch (error) {
    if (!(error instanceof ArmError)) throw error;
    const description =
      error.code === "AuthenticationFailed" ? "The authentication failed because of missing 'Authorization' header." : error.message;
    const challenge = `Bearer authorization_uri="${baseUrl}/${tenantId}", error="invalid_token", error_description="${description.replaceAll('"', "'")}"`;
    throw new ArmError(error.status, error.code, error.message, { headers: { "WWW-Authenticate": headerText(challenge) } });
  }
}

function isForArm(audience: string, baseUrl: string): boolean {
  const plain = audience.replace(/\/+$/, "");
  return AZURE.test(plain) || LOOPBACK.test(plain) || plain.toLowerCase() === baseUrl.toLowerCase();
}

/** A header holds no line break and no other letter than Latin ones. */
function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?");
}
