import type { ObservedPool } from "../agentpools/step.ts";

/** What a plan sees of a pool whose work has begun a moment ago and has no part in what a test is about. */
export const begunWork = {
  scaleSet: true,
  orphans: [],
  drains: {},
  surge: 1,
  batch: 1,
  turn: true,
  begun: true,
  nowMs: 1000,
  earliestEndMs: 0,
  deadlineMs: 100_000,
  drainTimeoutMs: 500,
  soakMs: 0,
} satisfies Partial<ObservedPool>;
