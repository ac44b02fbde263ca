import { duplicate, type FieldError, forbidden, formatFieldErrors, invalid, required } from "#kube/apimachinery";
import { argumentErrors } from "./argument-validation.ts";
import { ConfigurationError, type DecodedConfiguration } from "./decode.ts";
import { EXTENSION_POINTS, type ProfileInDocument, takesArguments } from "./document.ts";
import type { WeightedPlugin } from "./plugin-table.ts";
import type { PluginSet, ProfilePlugins } from "./plugins.ts";

const VERSION = "kubescheduler.config.k8s.io/v1";
/** Plugins that the version of the configuration has no more. Source: validation.go, invalidPluginsByVersion. */
const REMOVED: ReadonlySet<string> = new Set(["AzureDiskLimits", "CinderLimits", "EBSLimits", "GCEPDLimits"]);

/** A configuration with its defaults. */
export interface ValidatedParts extends DecodedConfiguration {
  readonly profiles: readonly ProfileInDocument[];
  /** By place of the profile, with the defaults. */
  readonly plugins: readonly ProfilePlugins[];
  readonly initialBackoffSeconds: number;
  readonly maxBackoffSeconds: number;
}

/**
 * What kube-scheduler checks before it makes anything of a configuration.
 *
 * Differs from AKS: extenders are refused, for nothing outside is asked; AKS knows of none in scheduler profiles either.
 *
 * @throws {ConfigurationError} with all that is wrong. Source: pkg/scheduler/apis/config/validation/validation.go.
 */
export function validateConfiguration(parts: ValidatedParts): void {
  const { document, profiles, initialBackoffSeconds, maxBackoffSeconds } = parts;
  const { parallelism = 16, percentageOfNodesToScore, extenders } = document;
  const errors: FieldError[] = [
    ...(parallelism <= 0 ? [invalid("parallelism", parallelism, "should be an integer value greater than zero")] : []),
    ...profiles.flatMap((_, index) => profileErrors(parts, index)),
    ...queueSortErrors(parts),
    ...percentageErrors("percentageOfNodesToScore", percentageOfNodesToScore),
    ...(initialBackoffSeconds <= 0 ? [invalid("podInitialBackoffSeconds", initialBackoffSeconds, "must be greater than 0")] : []),
    ...(maxBackoffSeconds < initialBackoffSeconds
      ? [invalid("podMaxBackoffSeconds", maxBackoffSeconds, "must be greater than or equal to PodInitialBackoffSeconds")]
      : []),
    ...((extenders ?? []).length > 0 ? [forbidden("extenders", "no extender is asked")] : []),
  ];
  if (errors.length > 0) throw new ConfigurationError(formatFieldErrors(errors));
}

function percentageErrors(field: string, percentage: number | undefined): readonly FieldError[] {
  if (percentage === undefined || (percentage >= 0 && percentage <= 100)) return [];
  return [invalid(field, percentage, "not in valid range [0-100]")];
}

function profileErrors(parts: ValidatedParts, index: number): readonly FieldError[] {
  const { profiles, plugins } = parts;
  const path = `profiles[${index}]`;
  const { schedulerName, percentageOfNodesToScore } = profiles[index] ?? {};
  const same = profiles.findLastIndex((other, at) => at < index && (other.schedulerName ?? "") === (schedulerName ?? ""));
  return [
    ...(schedulerName ? [] : [required(`${path}.schedulerName`)]),
    ...percentageErrors(`${path}.percentageOfNodesToScore`, percentageOfNodesToScore),
    ...EXTENSION_POINTS.flatMap((point) =>
      (plugins[index]?.[point].enabled ?? []).flatMap(({ name }, at) => removedErrors(`${path}.plugins.${point}.enabled[${at}]`, name)),
    ),
    ...pluginConfigErrors(parts, index),
    ...(same < 0 ? [] : [duplicate(`${path}.schedulerName`, {})]),
  ];
}

function removedErrors(field: string, name: string): readonly FieldError[] {
  if (!REMOVED.has(name)) return [];
  return [invalid(field, name, `was invalid in version "v1" (KubeSchedulerConfiguration is version "${VERSION}")`)];
}

function pluginConfigErrors({ profiles, arguments: told }: ValidatedParts, index: number): readonly FieldError[] {
  const seen = new Set<string>();
  return (profiles[index]?.pluginConfig ?? []).flatMap(({ name = "" }, at) => {
    const field = `profiles[${index}].pluginConfig[${at}]`;
    const repeated = seen.has(name) ? [duplicate(field, name)] : [];
    seen.add(name);
    // kube-scheduler looks at these of NodeResourcesFit only when it makes the plugin.
    const own = takesArguments(name) && name !== "NodeResourcesFit" ? argumentErrors(name, told[index] ?? {}, `${field}.args`) : [];
    return [...repeated, ...removedErrors(field, name), ...own];
  });
}

/** Source: pkg/scheduler/apis/config/types.go, PluginSet, as Go writes it. */
function asGo({ enabled, disabled }: PluginSet): unknown {
  const listed = (plugins: readonly WeightedPlugin[]): unknown =>
    plugins.length === 0 ? null : plugins.map(({ name, weight }) => ({ Name: name, Weight: weight }));
  return { Enabled: listed(enabled), Disabled: listed(disabled.map((name) => ({ name, weight: 0 }))) };
}

/** Pods of all profiles wait in one queue. Source: validation.go, validateCommonQueueSort. */
function queueSortErrors({ plugins }: ValidatedParts): readonly FieldError[] {
  const [first, ...others] = plugins;
  if (first === undefined) return [];
  const count = first.queueSort.enabled.length;
  const canon = JSON.stringify(first.queueSort);
  return [
    ...(count > 1 ? [invalid("profiles[0].plugins.queueSort.Enabled", count, "only one queue sort plugin can be enabled")] : []),
    ...others.flatMap(({ queueSort }, index) =>
      JSON.stringify(queueSort) === canon
        ? []
        : [invalid(`profiles[${index + 1}].plugins.queueSort`, asGo(queueSort), "must be the same for all profiles")],
    ),
  ];
}
