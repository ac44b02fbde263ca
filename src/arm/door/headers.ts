import type { Random } from "#lib";
import { isGuid } from "../ids.ts";
import type { Method } from "../provider.ts";
import { compactTimestamp } from "../time.ts";

/** Lower-case names, as Node gives them. */
export type RequestHeaders = Readonly<Record<string, string | undefined>>;

/** Every answer of the front door carries these. Source: recorded answers, all years. */
const FIXED: Readonly<Record<string, string>> = {
  "Cache-Control": "no-cache",
  Pragma: "no-cache",
  Expires: "-1",
  "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
  "X-Content-Type-Options": "nosniff",
};

/** The region whose front door this is, in routing ids. */
const FRONT_DOOR_REGION = "EASTUS";

/**
 * What is left of the hourly allowance after this request.
 * Source: recorded `x-ms-ratelimit-remaining-subscription-*` headers until 2024.
 * Differs from AKS: the allowance never runs out, so a test that makes thousands of calls is not throttled.
 */
const REMAINING: Readonly<Record<Method, readonly [header: string, value: string]>> = {
  GET: ["x-ms-ratelimit-remaining-subscription-reads", "11999"],
  HEAD: ["x-ms-ratelimit-remaining-subscription-reads", "11999"],
  PUT: ["x-ms-ratelimit-remaining-subscription-writes", "1199"],
  POST: ["x-ms-ratelimit-remaining-subscription-writes", "1199"],
  PATCH: ["x-ms-ratelimit-remaining-subscription-writes", "1199"],
  DELETE: ["x-ms-ratelimit-remaining-subscription-deletes", "14999"],
};

/** Ids of one request. */
export interface RequestIds {
  readonly requestId: string;
  readonly correlationId: string;
}

/** A new request id; the caller's correlation id when it is a GUID. */
export function requestIds(headers: RequestHeaders, random: Random): RequestIds {
  const asked = headers["x-ms-correlation-request-id"];
  const requestId = random.uuid();
  return { requestId, correlationId: asked !== undefined && isGuid(asked) ? asked : requestId };
}

/** The headers of every answer of the front door. */
export function frontDoorHeaders(request: RequestHeaders, ids: RequestIds, nowMs: number): Record<string, string> {
  const clientRequestId = request["x-ms-client-request-id"];
  const isEchoed = request["x-ms-return-client-request-id"]?.toLowerCase() === "true";
  return {
    ...FIXED,
    "x-ms-request-id": ids.requestId,
    "x-ms-correlation-request-id": ids.correlationId,
    "x-ms-routing-request-id": `${FRONT_DOOR_REGION}:${compactTimestamp(nowMs)}:${ids.requestId}`,
    ...(isEchoed && clientRequestId !== undefined ? { "x-ms-client-request-id": clientRequestId } : {}),
  };
}

/** The header that tells what is left of a subscription's allowance. */
export function rateLimitHeaders(method: Method): Record<string, string> {
  const [name, value] = REMAINING[method];
  return { [name]: value };
}
