import type { Machine, ObservedPool } from "./step.ts";

type Sizes = Pick<ObservedPool, "sizes" | "count">;

/**
 * The machines in the order in which they stay: those that the pool is to have first, of each size those with the lowest ids; then
 * the rest, which are surplus. Machines of a scale set are all alike: their ids are the order.
 *
 * Two of D2 and one of D4 wanted: D2·0 D2·1 D2·2 D4·3 D4·4 → D2·0 D2·1 D4·3 | D2·2 D4·4.
 */
export function inOrderOfStaying({ sizes }: Sizes, machines: readonly Machine[]): readonly Machine[] {
  if (sizes === undefined) return machines;
  const left = new Map(sizes.map(({ size, count }) => [size, count]));
  const stays: Machine[] = [];
  const rest: Machine[] = [];
  for (const machine of machines) {
    const places = left.get(machine.size ?? "") ?? 0;
    if (places > 0) left.set(machine.size ?? "", places - 1);
    (places > 0 ? stays : rest).push(machine);
  }
  return [...stays, ...rest];
}

/** What a pool lacks: machines of any size, or of the first size that is short. */
export interface Shortage {
  readonly count: number;
  readonly size?: string;
}

/** Undefined when nothing is short: too many of one size make up for none of another. */
export function shortageOf({ sizes, count }: Sizes, live: readonly Machine[]): Shortage | undefined {
  if (sizes === undefined) return live.length < count ? { count: count - live.length } : undefined;
  for (const { size, count: wanted } of sizes) {
    const missing = wanted - live.filter((machine) => machine.size === size).length;
    if (missing > 0) return { size, count: missing };
  }
  return undefined;
}

/** Whether a machine can take a place of what is short. */
export function fills({ size }: Shortage, machine: Machine): boolean {
  return size === undefined || machine.size === size;
}

/** The size of a machine that stands in for another while that is upgraded. Unverified: that the extra machine of an upgrade is of the size that is upgraded first. */
export function likeMachine(machine: Machine | undefined): { readonly size?: string } {
  return machine?.size === undefined ? {} : { size: machine.size };
}
