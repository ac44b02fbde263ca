import { type GenerationName, generations } from "../generations/generation.ts";
import { offers, releases, type Support } from "./releases.ts";
import { compareVersions, isVersionForm, minorOf, parseVersion } from "./version.ts";

export interface KubernetesRelease {
  /** `1.12.6`. */
  readonly version: string;
  readonly isPreview: boolean;
  readonly isDefault: boolean;
}

/** A release and where a cluster or pool may go from it. */
export interface KubernetesReleaseWithUpgrades extends KubernetesRelease {
  readonly upgrades: readonly KubernetesRelease[];
  /** Plans under which a cluster may run it, in the service's words. */
  readonly supportPlan: readonly string[];
}

/** Source: azure-rest-api-specs 2024-09-01, KubernetesVersions_List; Azure docs long-term-support: every minor since 1.27 has it. */
const supportPlans: Readonly<Record<Support, readonly string[]>> = {
  preview: ["KubernetesOfficial"],
  official: ["KubernetesOfficial", "AKSLongTermSupport"],
  "long-term": ["AKSLongTermSupport"],
  retired: ["KubernetesOfficial"],
};

/** How many patches of a minor are offered as an upgrade when the minor itself is no longer on offer. */
const patchesOfRetiredMinor = 2;

/** Every catalogued version, oldest first. */
const catalogued: readonly string[] = releases.flatMap(({ minor, patches }) => patches.map((patch) => `${minor}.${patch}`));
const known: ReadonlySet<string> = new Set(catalogued);

/** What the service shows as available, oldest first: `az aks get-versions`. */
export function versionsFor(generation: GenerationName): readonly KubernetesReleaseWithUpgrades[] {
  return offers[generation].versions.map((version) => ({
    ...release(version, generation),
    upgrades: upgradesOf(version, generation),
    supportPlan: supportPlans[supportOf(version)],
  }));
}

/** The version of a cluster whose caller names none. */
export function defaultVersion(generation: GenerationName): string {
  return offers[generation].defaultVersion;
}

/**
 * The full version for what a caller asks: empty for the default, `1.x` for the newest patch of it, `1.x.y` for itself.
 * Undefined when the generation cannot run it.
 * Source: Azure docs supported-kubernetes-versions, "Alias minor version".
 */
export function resolveVersion(requested: string, generation: GenerationName): string | undefined {
  if (requested === "") return defaultVersion(generation);
  if (!isVersionForm(requested) || !isInRange(requested, generation)) return undefined;
  if (known.has(requested)) return requested;
  return requested.split(".").length === 2 ? newestPatches(requested, generation).at(-1) : undefined;
}

/**
 * Where a cluster may go from a version: later patches of its minor, then those of the next minor. Oldest first.
 * Source: Azure docs upgrade-aks-cluster; recorded answers of `get-versions` of 2021-07 and 2022-03.
 */
export function upgradesOf(version: string, generation: GenerationName): readonly KubernetesRelease[] {
  const { major, minor } = parseVersion(version);
  return [`${major}.${minor}`, `${major}.${minor + 1}`]
    .filter((candidate) => isInRange(candidate, generation))
    .flatMap((candidate) => newestPatches(candidate, generation))
    .filter((candidate) => compareVersions(candidate, version) > 0)
    .map((candidate) => release(candidate, generation));
}

/**
 * Where a pool may go: upgrades of its own version that its control plane already has.
 * Source: recorded answers of agentPools/upgradeProfiles of 2022 and 2023: a pool is never offered more than its control plane.
 */
export function agentPoolUpgrades(
  versions: { readonly pool: string; readonly controlPlane: string },
  generation: GenerationName,
): readonly KubernetesRelease[] {
  // In the preview a pool may run any patch of its control plane's minor.
  const comparable = (version: string): string => (generations[generation].newerPatchAllowed ? minorOf(version) : version);
  const newest = comparable(versions.controlPlane);
  return upgradesOf(versions.pool, generation).filter(({ version }) => compareVersions(comparable(version), newest) <= 0);
}

/** Whether the version is offered as a preview. */
export function isPreview(version: string, generation: GenerationName): boolean {
  return offers[generation].previews.includes(version);
}

/** How a version's minor stands today. */
export function supportOf(version: string): Support {
  return releases.find(({ minor }) => minor === minorOf(version))?.support ?? "retired";
}

function release(version: string, generation: GenerationName): KubernetesRelease {
  const isDefault = version === defaultVersion(generation);
  return { version, isPreview: isPreview(version, generation), isDefault };
}

/** The patches of a minor on offer; of a minor that is not on offer, its newest ones. Oldest first. */
function newestPatches(minor: string, generation: GenerationName): readonly string[] {
  const offered = offers[generation].versions.filter((version) => minorOf(version) === minor);
  return offered.length > 0 ? offered : catalogued.filter((version) => minorOf(version) === minor).slice(-patchesOfRetiredMinor);
}

function isInRange(version: string, generation: GenerationName): boolean {
  const { first, last } = offers[generation].minors;
  const minor = minorOf(version);
  return compareVersions(minor, first) >= 0 && compareVersions(minor, last) <= 0;
}
