import type { Clock } from "#lib";
import type { DirectorySource } from "../directory/source.ts";
import { findClient } from "./client.ts";
import type { PendingGrants } from "./pending.ts";
import { audienceOf, requireParameter, type TokenRequest } from "./request.ts";

/** Where a person allows a device to sign in. */
export const DEVICE_PATH = "/devicelogin";
/** Source: learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code, "Device authorization response". */
const [DEVICE_SECONDS, INTERVAL_SECONDS] = [900, 5];

/**
 * Begins the sign-in of a device that has no browser: RFC 8628 section 3.2.
 * @throws {OAuthError} AADSTS900144, AADSTS700016, AADSTS70011.
 */
export async function beginDeviceSignIn(
  form: URLSearchParams,
  { version, baseUrl }: Pick<TokenRequest, "version" | "baseUrl">,
  { clock, directory, pending }: { readonly clock: Clock; readonly directory: DirectorySource; readonly pending: PendingGrants },
): Promise<Record<string, unknown>> {
  const { clientId } = findClient(directory(), requireParameter(form, "client_id"));
  const resource = form.get("resource");
  const asked = audienceOf({ form, version }, "device_code").scope;
  const scope = resource === null ? asked : `${resource}/.default openid offline_access`;
  const untilMs = clock.now() + DEVICE_SECONDS * 1000;
  const { code, userCode } = await pending.begin({ kind: "device", state: "pending", clientId, scope, untilMs });
  const url = `${baseUrl}${DEVICE_PATH}`;
  const message = `To sign in, use a web browser to open the page ${url} and enter the code ${userCode} to authenticate.`;
  if (version === 1) {
    const [expires_in, interval] = [String(DEVICE_SECONDS), String(INTERVAL_SECONDS)];
    return { user_code: userCode, device_code: code, verification_url: url, expires_in, interval, message };
  }
  return { user_code: userCode, device_code: code, verification_uri: url, expires_in: DEVICE_SECONDS, interval: INTERVAL_SECONDS, message };
}
