/** How an agent pool is chosen among those that would help. */
export type Expander = "random" | "least-waste" | "most-pods" | "priority";

/** The cluster autoscaler's settings. Times are real milliseconds, before the pace. */
export interface AutoscalerSettings {
  readonly balanceSimilar: boolean;
  readonly expander: Expander;
  readonly maxEmptyBulkDelete: number;
  readonly maxGracefulTerminationMs: number;
  readonly maxNodeProvisionMs: number;
  /** Percent. */
  readonly maxTotalUnready: number;
  readonly okTotalUnready: number;
  readonly newPodDelayMs: number;
  readonly delayAfterAddMs: number;
  readonly delayAfterDeleteMs: number;
  readonly delayAfterFailureMs: number;
  readonly unneededMs: number;
  readonly unreadyMs: number;
  readonly utilizationThreshold: number;
  readonly scanMs: number;
  readonly skipLocalStorage: boolean;
  readonly skipSystemPods: boolean;
  readonly ignoreDaemonSets: boolean;
  /** Whether pods of daemon sets are evicted from nodes that go, empty ones and others. */
  readonly evictsDaemons: { readonly fromEmpty: boolean; readonly fromOccupied: boolean };
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: SECOND, m: MINUTE, h: HOUR };

/**
 * A cluster's `autoScalerProfile` as settings; what it leaves out, or does not say in a way that can be read, is as AKS has it.
 * Source: azure-docs articles/aks/cluster-autoscaler.md, "Cluster autoscaler profile settings", with the defaults.
 * @param profile as the cluster's document has it: texts and truth values by name.
 */
export function autoscalerSettings(profile: unknown): AutoscalerSettings {
  const text = (name: string): string | undefined => textOf(profile, name);
  const time = (name: string, otherwise: number): number => durationMs(text(name)) ?? otherwise;
  const number = (name: string, otherwise: number): number => numberOf(text(name)) ?? otherwise;
  const flag = (name: string, otherwise: boolean): boolean => (text(name) === undefined ? otherwise : text(name) === "true");
  return {
    balanceSimilar: flag("balance-similar-node-groups", false),
    expander: expanderOf(text("expander")),
    maxEmptyBulkDelete: number("max-empty-bulk-delete", 10),
    maxGracefulTerminationMs: number("max-graceful-termination-sec", 600) * SECOND,
    maxNodeProvisionMs: time("max-node-provision-time", 15 * MINUTE),
    maxTotalUnready: number("max-total-unready-percentage", 45),
    okTotalUnready: number("ok-total-unready-count", 3),
    newPodDelayMs: time("new-pod-scale-up-delay", 0),
    delayAfterAddMs: time("scale-down-delay-after-add", 10 * MINUTE),
    delayAfterDeleteMs: time("scale-down-delay-after-delete", 10 * SECOND),
    delayAfterFailureMs: time("scale-down-delay-after-failure", 3 * MINUTE),
    unneededMs: time("scale-down-unneeded-time", 10 * MINUTE),
    unreadyMs: time("scale-down-unready-time", 20 * MINUTE),
    utilizationThreshold: number("scale-down-utilization-threshold", 0.5),
    scanMs: Math.max(time("scan-interval", 10 * SECOND), SECOND),
    skipLocalStorage: flag("skip-nodes-with-local-storage", false),
    skipSystemPods: flag("skip-nodes-with-system-pods", true),
    ignoreDaemonSets: flag("ignore-daemonsets-utilization", false),
    evictsDaemons: {
      fromEmpty: flag("daemonset-eviction-for-empty-nodes", false),
      fromOccupied: flag("daemonset-eviction-for-occupied-nodes", true),
    },
  };
}

function textOf(profile: unknown, name: string): string | undefined {
  if (typeof profile !== "object" || profile === null || !Object.hasOwn(profile, name)) return undefined;
  const value = (profile as Readonly<Record<string, unknown>>)[name];
  return typeof value === "string" || typeof value === "boolean" ? String(value) : undefined;
}

const EXPANDERS: readonly Expander[] = ["random", "least-waste", "most-pods", "priority"];

function expanderOf(text: string | undefined): Expander {
  return EXPANDERS.find((expander) => expander === text) ?? "random";
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}(?:\.\d{1,9})?$/.test(text) ? Number(text) : undefined;
}

/** `10m`, `1h30m`, `10s`. Source: Go's time.ParseDuration, without fractions. */
function durationMs(text: string | undefined): number | undefined {
  if (text === undefined || !/^(?:\d{1,9}(?:ms|s|m|h))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit = ""] of text.matchAll(/(\d+)(ms|s|m|h)/g)) total += Number(amount) * (UNITS[unit] ?? 0);
  return total;
}
