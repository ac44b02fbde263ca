import { flag } from "../command.ts";
import { type AzArgs, AzError, type AzOption } from "../grammar.ts";

const ENABLE = "enable-upstream-kubescheduler-user-configuration";
const DISABLE = "disable-upstream-kubescheduler-user-configuration";

/** What says that people configure the cluster's scheduler. Source: aks-preview, _params.py; Azure docs configure-aks-scheduler. */
export const ENABLE_SCHEDULER: AzOption = flag(`--${ENABLE}`);
export const DISABLE_SCHEDULER: AzOption = flag(`--${DISABLE}`);

/** The api-version of aks-preview: no stable one knows the profile. */
const SCHEDULER_VERSION = "2026-07-02-preview";

export interface SchedulerWish {
  readonly schedulerProfile: unknown;
  readonly apiVersion: string;
}

/** The cluster's scheduler profile as the flags want it; nothing when none is there. @throws {AzError} when both are. */
export function schedulerWish(args: AzArgs, isNew = false): SchedulerWish | undefined {
  const enables = args.flag(ENABLE);
  const disables = !isNew && args.flag(DISABLE);
  if (enables && disables) throw new AzError(`Cannot specify --${ENABLE} and --${DISABLE} at the same time.`);
  if (!enables && !disables) return undefined;
  const schedulerConfigMode = enables ? "ManagedByCRD" : "Default";
  return { schedulerProfile: { schedulerInstanceProfiles: { upstream: { schedulerConfigMode } } }, apiVersion: SCHEDULER_VERSION };
}
