import { isObject } from "#api/containerservice/decode";
import { refusal } from "../errors.ts";

/** What a setting may be. */
type Rule = (text: string) => boolean;

const whole = (least: number, most: number): Rule => {
  return (text) => /^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most;
};
const MOST = 999_999_999;
const minutes: Rule = (text) => /^\d{1,9}m$/.test(text);
const seconds: Rule = (text) => /^\d{1,9}s?$/.test(text);
/** `90s`, `5m`, `1h`. */
const anyTime: Rule = (text) => /^\d{1,9}(?:ms|s|m|h)$/.test(text);
const truth: Rule = (text) => text === "true" || text === "false";
const share: Rule = (text) => /^\d(?:\.\d{1,9})?$/.test(text) && Number(text) <= 1;
const word = (...words: readonly string[]): Rule => {
  return (text) => words.includes(text);
};

/**
 * The settings, and what each may be.
 * Sources: Azure/azure-rest-api-specs managedClusters.json 2024-09-01, ManagedClusterProperties.autoScalerProfile, for words, units and
 * ranges; Azure/azure-sdk-for-go#14311 and MicrosoftDocs/azure-docs#123289 for what the service refuses (`1m` between two scans, `0s` and
 * `30s` where minutes are asked for). `10s` after a deletion is the service's own default.
 * Unverified: the range of the threshold.
 */
const RULES: Readonly<Record<string, Rule>> = {
  "balance-similar-node-groups": truth,
  "daemonset-eviction-for-empty-nodes": truth,
  "daemonset-eviction-for-occupied-nodes": truth,
  expander: word("least-waste", "most-pods", "priority", "random"),
  "ignore-daemonsets-utilization": truth,
  "max-empty-bulk-delete": whole(1, MOST),
  "max-graceful-termination-sec": whole(0, MOST),
  "max-node-provision-time": minutes,
  "max-total-unready-percentage": whole(0, 100),
  "new-pod-scale-up-delay": anyTime,
  "ok-total-unready-count": whole(0, MOST),
  "scale-down-delay-after-add": minutes,
  "scale-down-delay-after-delete": (text) => minutes(text) || /^\d{1,9}s$/.test(text),
  "scale-down-delay-after-failure": minutes,
  "scale-down-unneeded-time": minutes,
  "scale-down-unready-time": minutes,
  "scale-down-utilization-threshold": share,
  "scan-interval": seconds,
  "skip-nodes-with-local-storage": truth,
  "skip-nodes-with-system-pods": truth,
};

/**
 * @param profile `autoScalerProfile` as it was sent.
 * @throws {ProviderError} 400 InvalidParameter for the first setting that is none, or that has a value which it may not have.
 */
export function checkAutoScalerProfile(profile: unknown): void {
  if (!isObject(profile)) return;
  for (const [name, value] of Object.entries(profile)) {
    const rule = Object.hasOwn(RULES, name) ? RULES[name] : undefined;
    // What the api-version does not know is left out, as it is everywhere.
    if (rule !== undefined && !rule(String(value))) throw invalidSetting(name);
  }
}

/** Source: the answer quoted in Azure/azure-sdk-for-go#14311. */
function invalidSetting(name: string): Error {
  const message = `Invalid value specified for the cluster-autoscaler parameter '${name}'. Please refer to https://aka.ms/cluster-autoscaler for more details.`;
  return refusal(400, "InvalidParameter", message);
}
