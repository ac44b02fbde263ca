import type { SchedulerRelease } from "../release.ts";
import { ConfigurationError } from "./decode.ts";
import {
  EXTENSION_POINTS,
  type ExtensionPoint,
  type PluginInDocument,
  type PluginSetInDocument,
  type ProfileInDocument,
} from "./document.ts";
import { comesInAt, defaultPlugins, isPlugin, type WeightedPlugin } from "./plugin-table.ts";

export interface PluginSet {
  readonly enabled: readonly WeightedPlugin[];
  readonly disabled: readonly string[];
}

/** What a profile says of its plugins, the defaults included. */
export type ProfilePlugins = Readonly<Record<ExtensionPoint | "multiPoint", PluginSet>>;

/** The plugins of each extension point, in the order in which they are asked. */
export type PluginsByPoint = Readonly<Record<ExtensionPoint, readonly string[]>>;

const ALL = "*";
const NO_PLUGINS: PluginSet = { enabled: [], disabled: [] };

/** A profile's plugins beside those that are on by default. Source: pkg/scheduler/apis/config/v1/default_plugins.go, mergePlugins. */
export function withDefaultPlugins({ plugins }: ProfileInDocument, release: SchedulerRelease): ProfilePlugins {
  const merged = EXTENSION_POINTS.map((point) => [point, mergeSet([], plugins?.[point])] as const);
  const multiPoint = mergeSet(defaultPlugins(release), plugins?.multiPoint);
  return { ...(Object.fromEntries(merged) as Record<ExtensionPoint, PluginSet>), multiPoint };
}

/** Source: as above, mergePluginSet: a default that is named again stays in its place, with what is said of it. */
function mergeSet(defaults: readonly WeightedPlugin[], custom: PluginSetInDocument | undefined): PluginSet {
  if (custom === undefined) return { ...NO_PLUGINS, enabled: defaults };
  const disabled = (custom.disabled ?? []).map(({ name = "" }) => name);
  const enabled = (custom.enabled ?? []).map(weighted);
  const isOff = new Set(disabled);
  const replaced = new Set<WeightedPlugin>();
  const kept = isOff.has(ALL)
    ? []
    : defaults
        .filter(({ name }) => !isOff.has(name))
        .map((each) => {
          const again = enabled.findLast(({ name }) => name === each.name);
          if (again !== undefined) replaced.add(again);
          return again ?? each;
        });
  return { enabled: [...kept, ...enabled.filter((each) => !replaced.has(each))], disabled };
}

function weighted({ name = "", weight = 0 }: PluginInDocument): WeightedPlugin {
  return { name, weight };
}

/**
 * The plugins of each extension point: those named there, and those of multiPoint that come in there.
 *
 * @throws {ConfigurationError} for a plugin that does not exist, is named twice, or does not come in where it is named.
 * Source: pkg/scheduler/framework/runtime/framework.go, NewFramework, updatePluginList and expandMultiPointPlugins.
 */
export function expandPlugins(plugins: ProfilePlugins, schedulerName: string): PluginsByPoint {
  for (const point of EXTENSION_POINTS) checkNamed(plugins[point].enabled, point);
  for (const { name } of plugins.multiPoint.enabled)
    if (!isPlugin(name)) throw new ConfigurationError(`${typeName("preFilter")} "${name}" does not exist`);
  const byPoint = Object.fromEntries(EXTENSION_POINTS.map((point) => [point, expand(plugins, point)])) as Record<ExtensionPoint, string[]>;
  const { queueSort, bind } = byPoint;
  const of = `for profile with scheduler name "${schedulerName}"`;
  if (queueSort.length !== 1) throw new ConfigurationError(`only one queue sort plugin required ${of}, but got ${queueSort.length}`);
  if (bind.length === 0) throw new ConfigurationError(`at least one bind plugin is needed ${of}`);
  return byPoint;
}

/** What a score of the plugin weighs: as it is said at `score`, or else at multiPoint; 1 where nothing is. Source: getScoreWeights. */
export function weightOf(name: string, { score, multiPoint }: ProfilePlugins): number {
  return [...score.enabled, ...multiPoint.enabled].find((each) => each.name === name)?.weight || 1;
}

function checkNamed(enabled: readonly WeightedPlugin[], point: ExtensionPoint): void {
  const seen = new Set<string>();
  for (const { name } of enabled) {
    if (!isPlugin(name)) throw new ConfigurationError(`${typeName(point)} "${name}" does not exist`);
    if (!comesInAt(name, point)) throw new ConfigurationError(`plugin "${name}" does not extend ${typeName(point)} plugin`);
    if (seen.has(name)) throw new ConfigurationError(`plugin "${name}" already registered as "${typeName(point)}"`);
    seen.add(name);
  }
}

/** Those of multiPoint that are named here too come first, then the others of multiPoint, then what else is named here. */
function expand(plugins: ProfilePlugins, point: ExtensionPoint): string[] {
  const named = plugins[point].enabled.map(({ name }) => name);
  const off = new Set(plugins[point].disabled);
  if (off.has(ALL)) return named;
  const overridden = new Set<string>();
  const fromMultiPoint: string[] = [];
  for (const { name } of plugins.multiPoint.enabled) {
    if (!comesInAt(name, point) || off.has(name)) continue;
    if (named.includes(name)) overridden.add(name);
    else if (fromMultiPoint.includes(name)) throw new ConfigurationError(`plugin "${name}" already registered as "${typeName(point)}"`);
    else fromMultiPoint.push(name);
  }
  const isOverridden = (name: string): boolean => overridden.has(name);
  return [...named.filter(isOverridden), ...fromMultiPoint, ...named.filter((name) => !isOverridden(name))];
}

/** `preFilter` → `PreFilterPlugin`. */
function typeName(point: ExtensionPoint): string {
  return `${point.charAt(0).toUpperCase()}${point.slice(1)}Plugin`;
}
