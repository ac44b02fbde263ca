import { formatFieldErrors, isReleaseAtLeast } from "#kube/apimachinery";
import { FILTERS, SCORES } from "../plugins/registry.ts";
import type { SchedulerConfiguration } from "../profiles/active-profiles.ts";
import { DEFAULT_SCHEDULER_NAME, type PostFilterName, type SchedulerProfile, type WeightedScore } from "../profiles/profile.ts";
import { type FilterName, type ScoreName, schedulerRelease } from "../release.ts";
import { argumentErrors } from "./argument-validation.ts";
import { pluginArguments } from "./arguments.ts";
import { ConfigurationError, type DecodedConfiguration, decodeConfiguration, unknownKind } from "./decode.ts";
import type { ProfileInDocument } from "./document.ts";
import { expandPlugins, type PluginsByPoint, type ProfilePlugins, weightOf, withDefaultPlugins } from "./plugins.ts";
import { validateConfiguration } from "./validation.ts";

/** The first release that knows the version of the configuration. */
const FIRST_RELEASE = "1.25";
const SECOND_MS = 1_000;

/**
 * A scheduler's configuration from the text of a KubeSchedulerConfiguration.
 *
 * Differs from AKS: a plugin is on or off as its Filter and Score are; PreFilter, PreScore, Reserve and PreBind follow them, and
 * scheduling gates hold pods back whether SchedulingGates is on or off. How the scheduler reaches the API and elects its leader is read and means nothing here.
 *
 * @param version the cluster's, `1.34.2`: which plugins there are by default.
 * @throws {ConfigurationError} when kube-scheduler would not start with it, in its words.
 * Source: cmd/kube-scheduler/app/options/options.go; pkg/scheduler/scheduler.go, New; pkg/scheduler/profile/profile.go.
 */
export function readConfiguration(text: string, version: string): SchedulerConfiguration {
  const decoded = decodeConfiguration(text);
  if (!isReleaseAtLeast(version, FIRST_RELEASE)) throw unknownKind();
  const { podInitialBackoffSeconds, podMaxBackoffSeconds } = decoded.document;
  const profiles = withDefaultNames(decoded.document.profiles ?? []);
  const initialBackoffSeconds = podInitialBackoffSeconds ?? 1;
  const maxBackoffSeconds = podMaxBackoffSeconds ?? 10;
  const release = schedulerRelease(version);
  const plugins = profiles.map((profile) => withDefaultPlugins(profile, release));
  validateConfiguration({ ...decoded, profiles, plugins, initialBackoffSeconds, maxBackoffSeconds });
  const made: Made = { decoded, profiles };
  makeProfiles(made, version);
  return {
    profiles: (now) => makeProfiles(made, now),
    initialBackoffMs: initialBackoffSeconds * SECOND_MS,
    maxBackoffMs: maxBackoffSeconds * SECOND_MS,
  };
}

/** No profile is one without a name, and the only one has the default's. Source: pkg/scheduler/apis/config/v1/defaults.go. */
function withDefaultNames(profiles: readonly ProfileInDocument[]): readonly ProfileInDocument[] {
  const [only = {}, ...others] = profiles;
  if (others.length > 0) return profiles;
  return [{ ...only, schedulerName: only.schedulerName ?? DEFAULT_SCHEDULER_NAME }];
}

interface Made {
  readonly decoded: DecodedConfiguration;
  readonly profiles: readonly ProfileInDocument[];
}

function makeProfiles({ decoded, profiles }: Made, version: string): ReadonlyMap<string, SchedulerProfile> {
  const made = new Map<string, SchedulerProfile>();
  for (const [index, profile] of profiles.entries()) {
    const name = profile.schedulerName ?? DEFAULT_SCHEDULER_NAME;
    const told = decoded.arguments[index] ?? {};
    try {
      const release = schedulerRelease(version);
      const plugins = withDefaultPlugins(profile, release);
      const byPoint = expandPlugins(plugins, name);
      const problems = argumentErrors("NodeResourcesFit", told, "");
      if (problems.length > 0) throw new ConfigurationError(`initializing plugin "NodeResourcesFit": ${formatFieldErrors(problems)}`);
      made.set(name, {
        name,
        release,
        percentageOfNodesToScore: profile.percentageOfNodesToScore ?? decoded.document.percentageOfNodesToScore ?? 0,
        ...ordersOf(byPoint, plugins),
        plugins: pluginArguments(told),
      });
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      throw new ConfigurationError(`initializing profiles: creating profile for scheduler name ${name}: ${error.message}`);
    }
  }
  return made;
}

type Orders = Pick<SchedulerProfile, "filterOrder" | "scores" | "postFilters" | "narrows">;

/** Plugins that neither refuse nor compare nodes here are left out. */
function ordersOf({ preFilter, filter, postFilter, score }: PluginsByPoint, plugins: ProfilePlugins): Orders {
  return {
    filterOrder: filter.filter(isFilter).map((name) => [name]),
    scores: score.filter(isScore).map((name): WeightedScore => ({ name, weight: weightOf(name, plugins) })),
    postFilters: postFilter.filter((name): name is PostFilterName => name === "DynamicResources" || name === "DefaultPreemption"),
    narrows: preFilter.includes("NodeAffinity"),
  };
}

function isFilter(name: string): name is FilterName {
  return Object.hasOwn(FILTERS, name);
}

function isScore(name: string): name is ScoreName {
  return Object.hasOwn(SCORES, name);
}
