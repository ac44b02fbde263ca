import type { Document } from "#store";
import type { AksContext } from "../../context.ts";
import type { PoolWork, Scaled, StoredCluster, StoredPool } from "../../documents.ts";
import { withCountOf } from "../virtual-machines.ts";

/** What the autoscaler wants of a pool. */
export interface Scaling {
  readonly direction: "up" | "down";
  /** The size that is scaled, where a pool has several. */
  readonly vmSize?: string | undefined;
  /** Nodes that the pool, or the size, is to have. */
  readonly count: number;
  /** The machines that go, by name. */
  readonly machines?: readonly string[];
}

/**
 * Gives the pool its work: the same that a caller's wish becomes, without an operation and without a state that shows.
 * Unverified: that the pool's eTag stays.
 * @returns false when cluster or pool have changed since they were looked at; nothing has happened then.
 */
export async function beginScaling(
  context: AksContext,
  cluster: Document<StoredCluster>,
  document: Document<StoredPool>,
  { direction, vmSize, count, machines }: Scaling,
): Promise<boolean> {
  const nowMs = context.clock.now();
  const { value: pool } = document;
  const properties = vmSize === undefined ? { ...pool.properties, count } : withCountOf(pool.properties, vmSize, count);
  const work: PoolWork = {
    kind: "Scaling",
    autoscaled: direction,
    startedMs: nowMs,
    begunMs: nowMs,
    drains: {},
    ...(vmSize !== undefined && { autoscaledSize: vmSize }),
    ...(machines !== undefined && { removal: { machines, count: properties.count } }),
  };
  const scaled: Scaled = { ...pool.scaled, ...(direction === "up" ? { upMs: nowMs } : { downMs: nowMs }) };
  return store(context, cluster, document, { ...pool, properties, scaled, work });
}

/** Notes that a node could not be taken out: the next waits. */
export async function noteFailedRemoval(
  context: AksContext,
  cluster: Document<StoredCluster>,
  document: Document<StoredPool>,
): Promise<boolean> {
  const { value: pool } = document;
  return store(context, cluster, document, { ...pool, scaled: { ...pool.scaled, downFailedMs: context.clock.now() } });
}

async function store(
  context: AksContext,
  cluster: Document<StoredCluster>,
  document: Document<StoredPool>,
  pool: StoredPool,
): Promise<boolean> {
  const { succeeded } = await context.store.transact(
    [context.clusters.unchanged(cluster.id, cluster), context.pools.unchanged(document.id, document)],
    [context.pools.put(document.id, pool)],
  );
  return succeeded;
}
