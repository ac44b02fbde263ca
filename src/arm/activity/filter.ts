import { ownEntry } from "#lib";
import type { ActivityEvent } from "./event.ts";

/** Which entries are asked for. */
export interface EventFilter {
  readonly fromMs: number;
  readonly toMs: number;
  fits(event: ActivityEvent): boolean;
}

const CONDITION = /^\s*(\w+)\s+(eq|ge|le)\s+(?:'((?:[^']|'')*)'|(\S+(?: \d\d:\d\d)?))\s*$/i;
const HAS_ZONE = /(?:Z|[+-]\d\d:?\d\d)$/i;

/** What an entry has under the name of a condition. Source: Azure/azure-rest-api-specs, activityLogs_API.json, `$filter`; az's own. */
const MEMBERS: Readonly<Record<string, (event: ActivityEvent) => string>> = {
  resourcegroupname: ({ attempt }) => attempt.resourceGroup ?? "",
  resourceuri: ({ attempt }) => attempt.resourceId,
  resourceid: ({ attempt }) => attempt.resourceId,
  resourceprovider: ({ attempt }) => attempt.namespace,
  resourcetype: ({ attempt }) => attempt.resourceType,
  correlationid: ({ attempt }) => attempt.correlationId,
  caller: ({ attempt }) => attempt.principal.name,
  status: ({ status }) => status,
  levels: ({ status }) => (status === "Failed" ? "Error" : "Informational"),
};
/** A condition that fits all entries of this log, `eventChannels eq 'Admin, Operation'`. */
const CHANNELS = "eventchannels";

/**
 * Reads a `$filter`: times from and to, and equalities, joined by `and`.
 * @returns what is wrong, in words, when it is none.
 */
export function parseEventFilter(text: string, nowMs: number): EventFilter | string {
  const tests: ((event: ActivityEvent) => boolean)[] = [];
  let fromMs: number | undefined;
  let toMs = nowMs;
  const parts = text.trim() === "" ? [] : text.split(/\s+and\s+/i);
  for (const part of parts) {
    const [, name = "", operator = "", quoted, bare = ""] = CONDITION.exec(part) ?? [];
    const value = quoted?.replaceAll("''", "'") ?? bare;
    const lower = name.toLowerCase();
    if (lower === "eventtimestamp" && operator.toLowerCase() !== "eq") {
      const ms = timeOf(value);
      if (Number.isNaN(ms)) return `The filter has an invalid time '${value}'.`;
      if (operator.toLowerCase() === "ge") fromMs = ms;
      else toMs = ms;
      continue;
    }
    const member = ownEntry(MEMBERS, lower);
    if (operator.toLowerCase() !== "eq" || (member === undefined && lower !== CHANNELS))
      return `The filter condition '${part}' is not supported.`;
    if (member !== undefined) tests.push((event) => member(event).toLowerCase() === value.toLowerCase());
  }
  if (fromMs === undefined) return "The start time of the filter is missing.";
  return { fromMs, toMs, fits: (event) => tests.every((test) => test(event)) };
}

/** Times without a zone are UTC; a `+` that was not encoded came as a space. */
function timeOf(text: string): number {
  const whole = text.replace(/ (?=\d\d:\d\d$)/, "+");
  return Date.parse(HAS_ZONE.test(whole) ? whole : `${whole}Z`);
}
