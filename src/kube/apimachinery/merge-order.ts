import { isJsonObject } from "./json-values.ts";

/** A list's items, told apart by whether the patch names them or only the live object has them. */
export interface ListItems {
  readonly patch: readonly unknown[];
  readonly live: readonly unknown[];
}

function identityOf(item: unknown, mergeKey: string | undefined): unknown {
  return mergeKey === undefined ? item : isJsonObject(item) ? item[mergeKey] : undefined;
}

/** Places by identity; the first place counts. */
function places(order: readonly unknown[], mergeKey: string | undefined): Map<unknown, number> {
  const found = new Map<unknown, number>();
  for (const [place, item] of order.entries()) {
    const identity = identityOf(item, mergeKey);
    if (!found.has(identity)) found.set(identity, place);
  }
  return found;
}

function sorted(items: readonly unknown[], order: ReadonlyMap<unknown, number>, mergeKey: string | undefined): unknown[] {
  const place = (item: unknown): number => order.get(identityOf(item, mergeKey)) ?? Number.MAX_SAFE_INTEGER;
  return [...items].sort((left, right) => place(left) - place(right));
}

/** Splits a merged list into the items that `named` names and the others. */
export function partition(items: readonly unknown[], named: readonly unknown[], mergeKey: string | undefined): ListItems {
  const identities = new Set(named.map((item) => identityOf(item, mergeKey)));
  const isNamed = (item: unknown): boolean => identities.has(identityOf(item, mergeKey));
  return { patch: items.filter(isNamed), live: items.filter((item) => !isNamed(item)) };
}

/**
 * The merged list in its final order: the patch's items as the patch has them, between them the items that only the live
 * object has, as far as the live order allows.
 *
 * @param orders The patch's order and the live object's.
 * Source: apimachinery pkg/util/strategicpatch/patch.go, normalizeElementOrder and mergeSortedSlice.
 */
export function orderItems(items: ListItems, orders: ListItems, mergeKey: string | undefined): unknown[] {
  const livePlaces = places(orders.live, mergeKey);
  const left = sorted(items.live, livePlaces, mergeKey);
  const right = sorted(items.patch, places(orders.patch, mergeKey), mergeKey);
  const result: unknown[] = [];
  let at = 0;
  for (const item of right) {
    const place = livePlaces.get(identityOf(item, mergeKey));
    for (; at < left.length; at++) {
      const leftPlace = livePlaces.get(identityOf(left[at], mergeKey));
      if (leftPlace === undefined || place === undefined || leftPlace >= place) break;
      result.push(left[at]);
    }
    result.push(item);
  }
  return [...result, ...left.slice(at)];
}
