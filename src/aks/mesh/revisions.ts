import { minorOf } from "../catalog/index.ts";

/** One minor release of the mesh add-on, and the Kubernetes releases that it runs on. */
interface Release {
  readonly revision: string;
  /** The month in which it came, and the one in which it is offered no more. */
  readonly since: string;
  readonly until: string;
  readonly kubernetes: readonly string[];
  /** On clusters with long-term support; none where AKS does not tell them apart. */
  readonly longTerm: readonly string[];
}

/** `1.29` to `1.33`. */
const minors = (first: number, last: number): readonly string[] =>
  Array.from({ length: last - first + 1 }, (_, index) => `1.${first + index}`);
const release = (minor: number, [since, until]: readonly [string, string], kubernetes: readonly string[], longTerm = NONE): Release => ({
  revision: `asm-1-${minor}`,
  since,
  until,
  kubernetes,
  longTerm,
});
const NONE: readonly string[] = [];

/**
 * Oldest first. Source: MicrosoftDocs/azure-aks-docs articles/aks/istio-support-policy.md, "Service mesh add-on release calendar". Unverified:
 * the days in their months; here the first, as answers of 2024-07-03 and 2024-10-21 (Azure/ARO-HCP#750) have it.
 */
const releases: readonly Release[] = [
  release(17, ["2023-04", "2024-01"], minors(23, 28)),
  release(18, ["2023-11", "2024-02"], minors(24, 28)),
  release(19, ["2024-01", "2024-06"], minors(25, 28)),
  release(20, ["2024-02", "2024-09"], minors(25, 29)),
  release(21, ["2024-04", "2024-10"], minors(26, 30)),
  release(22, ["2024-07", "2025-03"], minors(27, 30)),
  release(23, ["2024-09", "2025-06"], minors(27, 32)),
  release(24, ["2025-02", "2025-09"], minors(28, 33)),
  release(25, ["2025-05", "2026-01"], minors(29, 33), minors(28, 33)),
  release(26, ["2025-07", "2026-04"], minors(29, 34), minors(28, 34)),
  release(27, ["2025-09", "2026-05"], minors(29, 35), minors(29, 35)),
  release(28, ["2026-01", "2026-08"], minors(30, 35), minors(30, 35)),
  release(29, ["2026-04", "2026-09"], minors(31, 36), minors(31, 36)),
  release(30, ["2026-07", "2026-12"], minors(32, 36), minors(32, 36)),
];

/**
 * Since then releases of long-term support are told apart, and an upgrade may skip a revision. Sources: istio-support-policy.md and
 * istio-upgrade.md; the recorded `mesh get-revisions` of 2024-07 for before; Azure/azure-powershell, Get-AzAksManagedClusterMeshRevisionProfile.
 * Unverified: the day, here that of the first revision with two lists.
 */
const CHANGED = "2025-05-01";

/** Kubernetes releases of one kind that a revision runs on. */
export interface Compatibility {
  readonly name: string;
  readonly versions: readonly string[];
}

/** What a cluster is to a mesh. */
export interface MeshCluster {
  /** In full: `1.34.2`. */
  readonly version: string;
  readonly hasLongTermSupport: boolean;
}

/** Revisions that a new mesh may have on a day, oldest first. */
export function revisionsOn(day: string): readonly string[] {
  return releasesOn(day).map(({ revision }) => revision);
}

function releasesOn(day: string): readonly Release[] {
  return releases.filter(({ since, until }) => since <= day && day.slice(0, until.length) < until);
}

/** The revision of a mesh whose owner names none: the newest but one. Source: istio-support-policy.md, "Default revision". */
export function defaultRevision(day: string): string {
  return revisionsOn(day).at(-2) ?? revisionsOn(day).at(-1) ?? "";
}

/**
 * Where a revision may be upgraded to on a day, on a cluster when one is given: the next one, and since 2025 also the one after it; from
 * revisions that are offered no more, and whose next one is not either, the oldest that is.
 * Source: istio-upgrade.md, "Minor revision upgrade".
 */
export function meshUpgrades(revision: string, day: string, cluster?: MeshCluster): readonly string[] {
  const newer = releasesOn(day).filter((each) => minorNumber(each.revision) > minorNumber(revision));
  const fitting = newer.filter((each) => cluster === undefined || isCompatible(each.revision, cluster)).map((each) => each.revision);
  const offered = revisionsOn(day);
  const [from, next] = [minorNumber(revision), `asm-1-${minorNumber(revision) + 1}`];
  const skips = day >= CHANGED && (offered.includes(revision) || offered.includes(next));
  return skips ? fitting.filter((each) => minorNumber(each) <= from + 2) : fitting.slice(0, 1);
}

/** Whether the revision runs on the cluster. */
export function isCompatible(revision: string, { version, hasLongTermSupport }: MeshCluster): boolean {
  const found = releases.find((each) => each.revision === revision);
  const minor = minorOf(version);
  if (found === undefined) return false;
  return found.kubernetes.includes(minor) || (hasLongTermSupport && found.longTerm.includes(minor));
}

/** What a revision runs on, as answers of a day say it. Source: as {@link CHANGED}. */
export function compatibilityOf(revision: string, day: string): readonly Compatibility[] {
  const found = releases.find((each) => each.revision === revision);
  if (found === undefined) return [];
  if (day < CHANGED) return [{ name: "kubernetes", versions: found.kubernetes }];
  const longTerm = found.longTerm.length === 0 ? [] : [{ name: LONG_TERM, versions: found.longTerm }];
  return [{ name: "KubernetesOfficial", versions: found.kubernetes }, ...longTerm];
}

const LONG_TERM = "AKSLongTermSupport";

/** The same for a cluster, which is of one kind. */
export function compatibilityWith(revision: string, day: string, { hasLongTermSupport }: MeshCluster): readonly Compatibility[] {
  const [first, longTerm] = compatibilityOf(revision, day);
  const one = hasLongTermSupport ? (longTerm ?? first) : first;
  return one === undefined ? [] : [one];
}

/** Revisions in the order of their releases. */
export function inReleaseOrder(revisions: readonly string[]): readonly string[] {
  return revisions.toSorted((a, b) => minorNumber(a) - minorNumber(b));
}

function minorNumber(revision: string): number {
  return Number(revision.split("-")[2]);
}
