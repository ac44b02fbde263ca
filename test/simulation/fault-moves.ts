import type { FaultKind } from "#api/faults";
import { chance, type Move, pick, POOLS } from "./table.ts";

/** Those after which a pool can be brought to what is wanted again, by itself or by asking anew. */
const KINDS: readonly FaultKind[] = ["allocationFailed", "quotaExceeded", "overconstrainedAllocation", "slowBoot", "kubeletLost"];
/** With what work then fails. */
const CODES: Readonly<Partial<Record<FaultKind, readonly string[]>>> = {
  allocationFailed: ["AllocationFailed"],
  quotaExceeded: ["ErrCode_InsufficientVCPUQuota"],
  overconstrainedAllocation: ["OverconstrainedAllocationRequest", "OverconstrainedZonalAllocationRequest"],
};
const SLOW_BOOT_SECONDS = 600;

/** Lets something go wrong once or twice, for some pools or all. */
const addFault: Move = async ({ world, random }) => {
  const kind = pick(random, KINDS);
  const count = 1 + random.int(2);
  const pool = chance(random, 0.5) ? pick(random, POOLS) : undefined;
  const spec = { kind, count, ...(kind === "slowBoot" && { seconds: 1 + random.int(SLOW_BOOT_SECONDS) }) };
  for (const code of CODES[kind] ?? []) world.watchman.refusals.add(code);
  const rate = pick(random, [1, 1, 0.5]);
  await world.addFault({ ...spec, rate, seed: random.int(1000), ...(pool !== undefined && { target: { pool } }) });
  return `${kind} is to strike ${pool ?? "any pool"} ${count} times`;
};

export const faultMoves: readonly (readonly [number, Move])[] = [[4, addFault]];
