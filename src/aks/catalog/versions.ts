import { generations } from "../generations/generation.ts";
import { isReleasedOn, type Moment, offerOf, PATCHES_ON_OFFER, type Support, supportOn } from "./offer.ts";
import { LAST_DAY, releases } from "./releases.ts";
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

/** Every catalogued version, oldest first. */
const catalogued: readonly string[] = releases.flatMap(({ minor, patches }) => patches.map(({ patch }) => `${minor}.${patch}`));
const known: ReadonlySet<string> = new Set(catalogued);

/** What the service shows as available, oldest first: `az aks get-versions`. */
export function versionsFor(moment: Moment): readonly KubernetesReleaseWithUpgrades[] {
  return offerOf(moment).versions.map((version) => ({
    ...release(version, moment),
    upgrades: upgradesOf(version, moment),
    supportPlan: supportPlans(version, moment.day),
  }));
}

/** The version of a cluster whose caller names none. */
export function defaultVersion(moment: Moment): string {
  return offerOf(moment).defaultVersion;
}

/**
 * The full version for what a caller asks: empty for the default, `1.x` for the newest patch of it, `1.x.y` for itself.
 * Undefined when the generation cannot run it.
 * Source: Azure docs supported-kubernetes-versions, "Alias minor version".
 * Differs from AKS: versions that are out of support can be asked for by name, so that older templates go on working; `lido start
 * --support-window` makes them refused.
 */
export function resolveVersion(requested: string, moment: Moment): string | undefined {
  if (requested === "") return defaultVersion(moment);
  if (!isVersionForm(requested) || !isInRange(requested, moment)) return undefined;
  if (known.has(requested)) return requested;
  return isAlias(requested) ? newestPatches(requested, moment).at(-1) : undefined;
}

/** Whether the text names a minor version only: `1.29`. */
export function isAlias(version: string): boolean {
  return isVersionForm(version) && version.split(".").length === 2;
}

/** Whether AKS had the version at the moment. */
export function isReleased(version: string, { day = LAST_DAY }: Moment): boolean {
  return isReleasedOn(version, day);
}

/**
 * Whether new clusters may have the version on a day: those on the long-term plan also have the minors that only it supports.
 * Source: Azure docs supported-kubernetes-versions (three minors; patches as they are released) and long-term-support.
 */
export function isSupported(version: string, day: string, longTerm: boolean): boolean {
  const support = supportOf(version, day);
  return isReleasedOn(version, day) && (support === "preview" || support === "official" || (longTerm && support === "long-term"));
}

/**
 * Where a cluster may go from a version: later patches of its minor, then those of the next minor. Oldest first.
 * Source: Azure docs upgrade-aks-cluster; recorded answers of `get-versions` of 2021-07 and 2022-03.
 */
export function upgradesOf(version: string, moment: Moment): readonly KubernetesRelease[] {
  const { major, minor } = parseVersion(version);
  return [`${major}.${minor}`, `${major}.${minor + 1}`]
    .filter((candidate) => isInRange(candidate, moment) && isKnown(candidate, moment))
    .flatMap((candidate) => newestPatches(candidate, moment))
    .filter((candidate) => compareVersions(candidate, version) > 0)
    .map((candidate) => release(candidate, moment));
}

/**
 * Where a pool may go: upgrades of its own version that its control plane already has.
 * Source: recorded answers of agentPools/upgradeProfiles of 2022 and 2023: a pool is never offered more than its control plane.
 */
export function agentPoolUpgrades(
  versions: { readonly pool: string; readonly controlPlane: string },
  moment: Moment,
): readonly KubernetesRelease[] {
  // In the preview a pool may run any patch of its control plane's minor.
  const comparable = (version: string): string => (generations[moment.generation].newerPatchAllowed ? minorOf(version) : version);
  const newest = comparable(versions.controlPlane);
  return upgradesOf(versions.pool, moment).filter(({ version }) => compareVersions(comparable(version), newest) <= 0);
}

/** How a version's minor stands on a day. */
export function supportOf(version: string, day: string = LAST_DAY): Support {
  const found = releases.find(({ minor }) => minor === minorOf(version));
  return found === undefined ? "unknown" : supportOn(found, day);
}

/** Source: azure-rest-api-specs 2024-09-01, KubernetesVersions_List; azure-docs long-term-support: every minor since 1.27 can have it. */
export function supportPlans(version: string, day?: string): readonly string[] {
  const longTerm = compareVersions(version, "1.27.0") >= 0 ? ["AKSLongTermSupport"] : [];
  return supportOf(version, day) === "long-term" ? longTerm : ["KubernetesOfficial", ...longTerm];
}

function release(version: string, moment: Moment): KubernetesRelease {
  const { previews, defaultVersion: byDefault } = offerOf(moment);
  return { version, isPreview: previews.has(version), isDefault: version === byDefault };
}

/** The patches of a minor on offer; of a minor that is not on offer, its newest ones. Oldest first. */
function newestPatches(minor: string, moment: Moment): readonly string[] {
  const offered = offerOf(moment).versions.filter((version) => minorOf(version) === minor);
  return offered.length > 0 ? offered : catalogued.filter((version) => minorOf(version) === minor).slice(-PATCHES_ON_OFFER);
}

/** Whether AKS had the minor version by then, be it long ago. The preview's offer has no day. */
function isKnown(minor: string, { generation, day }: Moment): boolean {
  return generation === "2019-preview" || supportOf(minor, day) !== "unknown";
}

function isInRange(version: string, moment: Moment): boolean {
  const { first, last } = offerOf(moment).minors;
  const minor = minorOf(version);
  return compareVersions(minor, first) >= 0 && compareVersions(minor, last) <= 0;
}
