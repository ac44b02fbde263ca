import type { NodeBootstrap } from "#api/kubelet";
import type { OperationStatus } from "#arm";
import type { Instance } from "#compute";
import { isNodeReady } from "#kube/apimachinery";
import type { Op } from "#store";
import type { AksContext } from "../context.ts";
import type { Drain, Failure, GivenUp, Pools, PoolWork, StoredPool, Work } from "../documents.ts";
import { afterFailedScaling, type Standing } from "./autoscaler/failure.ts";
import { stillCarried } from "./conformance.ts";
import { atRest, withFailure, withRemaining } from "./rest.ts";
import { scaleSetKey } from "./scale-set.ts";
import type { Site } from "./site.ts";

/** Records that the pool's turn has come. */
export async function beginWork(site: Site): Promise<void> {
  const begunMs = site.context.clock.now();
  await store(site, { ...site.pool, work: { ...site.work, begunMs } });
}

/** Records how far the emptying of nodes has come. */
export async function noteDrains(site: Site, nodes: readonly string[], change: Partial<Drain>): Promise<void> {
  const { drains } = site.work;
  const sinceMs = site.context.clock.now();
  const noted = Object.fromEntries(nodes.map((name) => [name, { sinceMs, ...drains[name], ...change }]));
  await store(site, { ...site.pool, work: { ...site.work, drains: { ...drains, ...noted } } });
}

/** Records that others take the places of these machines, whose nodes are marked as such. */
export async function noteBlocked(site: Site, names: readonly string[]): Promise<void> {
  const blocked = [...new Set([...(site.pool.blocked ?? []), ...names])];
  await store(site, { ...site.pool, blocked });
}

/** Records that others take the places of these nodes. */
export async function noteRetired(site: Site, names: readonly string[]): Promise<void> {
  const { blueGreen } = site.pool;
  if (blueGreen === undefined) return;
  const retired = [...new Set([...blueGreen.retired, ...names])];
  await store(site, { ...site.pool, blueGreen: { ...blueGreen, retired } });
}

/** Records how many extra nodes the upgrade makes do with. */
export async function limitSurge(site: Site, surgeLimit: number): Promise<void> {
  await store(site, { ...site.pool, work: { ...site.work, surgeLimit } });
}

/** Records how the work is to end once its extra nodes are gone. */
export async function giveUp(site: Site, { code, message }: Failure, state: GivenUp["state"]): Promise<void> {
  const givenUp = { code, message, state, atMs: site.context.clock.now() };
  await store(site, { ...site.pool, work: { ...site.work, givenUp } });
}

/** The work has reached what was wanted: state and operation change in one transaction. */
export async function finishWork(site: Site): Promise<void> {
  const { blueGreen: _ended, ...pool } = withRemaining(site.pool, 0);
  const machines = instancesOf(site).map(({ userData }) => userData as NodeBootstrap);
  await store(
    site,
    { ...settled(site, pool, "Succeeded"), withdrawn: stillCarried(pool.withdrawn, machines) },
    end(site, { status: "Succeeded" }),
  );
}

/**
 * The work cannot go on. What has been done stays; the next PUT takes it up from there.
 * @param state Canceled where more nodes were in the way of an upgrade than it puts up with.
 */
export async function failWork(site: Site, failure: Failure, state: GivenUp["state"] = "Failed"): Promise<void> {
  const { code, message } = failure;
  if (site.work.autoscaled !== undefined) {
    site.context.log.warn("autoscaling of an agent pool failed", { agentPool: site.document.id, code, error: message });
    return store(site, afterFailedScaling(site.pool, failure, standingOf(site)));
  }
  site.context.log.warn("agent pool failed", { agentPool: site.document.id, code, error: message });
  await store(
    site,
    withFailure(settled(site, withRemaining(site.pool, standing(site)), state), { code, message, atMs: site.context.clock.now() }),
    end(site, { status: state, error: { code, message } }),
  );
}

/** The work ends because somebody asked for it. What has been done stays; the next PUT takes it up from there. */
export async function cancelWork(site: Site): Promise<void> {
  await store(site, settled(site, withRemaining(site.pool, standing(site)), "Canceled"), end(site, { status: "Canceled" }));
}

/** The pool at rest, with those of the machines whose nodes could not be emptied that are still there. */
function settled(site: Site, pool: StoredPool, state: Parameters<typeof atRest>[1]): StoredPool {
  const { blocked, ...rest } = atRest(pool, state);
  if (blocked === undefined) return rest;
  const names = new Set(instancesOf(site).map(({ computerName }) => computerName));
  const left = blocked.filter((name) => names.has(name));
  return left.length === 0 ? rest : { ...rest, blocked: left };
}

/** The pool is gone: its document goes with its operation's end. */
export async function forgetPool(site: Site): Promise<void> {
  await write(site, (pools) => pools.remove(site.document.id), end(site, { status: "Succeeded" }));
}

/** Machines of the pool that run, or are about to, and count as its nodes. */
function awakeOf(site: Site): readonly Instance[] {
  const blocked = new Set(site.pool.blocked);
  const awake = instancesOf(site).filter(({ state }) => state !== "Deallocating" && state !== "Deallocated");
  return awake.filter(({ computerName }) => !blocked.has(computerName));
}

function standing(site: Site): number {
  return awakeOf(site).length;
}

function standingOf(site: Site): Standing {
  const { context, pool, view } = site;
  const ready = new Set((view?.nodesOf(pool.name) ?? []).filter(isNodeReady).map(({ metadata }) => metadata.name));
  const machines = awakeOf(site).map(({ computerName: name, vmSize }) => ({
    name,
    ready: ready.has(name),
    ...(vmSize !== undefined && { vmSize }),
  }));
  return { nowMs: context.clock.now(), pace: context.pace, machines };
}

/** Machines of the pool that are not on their way out. */
function instancesOf({ context, cluster, pool }: Site): readonly Instance[] {
  return context.compute.instances(scaleSetKey(cluster, pool)).filter(({ state }) => state !== "Deleting");
}

/**
 * The ops that end the operation that the work belongs to, the one that asked for it to be completed, and the one that asked for
 * its end: that succeeds when the work has been canceled. None when the cluster's operation goes on. Unverified: the error of a canceled operation.
 */
export function endOperation(
  context: AksContext,
  subscriptionId: string,
  work: (Pick<Work, "operationId" | "abortion"> & Pick<PoolWork, "completion">) | undefined,
  outcome: { readonly status: Exclude<OperationStatus, "InProgress">; readonly error?: Failure },
): readonly Op[] {
  const ends = (id: string | undefined, how: typeof outcome): readonly Op[] => {
    const operation = id === undefined ? undefined : context.arm.operations.get(subscriptionId, id);
    return operation === undefined ? [] : [context.arm.operations.end(operation, how)];
  };
  const aborted = outcome.status === "Canceled" || outcome.status === "Succeeded" ? ({ status: "Succeeded" } as const) : outcome;
  return [
    ...ends(work?.operationId, outcome),
    ...ends(work?.completion?.operationId, outcome),
    ...ends(work?.abortion?.operationId, aborted),
  ];
}

function end({ context, cluster, work }: Site, outcome: Parameters<typeof endOperation>[3]): readonly Op[] {
  return endOperation(context, cluster.subscriptionId, work, outcome);
}

/** Writes the pool if it is still as the plan saw it; otherwise a newer plan is on its way. */
async function store(site: Site, value: StoredPool, ops: readonly Op[] = []): Promise<void> {
  await write(site, (pools) => pools.put(site.document.id, value), ops);
}

async function write({ context, document }: Site, change: (pools: Pools) => Op, ops: readonly Op[]): Promise<void> {
  const { pools } = context;
  const current = pools.get(document.id);
  if (current?.revision !== document.revision) return;
  await context.store.transact([pools.unchanged(document.id, current)], [change(pools), ...ops]);
}
