import { type BucketRule, type Clock, TokenBuckets } from "#lib";
import { armErrors } from "../errors.ts";
import type { Method, Principal } from "../provider.ts";

/** What a request counts against. */
export interface Spending {
  readonly method: Method;
  /** Undefined for calls outside a subscription. */
  readonly subscriptionId: string | undefined;
  readonly principal: Principal;
  readonly apiVersion: string;
}

/** How many requests callers have left. */
export interface Allowances {
  /** Counts a request. @returns the headers that tell what is left. @throws {ArmError} 429 when nothing is, if limits are enforced. */
  spend(spending: Spending): Record<string, string>;
}

type Kind = "reads" | "writes" | "deletes";

const KINDS: Readonly<Record<Method, Kind>> = {
  GET: "reads",
  HEAD: "reads",
  PUT: "writes",
  POST: "writes",
  PATCH: "writes",
  DELETE: "deletes",
};

const HOUR_SECONDS = 3600;

function hourly(capacity: number): BucketRule {
  return { capacity, perSecond: capacity / HOUR_SECONDS };
}

/** Source: learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling, until 2024; recorded headers. */
const HOURLY: Readonly<Record<Kind, BucketRule>> = { reads: hourly(12_000), writes: hourly(1200), deletes: hourly(15_000) };

/**
 * Sizes are those of recorded headers of 2025: 799 and 11999 after one write, 16499 after one read.
 * Source for the rates: learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling, since 2024.
 */
const BUCKETS: Readonly<Record<Kind, BucketRule>> = {
  reads: { capacity: 1100, perSecond: 25 },
  writes: { capacity: 800, perSecond: 10 },
  deletes: { capacity: 800, perSecond: 10 },
};
/** A subscription's bucket for all callers together is so many times that of one. Source: the same page. */
const GLOBAL_FACTOR = 15;

/** Api-versions from which callers meet the limits of their time. Source: recorded headers, by year. */
export const BUCKETS_SINCE = "2025-01-01";
/** Callers and subscriptions whose counts are kept. */
const MOST_BUCKETS = 10_000;

/**
 * Counts requests by subscription and caller, as Azure Resource Manager did when the caller's api-version was new: by the hour, or
 * in token buckets.
 * Differs from AKS: limits are told and not enforced unless the program is started with `--throttle arm`.
 */
export function createAllowances({ clock, isEnforced }: { readonly clock: Clock; readonly isEnforced: boolean }): Allowances {
  const buckets = new TokenBuckets(clock, MOST_BUCKETS);
  return {
    spend({ method, subscriptionId, principal, apiVersion }) {
      const kind = KINDS[method];
      const isBucket = apiVersion >= BUCKETS_SINCE;
      const scope = (subscriptionId ?? "").toLowerCase();
      const key = `${isBucket} ${kind} ${scope}`;
      const rule = (isBucket ? BUCKETS : HOURLY)[kind];
      const { remaining, waitMs } = buckets.take(`${key} ${principal.objectId}`, rule);
      if (isEnforced && waitMs > 0) throw throttled({ kind, scope, actor: principal.objectId, waitMs });
      if (subscriptionId === undefined) return { [`x-ms-ratelimit-remaining-tenant-${kind}`]: String(remaining) };
      const own = { [`x-ms-ratelimit-remaining-subscription-${kind}`]: String(remaining) };
      if (!isBucket) return own;
      const wide = buckets.take(key, { capacity: rule.capacity * GLOBAL_FACTOR, perSecond: rule.perSecond * GLOBAL_FACTOR });
      if (isEnforced && wide.waitMs > 0) throw throttled({ kind, scope, actor: principal.objectId, waitMs: wide.waitMs });
      return { ...own, [`x-ms-ratelimit-remaining-subscription-global-${kind}`]: String(wide.remaining) };
    },
  };
}

function throttled(what: { readonly kind: Kind; readonly scope: string; readonly actor: string; readonly waitMs: number }): Error {
  return armErrors.requestsThrottled({ ...what, kind: what.kind.slice(0, -1), seconds: Math.ceil(what.waitMs / 1000) });
}
