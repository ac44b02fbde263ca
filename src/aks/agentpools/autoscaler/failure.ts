import type { Pace } from "#lib";
import type { Failure, Scaled, StoredPool } from "../../documents.ts";
import { atRest } from "../rest.ts";
import { autoscaledGroups, withoutMachines, withStanding } from "../virtual-machines.ts";

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
  readonly machines: readonly StandingMachine[];
}

interface StandingMachine {
  readonly name: string;
  readonly ready: boolean;
  /** Of a pool of several sizes. */
  readonly vmSize?: string;
}

/**
 * The pool after autoscaling that failed: its count is what stands, and its state is untouched, as nobody else asked for anything.
 * Machines that have not become Ready in time are taken away again, down to the minimum.
 * Source: kubernetes/autoscaler cluster-autoscaler FAQ.md, max-node-provision-time.
 */
export function afterFailedScaling(pool: StoredPool, failure: Failure, { nowMs, pace, machines }: Standing): StoredPool {
  const counted = atRest({ ...pool, properties: withStanding(pool.properties, machines) }, "Succeeded");
  if (pool.work?.autoscaled === "down") return { ...counted, scaled: { ...pool.scaled, downFailedMs: nowMs } };
  const scaled = backedOff(pool, failure, { nowMs, pace });
  const late = latecomers(pool, machines);
  if (late.length === 0) return { ...counted, scaled };
  const count = machines.length - late.length;
  const isOfSizes = autoscaledGroups(pool.properties).length > 0;
  return {
    ...counted,
    scaled,
    properties: isOfSizes ? withoutMachines(counted.properties, late) : { ...counted.properties, count },
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

/** A size that cannot be had does not bar the others of its pool. */
function backedOff({ scaled, work }: StoredPool, failure: Failure, time: Pick<Standing, "nowMs" | "pace">): Scaled {
  const size = work?.autoscaledSize;
  if (size === undefined) return { ...scaled, backoff: nextBackoff(scaled?.backoff, failure, time) };
  return { ...scaled, backoffs: { ...scaled?.backoffs, [size]: nextBackoff(scaled?.backoffs?.[size], failure, time) } };
}

/** The last of the machines that have not become Ready, as many as the pool, or each of its autoscaled sizes, can spare. */
function latecomers({ properties }: StoredPool, machines: readonly StandingMachine[]): readonly StandingMachine[] {
  const groups = autoscaledGroups(properties);
  const late = (own: readonly StandingMachine[], min: number): readonly StandingMachine[] => {
    const spare = Math.max(own.length - min, 0);
    return spare === 0 ? [] : own.filter(({ ready }) => !ready).slice(-spare);
  };
  if (groups.length === 0) return late(machines, properties.minCount ?? 0);
  return groups.flatMap(({ size, min }) =>
    late(
      machines.filter(({ vmSize }) => vmSize === size),
      min,
    ),
  );
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
