import type { Quota } from "#api/quotas";
import { inColumns } from "../columns.ts";

const COLUMNS = ["NAME", "IN USE", "LIMIT", "SET"] as const;

/** Quotas as a table for people. */
export function quotaTable(quotas: readonly Quota[]): string {
  return inColumns([COLUMNS, ...quotas.map(rowOf)]);
}

function rowOf({ name, current, limit, isSet }: Quota): string[] {
  return [name, String(current), String(limit), isSet ? "yes" : "no"];
}

/** Those that say something: what is in use or has been set, and the totals. */
export function toldOf(quotas: readonly Quota[]): readonly Quota[] {
  return quotas.filter(({ name, current, isSet }) => current > 0 || isSet || name === "cores" || name === "lowPriorityCores");
}
