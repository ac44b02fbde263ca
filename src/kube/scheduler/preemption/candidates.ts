import { assert } from "#lib";
import type { PodToPlace } from "../pod-to-place.ts";
import type { Candidate } from "./victims.ts";

/** Makes the priorities of all victims count as something, so that fewer victims are better. Source: pickOneNodeForPreemption. */
const PRIORITY_OFFSET = 2 ** 31;

/**
 * The candidate that costs least: the fewest violations of budgets, then the lowest priority of its first victim, the
 * smallest sum of priorities, the fewest victims, the latest start of its most important victims; then the first.
 * Source: framework/preemption/preemption.go, pickOneNodeForPreemption.
 */
export function bestCandidate(candidates: readonly Candidate[], startMs: (pod: PodToPlace) => number): Candidate {
  const [first, ...others] = candidates;
  assert(first !== undefined, "the best of no candidate was asked for");
  let best = { candidate: first, costs: costsOf(first, startMs) };
  for (const candidate of others) {
    const costs = costsOf(candidate, startMs);
    const at = costs.findIndex((cost, index) => cost !== best.costs[index]);
    if (at >= 0 && (costs[at] ?? 0) < (best.costs[at] ?? 0)) best = { candidate, costs };
  }
  return best.candidate;
}

function costsOf({ victims, violations }: Candidate, startMs: (pod: PodToPlace) => number): readonly number[] {
  const highest = victims[0]?.priority ?? 0;
  const sum = victims.reduce((total, { priority }) => total + priority + PRIORITY_OFFSET, 0);
  const earliest = Math.min(...victims.filter(({ priority }) => priority === highest).map(startMs));
  return [violations, highest, sum, victims.length, -earliest];
}
