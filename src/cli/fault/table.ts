import type { FaultRule } from "#api/faults";
import { inColumns } from "../columns.ts";
import { kindName } from "./spec.ts";

const COLUMNS = ["ID", "KIND", "TARGET", "STRIKES", "HITS", "EXPIRES"] as const;

/** Rules as a table for people. */
export function faultTable(rules: readonly FaultRule[]): string {
  return inColumns([COLUMNS, ...rules.map(rowOf)]);
}

function rowOf(rule: FaultRule): string[] {
  const { kind, target, count, hits, seen } = rule;
  const targets = Object.entries(target).map(([member, pattern]) => `${member}=${String(pattern)}`);
  const expires = rule.expiresAt === undefined ? "never" : rule.expiresAt.replace(/\.\d+Z$/, "Z");
  return [
    String(Number(rule.id)),
    `${kindName(kind)}${detailOf(rule)}`,
    targets.join(" ") || "everything",
    `${rule.rate === 1 ? "always" : `${Number((rule.rate * 100).toFixed(4))}%`}${count === undefined ? "" : `, ${count} times`}`,
    `${hits} of ${seen}`,
    expires,
  ];
}

function detailOf({ status, code, seconds, retryAfterSeconds, afterwards }: FaultRule): string {
  const details = [
    ...(status === undefined ? [] : [String(status)]),
    ...(code === undefined ? [] : [code]),
    ...(seconds === undefined ? [] : [`by ${seconds}s`]),
    ...(retryAfterSeconds === undefined ? [] : [`retry after ${retryAfterSeconds}s`]),
    ...(afterwards === true ? ["afterwards"] : []),
  ];
  return details.length === 0 ? "" : ` (${details.join(", ")})`;
}
