import { timeOf } from "#api/containerservice/times";
import { isReleased, isSupported, type Moment } from "./catalog/index.ts";
import type { AksContext } from "./context.ts";
import type { StoredCluster } from "./documents.ts";
import type { GenerationName } from "./generations/index.ts";

/** What the catalogue is asked as: the day that is fixed for the whole service, else that of the caller's api-version. */
export function momentOf({ supportWindow }: Pick<AksContext, "supportWindow">, generation: GenerationName, apiVersion: string): Moment {
  return { generation, day: supportWindow ?? timeOf(apiVersion) };
}

/** As {@link momentOf}, but not before the cluster's own version: an older api-version may be used on a newer cluster. */
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
  return supportWindow === undefined || isSupported(version, supportWindow, supportPlan === "AKSLongTermSupport");
}
