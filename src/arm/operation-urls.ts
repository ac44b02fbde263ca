import { createHash } from "node:crypto";
import type { ArmRequest, Operation } from "./provider.ts";
import { ticks } from "./time.ts";

/** What the URLs of an operation are made of. */
type Place = Pick<Operation, "subscriptionId" | "namespace" | "location" | "id">;
type Caller = Pick<ArmRequest, "baseUrl" | "apiVersion">;

/**
 * The api-version that operation URLs carry, whatever the caller's was.
 * Source: recorded Azure-AsyncOperation headers of Microsoft.ContainerService, 2018-01 to 2026-01, by the caller's api-version.
 */
function operationApiVersion(callerVersion: string): string {
  if (callerVersion < "2020-01-01") return "2017-08-31";
  return callerVersion < "2025-01-01" ? "2016-03-30" : "2025-03-01";
}

/** Api-version from which on the URLs are signed, and ids whole. Source: recorded headers of 2023-09-27 on, bodies of 2024-02 on. */
const SIGNED_SINCE = "2023-11-01";
/** Api-version whose `Location` was the operation itself. Source: recorded DELETE of 2018-01; those of 2019-04 on name a result. */
const RESULTS_SINCE = "2018-03-31";

/**
 * The URL of an operation or of its result, on the caller's host.
 * Since 2023 a query of four parts follows the api-version: `t` is the time in .NET's ticks, `c`, `s` and `h` a certificate, a
 * signature and a hash. Clients send them back as they are.
 * Differs from AKS: they are made from the rest of the URL, not signed, and a request without them is answered all the same.
 */
export function operationUrl(caller: Caller, place: Place, kind: "operations" | "operationresults", nowMs: number): string {
  const { subscriptionId, namespace, location, id } = place;
  const url =
    `${caller.baseUrl}/subscriptions/${subscriptionId}/providers/${namespace}/locations/${location}/${kind}/${id}` +
    `?api-version=${operationApiVersion(caller.apiVersion)}`;
  return isSigned(caller.apiVersion) ? `${url}&${signature(url, nowMs)}` : url;
}

/** The value of `Location` beside that of `Azure-AsyncOperation`. */
export function resultUrl(caller: Caller, place: Place, nowMs: number): string {
  return operationUrl(caller, place, caller.apiVersion < RESULTS_SINCE ? "operations" : "operationresults", nowMs);
}

/** Whether a caller came by a signed URL: `name` in the answer is then the operation's id as it is. Source: recorded operations. */
export function cameSigned({ query, apiVersion }: Pick<ArmRequest, "query" | "apiVersion">): boolean {
  return query.has("t") || isSigned(apiVersion);
}

/** Keeps the query of a signed URL when an answer names a URL of the same operation. */
export function asCaller(request: ArmRequest): Caller {
  const signed = request.query.has("t") && !isSigned(request.apiVersion);
  return { baseUrl: request.baseUrl, apiVersion: signed ? SIGNED_SINCE : request.apiVersion };
}

function isSigned(apiVersion: string): boolean {
  return apiVersion >= SIGNED_SINCE;
}

function signature(url: string, nowMs: number): string {
  const t = ticks(nowMs).toString();
  const part = (name: string): string => createHash("sha512").update(`${name} ${t} ${url}`).digest("base64url");
  const hash = createHash("sha256").update(`${t} ${url}`).digest("base64url");
  return new URLSearchParams({ t, c: part("c"), s: part("s"), h: hash }).toString();
}
