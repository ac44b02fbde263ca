import { timeOf } from "#api/containerservice/times";
import { isReleased, isSupported, LAST_DAY, type Moment } from "./catalog/index.ts";
import type { AksContext } from "./context.ts";
import type { StoredCluster } from "./documents.ts";
import type { GenerationName } from "./generations/index.ts";

/** Later days than the catalogue knows are answered as its last one. */
function known(day: string): string {
  return day < LAST_DAY ? day : LAST_DAY;
}

/** The day, `2026-07-16`, by the service's clock. */
export function today({ clock }: Pick<AksContext, "clock">): string {
  return new Date(clock.now()).toISOString().slice(0, "2026-07-16".length);
}

/** What the catalogue is asked as: the day that is fixed for the whole service, else that of the caller's api-version. */
export function momentOf({ supportWindow }: Pick<AksContext, "supportWindow">, generation: GenerationName, apiVersion: string): Moment {
  return { generation, day: known(supportWindow ?? timeOf(apiVersion)) };
}

const DAY_MS = 86_400_000;

type AsOf = NonNullable<StoredCluster["asOf"]>;

/** The day by which a cluster's channels of upgrades go: that of the request, or how far it has come since an earlier one. */
export function asOfRequest({ clock }: Pick<AksContext, "clock">, apiVersion: string, before?: AsOf): AsOf {
  const [day, atMs] = [timeOf(apiVersion), clock.now()];
  return before !== undefined && dayAfter(before, atMs) >= day ? before : { day, atMs };
}

/**
 * As {@link momentOf}, for what AKS does without being asked. Its day goes on with the clock from the day of the last request.
 * Differs from AKS: a cluster that was made through an old api-version sees the releases of the days after that one, not today's.
 */
export function momentOfUpkeep(
  { supportWindow, clock }: Pick<AksContext, "supportWindow" | "clock">,
  { generation, asOf }: Pick<StoredCluster, "generation" | "asOf">,
): Moment {
  return { generation, day: known(supportWindow ?? (asOf === undefined ? LAST_DAY : dayAfter(asOf, clock.now()))) };
}

function dayAfter({ day, atMs }: AsOf, nowMs: number): string {
  const passedMs = Math.max(nowMs - atMs, 0);
  return new Date(Date.parse(day) + Math.floor(passedMs / DAY_MS) * DAY_MS).toISOString().slice(0, day.length);
}

/** As {@link momentOf}, but not, but not before the cluster's own version: an older api-version may be used on a newer cluster. */
export function momentFor(
  context: Pick<AksContext, "supportWindow">,
  { generation, version }: Pick<StoredCluster, "generation" | "version">,
  apiVersion: string,
): Moment {
  const moment = momentOf(context, generation, apiVersion);
  return context.supportWindow === undefined && !isReleased(version, moment) ? { generation } : moment;
}

/** Whether the service takes a version for something new. Every catalogued one without a day fixed for the service. */
export function isOffered({ supportWindow }: Pick<AksContext, "supportWindow">, version: string, supportPlan: unknown): boolean {
  return supportWindow === undefined || isSupported(version, known(supportWindow), supportPlan === "AKSLongTermSupport");
}
