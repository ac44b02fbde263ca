import { compareVersions, type Moment, parseVersion, supportOf, upgradesOf, versionsFor } from "../catalog/index.ts";
import type { UpgradeChannel } from "./channels.ts";

/** What a channel looks at. */
export interface VersionState {
  readonly channel: UpgradeChannel;
  /** Full version of the control plane. */
  readonly version: string;
  /** Full versions of its pools. */
  readonly pools: readonly string[];
  /** Whether the cluster is on the long-term support plan. */
  readonly longTerm: boolean;
}

/**
 * The version that a channel brings a cluster to next, one minor version at a time; undefined when there is nothing to do. Pools that
 * are behind their control plane follow it, so that the goal may be the version that the control plane has.
 *
 * 1.33.7 where 1.35 is the newest: patch → the newest 1.33; stable and rapid → the newest 1.34, and then rapid → the newest 1.35.
 *
 * Source: Azure docs auto-upgrade-cluster, "Cluster autoupgrade channels" and its notes: generally available versions only, and only while
 * the cluster's own version is supported. Unverified: that stable leaves a cluster alone that is on the newest minor version.
 * Differs from AKS: a cluster that is about to fall out of support is not upgraded unless it has a channel.
 */
export function versionGoal({ channel, version, pools, longTerm }: VersionState, moment: Moment): string | undefined {
  const newest = newestMinor(moment);
  if (newest === undefined || !isKept(version, { moment, longTerm })) return undefined;
  const own = parseVersion(version).minor;
  const last = { patch: own, stable: newest - 1, rapid: newest, none: undefined, "node-image": undefined }[channel];
  if (last === undefined) return undefined;
  const goal = own > last ? undefined : newestOf(version, Math.min(own + 1, last), moment);
  if (goal !== undefined) return goal;
  return pools.some((pool) => compareVersions(pool, version) < 0) ? version : undefined;
}

/** The newest generally available upgrade of a version within a minor one. */
function newestOf(version: string, minor: number, moment: Moment): string | undefined {
  return upgradesOf(version, moment)
    .filter((release) => !release.isPreview && parseVersion(release.version).minor === minor)
    .at(-1)?.version;
}

/** The newest minor version that is generally available: N. */
function newestMinor(moment: Moment): number | undefined {
  const available = versionsFor(moment).filter(({ version }) => supportOf(version, moment.day) === "official");
  const newest = available.at(-1)?.version;
  return newest === undefined ? undefined : parseVersion(newest).minor;
}

/** Whether AKS still looks after the version. */
function isKept(version: string, { moment, longTerm }: { readonly moment: Moment; readonly longTerm: boolean }): boolean {
  const support = supportOf(version, moment.day);
  return support === "official" || support === "preview" || (longTerm && support === "long-term");
}
