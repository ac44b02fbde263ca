import type { Instance } from "#compute";
import type { Failure, Scaled, StoredPool } from "../../documents.ts";
import { atRest } from "../rest.ts";
import type { Site } from "../site.ts";

/**
 * How long a pool is left alone after an addition that failed: doubled by each failure that follows the last within the third.
 * Source: kubernetes/autoscaler cluster-autoscaler FAQ.md, initial-node-group-backoff-duration and its neighbours.
 */
const BACKOFF_MS = { first: 5 * 60_000, most: 30 * 60_000, forgottenAfter: 3 * 3_600_000 } as const;
/** No speed shortens the back-off below this: the quota would be asked again and again. */
const SHORTEST_BACKOFF_MS = 10_000;

/**
 * The pool after autoscaling that failed: its count is what stands, and its state is untouched, as nobody else asked for anything.
 * Machines that have not become Ready in time are taken away again.
 * Source: kubernetes/autoscaler cluster-autoscaler FAQ.md, max-node-provision-time.
 * @param standing the pool's machines that are not on their way out.
 */
export function afterFailedScaling(site: Site, failure: Failure, standing: readonly Instance[]): StoredPool {
  const { context, pool, work, view } = site;
  const nowMs = context.clock.now();
  const awake = standing.filter(({ state }) => state !== "Deallocating" && state !== "Deallocated");
  const counted = atRest({ ...pool, properties: { ...pool.properties, count: awake.length } }, "Succeeded");
  if (work.autoscaled === "down") return { ...counted, scaled: { ...pool.scaled, downFailedMs: nowMs } };
  const scaled = { ...pool.scaled, backoff: nextBackoff(pool.scaled?.backoff, failure, { nowMs, pace: context.pace }) };
  const ready = new Set((view?.nodesOf(pool.name) ?? []).filter(isNodeReady).map(({ metadata }) => metadata.name));
  const spare = Math.max(awake.length - (pool.properties.minCount ?? 0), 0);
  const late = spare === 0 ? [] : awake.filter(({ computerName }) => !ready.has(computerName)).slice(-spare);
  if (late.length === 0) return { ...counted, scaled };
  const count = awake.length - late.length;
  return {
    ...counted,
    scaled,
    properties: { ...counted.properties, count },
    work: {
      kind: "Scaling",
      autoscaled: "down",
      startedMs: nowMs,
      begunMs: nowMs,
      drains: {},
      removal: { machines: late.map(({ computerName }) => computerName), count },
    },
  };
}

function isNodeReady({ status }: { readonly status?: { readonly conditions?: readonly { type: string; status: string }[] } }): boolean {
  return status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True") === true;
}

function nextBackoff(
  last: Scaled["backoff"],
  { code, message }: Failure,
  { nowMs, pace }: { readonly nowMs: number; readonly pace: Site["context"]["pace"] },
): NonNullable<Scaled["backoff"]> {
  const recent = last !== undefined && nowMs - last.untilMs < pace(BACKOFF_MS.forgottenAfter);
  const before = recent ? last.untilMs - last.sinceMs : 0;
  const most = Math.max(pace(BACKOFF_MS.most), SHORTEST_BACKOFF_MS);
  const lengthMs = before === 0 ? Math.max(pace(BACKOFF_MS.first), SHORTEST_BACKOFF_MS) : Math.min(2 * before, most);
  return { sinceMs: nowMs, untilMs: nowMs + lengthMs, code, message };
}
