import type { Random } from "#lib";
import { isGuid } from "../ids.ts";
import { compactTimestamp } from "../time.ts";
import { BUCKETS_SINCE } from "./allowances.ts";

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

/**
 * The headers of every answer of the front door.
 * @param apiVersion The caller's; undefined for paths without one. Newer ones are answered through Azure's edge.
 */
export function frontDoorHeaders(
  request: RequestHeaders,
  ids: RequestIds,
  at: { nowMs: number; apiVersion?: string },
): Record<string, string> {
  const { nowMs, apiVersion = "" } = at;
  const clientRequestId = request["x-ms-client-request-id"];
  const isEchoed = request["x-ms-return-client-request-id"]?.toLowerCase() === "true";
  return {
    ...FIXED,
    "x-ms-request-id": ids.requestId,
    "x-ms-correlation-request-id": ids.correlationId,
    "x-ms-routing-request-id": `${FRONT_DOOR_REGION}:${compactTimestamp(nowMs)}:${ids.correlationId}`,
    ...(apiVersion >= BUCKETS_SINCE && edgeHeaders(ids, nowMs)),
    ...(isEchoed && clientRequestId !== undefined ? { "x-ms-client-request-id": clientRequestId } : {}),
  };
}

/** Name of this machine at the edge, where Azure has one like `CO6AA3150220019`. */
const EDGE = "LIDO00000000001";

/** Source: recorded answers of 2023-09 and of 2025: `Ref A: DFC8… Ref B: CO6AA3150220019 Ref C: 2023-09-27T04:34:32Z`. */
function edgeHeaders({ requestId }: RequestIds, nowMs: number): Record<string, string> {
  const id = requestId.replaceAll("-", "").toUpperCase();
  const time = `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
  return { "X-Cache": "CONFIG_NOCACHE", "X-MSEdge-Ref": `Ref A: ${id} Ref B: ${EDGE} Ref C: ${time}` };
}
