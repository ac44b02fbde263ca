import type { Pace } from "#lib";
import type { Failure, Scaled, StoredPool } from "../../documents.ts";
import { atRest } from "../rest.ts";

/**
 * How long a pool is left alone after an addition that failed: doubled by each failure that follows the last within the third.
 * Source: kubernetes/autoscaler cluster-autoscaler FAQ.md, initial-node-group-backoff-duration and its neighbours.
 */
const BACKOFF_MS = { first: 5 * 60_000, most: 30 * 60_000, forgottenAfter: 3 * 3_600_000 } as const;
/** No speed shortens the back-off below this: the quota would be asked again and again. */
const SHORTEST_BACKOFF_MS = 10_000;

/** What stands when autoscaling has failed. */
export interface Standing {
  readonly nowMs: number;
  readonly pace: Pace;
  /** The pool's machines that run or are about to, in order of id. */
  readonly machines: readonly { readonly name: string; readonly ready: boolean }[];
}

/**
 * The pool after autoscaling that failed: its count is what stands, and its state is untouched, as nobody else asked for anything.
 * Machines that have not become Ready in time are taken away again, down to the minimum.
 * Source: kubernetes/autoscaler cluster-autoscaler FAQ.md, max-node-provision-time.
 */
export function afterFailedScaling(pool: StoredPool, failure: Failure, { nowMs, pace, machines }: Standing): StoredPool {
  const counted = atRest({ ...pool, properties: { ...pool.properties, count: machines.length } }, "Succeeded");
  if (pool.work?.autoscaled === "down") return { ...counted, scaled: { ...pool.scaled, downFailedMs: nowMs } };
  const scaled = { ...pool.scaled, backoff: nextBackoff(pool.scaled?.backoff, failure, { nowMs, pace }) };
  const spare = Math.max(machines.length - (pool.properties.minCount ?? 0), 0);
  const late = spare === 0 ? [] : machines.filter(({ ready }) => !ready).slice(-spare);
  if (late.length === 0) return { ...counted, scaled };
  const count = machines.length - late.length;
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
      removal: { machines: late.map(({ name }) => name), count },
    },
  };
}

function nextBackoff(
  last: Scaled["backoff"],
  { code, message }: Failure,
  { nowMs, pace }: { readonly nowMs: number; readonly pace: Pace },
): NonNullable<Scaled["backoff"]> {
  const recent = last !== undefined && nowMs - last.untilMs < pace(BACKOFF_MS.forgottenAfter);
  const before = recent ? last.untilMs - last.sinceMs : 0;
  const most = Math.max(pace(BACKOFF_MS.most), SHORTEST_BACKOFF_MS);
  const lengthMs = before === 0 ? Math.max(pace(BACKOFF_MS.first), SHORTEST_BACKOFF_MS) : Math.min(2 * before, most);
  return { sinceMs: nowMs, untilMs: nowMs + lengthMs, code, message };
}
