import type { AgentPoolProperties, ProvisioningStatus } from "#api/containerservice/model";
import type { Failure, Parked, PastFailure, RestState, StoredPool } from "../documents.ts";

type PowerCode = NonNullable<AgentPoolProperties["powerState"]>["code"];

/**
 * The pool as it is when nothing is being done to it any more.
 *
 * A stopped pool shows no nodes and remembers how many it had. Work on the power that was canceled leaves the power as it
 * was before; a start that failed leaves the pool Running.
 * Sources: recorded answers of `nodepool stop` and `nodepool start`, 2021-10, and `nodepool operation-abort` of a stop, 2022-08;
 * the cluster quoted in Azure/AKS#2171 for a start that failed. Unverified: a start that was aborted.
 */
export function atRest(pool: StoredPool, provisioningState: RestState): StoredPool {
  const { work: _work, failure: _failure, parked, ...rest } = pool;
  const { status: _status, ...kept } = pool.properties;
  const properties = { ...kept, provisioningState };
  const power = powerAfter(pool, provisioningState);
  if (power === undefined) return { ...rest, properties, ...(parked !== undefined && { parked }) };
  const powered = { ...properties, powerState: { code: power } };
  if (power === "Running") return { ...rest, properties: powered };
  return { ...rest, properties: { ...powered, count: 0 }, parked: parkedOf(pool) };
}

/** A pool at rest, with what its last work failed of. */
export function withFailure(pool: StoredPool, failure: PastFailure): StoredPool {
  return { ...pool, failure, properties: { ...pool.properties, status: statusOf(failure) } };
}

/** How answers tell of a failure. */
export function statusOf({ code, message }: Failure): ProvisioningStatus {
  return { provisioningError: { code, message } };
}

/** Undefined when the work leaves the power alone, as it does in a pool that never had one. */
function powerAfter({ properties, work }: StoredPool, state: RestState): PowerCode | undefined {
  if (state !== "Succeeded" && work?.kind === "Stopping") return "Running";
  if (state === "Canceled" && work?.kind === "Starting") return "Stopped";
  return properties.powerState?.code;
}

function parkedOf({ properties, parked, work }: StoredPool): Parked {
  if (parked !== undefined) return parked;
  const withCluster = work?.kind === "Stopping" && work.operationId === undefined;
  return { count: properties.count, ...(withCluster && { withCluster }) };
}

/** The pool after work that deletes single machines: as many nodes as were to be left, or as stand where it did not come so far. */
export function withRemaining(pool: StoredPool, standing: number): StoredPool {
  const removal = pool.work?.removal;
  if (removal === undefined) return pool;
  return { ...pool, properties: { ...pool.properties, count: Math.max(removal.count, Math.min(standing, pool.properties.count)) } };
}
