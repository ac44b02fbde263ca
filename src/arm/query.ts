import type { Call } from "./door/call.ts";
import { armErrors } from "./errors.ts";

/** Items in one page at most, and of what a list answers at once. Source: Azure Resource Manager's own page size. */
export const MAX_PAGE = 1000;

const CONDITION = /^\s*(\w+)\s+eq\s+'((?:[^']|'')*)'\s*$/i;

/**
 * The conditions of a `$filter` that joins `name eq 'value'` with `and`, by name in lower case.
 * @throws {ArmError} InvalidFilterInQueryString for any other form or name.
 */
export function parseFilter(filter: string | null, names: readonly string[]): Readonly<Record<string, string | undefined>> {
  if (filter === null || filter.trim() === "") return {};
  const known = names.map((name) => name.toLowerCase());
  const conditions = filter.split(/\s+and\s+/i).map((part) => {
    const [, name = "", value = ""] = CONDITION.exec(part) ?? [];
    if (!known.includes(name.toLowerCase())) throw armErrors.invalidFilter(filter);
    return [name.toLowerCase(), value.replaceAll("''", "'")] as const;
  });
  return Object.fromEntries(conditions);
}

/**
 * A page of a list as `view` shows its items, by `$top` and `$skiptoken`, with the absolute `nextLink` when more follow.
 * @throws {ArmError} InvalidRequestContent for a `$top` that is no count.
 */
export function pageOf<T>(
  call: Pick<Call, "query" | "baseUrl" | "path">,
  items: readonly T[],
  view: (item: T) => unknown,
): { readonly value: readonly unknown[]; readonly nextLink?: string } {
  const top = call.query.get("$top");
  if (top !== null && !/^[1-9]\d{0,8}$/.test(top)) throw armErrors.invalidFilter(`$top=${top}`);
  const size = Math.min(top === null ? MAX_PAGE : Number(top), MAX_PAGE);
  const skipped = Number.parseInt(call.query.get("$skiptoken") ?? "0", 10) || 0;
  const value = items.slice(skipped, skipped + size).map(view);
  if (skipped + size >= items.length) return { value };
  const next = new URLSearchParams(call.query);
  next.set("$skiptoken", String(skipped + size));
  return { value, nextLink: `${call.baseUrl}${call.path}?${next.toString()}` };
}
