import { type ArmRequest, ProviderError } from "#arm";
import { isOfTime } from "#api/containerservice/times";

/** Until then a refusal was a code and a message. Source: recorded refusals of 2018-01 and 2019-04, and of 2021 on. */
const DETAILED_SINCE = "2021-01-01";
/**
 * Since then the subcodes of what is not found name the server behind.
 * Source: recorded refusals of 2025, and of 2026 to callers of 2024-09-01.
 */
const SERVER_NAMED_SINCE = "2024-10-01";
const NOT_FOUND_SUBCODE = /^Get\w+_NotFound$/;

/** A refusal with the members of the time of the caller's api-version: see `errors.ts` for those of today. */
export function asOfTime(error: ProviderError, { apiVersion }: Pick<ArmRequest, "apiVersion">): ProviderError {
  const {
    details: _details,
    subcode,
    ...rest
  } = error.response.body as ProviderError["response"]["body"] & {
    readonly details?: unknown;
    readonly subcode?: string;
  };
  if (!isOfTime(apiVersion, DETAILED_SINCE)) return withBody(error, rest);
  if (subcode === undefined || !NOT_FOUND_SUBCODE.test(subcode) || !isOfTime(apiVersion, SERVER_NAMED_SINCE)) return error;
  return withBody(error, { ...error.response.body, subcode: `${subcode}_HCPServerError` } as ProviderError["response"]["body"]);
}

function withBody(error: ProviderError, body: ProviderError["response"]["body"]): ProviderError {
  return new ProviderError({ ...error.response, body });
}
