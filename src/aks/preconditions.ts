import type { ArmRequest } from "#arm";
import { refusals } from "./errors.ts";

/**
 * `If-Match` and `If-None-Match` of a request, against what is stored.
 *
 * |                       | absent | present              |
 * | `If-Match: *`         | 412    | goes on              |
 * | `If-Match: xyz`       | 412    | 412 unless its eTag  |
 * | `If-None-Match: *`    | goes on| 412                  |
 *
 * Sources: azure-docs articles/aks/use-etags.md; Azure/azure-cli#30309 for the text about what is absent.
 *
 * @param etag of what is stored; undefined when there is nothing.
 * @param what `agent pool`, `managed cluster`.
 * @throws {ProviderError} 412 PreconditionFailed; 400 BadRequest for another `If-None-Match` than `*`, and for both together.
 */
export function checkPreconditions({ headers }: Pick<ArmRequest, "headers">, etag: unknown, what: string): void {
  const match = (headers["if-match"] ?? "").trim();
  const noneMatch = (headers["if-none-match"] ?? "").trim();
  if (noneMatch !== "" && noneMatch !== "*") throw refusals.badPrecondition("The If-None-Match header can only be empty or '*'.");
  if (match !== "" && noneMatch !== "") {
    throw refusals.badPrecondition("The If-Match and If-None-Match headers can not be used at the same time.");
  }
  if (noneMatch === "*" && etag !== undefined) throw refusals.preconditionFailed(what);
  if (match === "") return;
  if (etag === undefined) throw refusals.preconditionOnNothing();
  if (match !== "*" && !values(match).some((value) => value === etag)) throw refusals.preconditionFailed(what);
}

function values(header: string): readonly string[] {
  return header.split(",").map((value) => value.trim().replace(/^(?:W\/)?"(.*)"$/, "$1"));
}
