import type { Subject } from "../agentpools/observe.ts";
import type { ObservedPool, Step } from "../agentpools/step.ts";
import type { AksContext } from "../context.ts";
import { poolKey } from "../documents.ts";
import { machinesOf } from "./documents.ts";

/** A pool of mode Machines as a plan sees it: it has no scale set, and its nodes are its machines' business. */
export function asContainer(pool: ObservedPool): ObservedPool {
  const { sizes: _none, ...rest } = pool;
  return { ...rest, count: 0, machines: [], orphans: [], scaleSet: pool.kind !== "Deleting" };
}

/** What the pool does next: nothing before its machines have taken part in its work, and what failed of one fails it. */
export function stepOfContainer(context: AksContext, { cluster, pool, work }: Subject, step: Step): Step {
  if (step.kind !== "finish" && step.kind !== "forget" && step.kind !== "cancel") return step;
  const machines = machinesOf(context, poolKey(cluster, pool.name)).map(({ value }) => value);
  if (step.kind === "forget") return machines.length === 0 ? step : { kind: "wait", reason: "machines" };
  const older = machines.filter(({ createdMs }) => createdMs <= work.startedMs);
  const isPending = (machine: (typeof older)[number]): boolean =>
    machine.followedMs !== work.startedMs || (machine.work?.operationId === undefined && machine.work !== undefined);
  if (older.some(isPending)) return { kind: "wait", reason: "machines" };
  const failed = older.find(({ failure }) => failure !== undefined && failure.atMs >= work.startedMs)?.failure;
  if (failed === undefined || step.kind === "cancel") return step;
  return { kind: "fail", failure: { code: failed.code, message: failed.message }, uncordon: [] };
}
