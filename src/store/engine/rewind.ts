import type { KeyValue, RangeOptions, RangeResult, StoreEvent } from "../store.ts";

/**
 * The pairs of an earlier revision: the present ones with every later event undone, the last first.
 *
 * ```
 *   present        a=3 (rev 5)   c=1 (rev 4)
 *   undo rev 5     put a, previous a=2     →  a=2  c=1
 *   undo rev 4     put c, no previous      →  a=2
 *   undo rev 3     delete b, previous b=1  →  a=2  b=1     the state of revision 2
 * ```
 */
export function rewind(present: readonly KeyValue[], laterEvents: readonly StoreEvent[]): KeyValue[] {
  const pairs = new Map(present.map((pair) => [pair.key, pair]));
  for (const { key, previous } of laterEvents.toReversed()) {
    if (previous === undefined) pairs.delete(key);
    else pairs.set(key, previous);
  }
  return [...pairs.values()].sort((one, other) => (one.key < other.key ? -1 : 1));
}

/** The page of sorted pairs that the options ask for. */
export function pageOf(pairs: readonly KeyValue[], { after, limit }: RangeOptions): Omit<RangeResult, "revision"> {
  const found = after === undefined ? 0 : pairs.findIndex(({ key }) => key > after);
  const start = found === -1 ? pairs.length : found;
  const page = pairs.slice(start, limit === undefined ? undefined : start + limit);
  return { pairs: page, remaining: pairs.length - start - page.length };
}
