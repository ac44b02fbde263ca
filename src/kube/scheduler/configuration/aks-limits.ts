import { type FieldError, forbidden, formatFieldErrors, invalid } from "#kube/apimachinery";
import type { SchedulerConfiguration } from "../profiles/active-profiles.ts";
import { defaultProfile, DEFAULT_SCHEDULER_NAME } from "../profiles/profile.ts";
import { ConfigurationError, decodeConfiguration } from "./decode.ts";
import { EXTENSION_POINTS, type ProfileInDocument } from "./document.ts";
import { readConfiguration } from "./read-configuration.ts";

/** Places AKS's own pods, and nobody may configure it. Source: Azure docs configure-aks-scheduler, "Limitations". */
const AKS_SYSTEM = "aks-system";

/** Source: Azure docs configure-aks-scheduler, "Configure multiple scheduler profiles". */
const CONFIGURABLE: ReadonlySet<string> = new Set([
  "percentageOfNodesToScore",
  "podInitialBackoffSeconds",
  "podMaxBackoffSeconds",
  "profiles",
]);

/** Source: Azure docs concepts-scheduler-configuration, "Supported in-tree scheduling plugins": all but these of kube-scheduler's. */
const UNSUPPORTED: ReadonlySet<string> = new Set(["DynamicResources"]);

/**
 * A configuration as AKS takes it of its users: its profiles stand beside those of `default-scheduler`, unless they say otherwise of
 * it, and of `aks-system`.
 *
 * Unverified: what is said of what the manual does not allow; and that the default profile stays, which the manual takes for granted
 * where only some workloads name another one.
 *
 * @throws {ConfigurationError} when it is not allowed or not valid. Source: Azure docs configure-aks-scheduler, concepts-scheduler-configuration.
 */
export function readUserConfiguration(text: string, version: string): SchedulerConfiguration {
  const { document } = decodeConfiguration(text);
  const others = Object.keys(document).filter((name) => name !== "apiVersion" && name !== "kind" && !CONFIGURABLE.has(name));
  const errors: readonly FieldError[] = [
    ...others.map((name) => forbidden(name, "the field is AKS's own")),
    ...(document.profiles ?? []).flatMap((profile, index) => profileErrors(profile, `profiles[${index}]`)),
  ];
  if (errors.length > 0) throw new ConfigurationError(formatFieldErrors(errors));
  const read = readConfiguration(text, version);
  return {
    ...read,
    profiles(now) {
      const own = [DEFAULT_SCHEDULER_NAME, AKS_SYSTEM].map((name) => [name, defaultProfile(now, name)] as const);
      return new Map([...own, ...read.profiles(now)]);
    },
  };
}

function profileErrors({ schedulerName, plugins = {}, pluginConfig = [] }: ProfileInDocument, path: string): readonly FieldError[] {
  const unsupported = (field: string, name = ""): readonly FieldError[] =>
    UNSUPPORTED.has(name) ? [invalid(field, name, "the plugin is not supported by AKS")] : [];
  return [
    ...(schedulerName === AKS_SYSTEM ? [invalid(`${path}.schedulerName`, schedulerName, "the scheduler is AKS's own")] : []),
    ...[...EXTENSION_POINTS, "multiPoint" as const].flatMap((point) =>
      (plugins[point]?.enabled ?? []).flatMap(({ name }, at) => unsupported(`${path}.plugins.${point}.enabled[${at}].name`, name)),
    ),
    ...pluginConfig.flatMap(({ name }, at) => unsupported(`${path}.pluginConfig[${at}].name`, name)),
  ];
}
