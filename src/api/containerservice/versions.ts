/** Stable api-versions of `managedClusters`, oldest first. Source: Azure/azure-rest-api-specs, specification/containerservice/…/aks/stable. */
export const stableApiVersions: readonly string[] = [
  "2017-08-31",
  "2018-03-31",
  ...months("2019", "02 04 06 08 10 11"),
  ...months("2020", "01 02 03 04 06 07 09 11 12"),
  ...months("2021", "02 03 05 07 08 09 10"),
  ...months("2022", "01 02 03 04 06 07 09 11"),
  ...months("2023", "01 02 03 04 05 06 07 08 09 10 11"),
  ...months("2024", "01 02 05 07 08 09 10"),
  ...months("2025", "01 02 03 04 05 06 07 08 09 10"),
  ...months("2026", "01 02 03 04 05 06 07"),
];

/** Preview api-versions, oldest first. Source: Azure/azure-rest-api-specs, specification/containerservice/…/aks/preview. */
export const previewApiVersions: readonly string[] = [
  "2018-08-01-preview",
  "2021-11-01-preview",
  ...previews("2022", "01 02 03 04 05 06 07 08 09 10 11"),
  ...previews("2023", "01 02 03 04 05 06 07 08 09 10 11"),
  ...previews("2024", "01 02 03 04 05 06 07 09 10"),
  ...previews("2025", "01 02 03 04 05 06 07 08 09 10"),
  ...previews("2026", "01 02 03 04 05 06 07"),
];

/** Every api-version that is known by name, newest first: what a provider's description lists. */
export const apiVersions: readonly string[] = [...stableApiVersions, ...previewApiVersions].sort(compareApiVersions).reverse();

/** The first api-version of each kind of resource. Unverified: that older ones are refused for agent pools by date alone. */
const firstApiVersion = { managedClusters: "2017-08-31", agentPools: "2019-02-01" } as const;

const form = /^(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))(-preview)?$/i;

/** True for `2022-11-01` and `2022-10-02-preview` alike; known or not. */
export function isWellFormedApiVersion(apiVersion: string): boolean {
  return form.test(apiVersion);
}

/**
 * Whether requests for the kind are served at this api-version: every well-formed one from the kind's first on.
 * Newer ones than any known are served like the newest.
 * Differs from AKS: well-formed api-versions that were never published are served too.
 */
export function acceptsVersion(apiVersion: string, kind: "managedClusters" | "agentPools" = "managedClusters"): boolean {
  return isWellFormedApiVersion(apiVersion) && compareApiVersions(apiVersion, firstApiVersion[kind]) >= 0;
}

/** By date; of one day the preview comes first. Negative when `a` is older. */
export function compareApiVersions(a: string, b: string): number {
  return dateOf(a).localeCompare(dateOf(b)) || Number(isPreviewVersion(b)) - Number(isPreviewVersion(a));
}

/** Whether `apiVersion` is `since` or newer. */
export function isAtLeast(apiVersion: string, since: string): boolean {
  return compareApiVersions(apiVersion, since) >= 0;
}

/** `2022-10-02-preview` and the like. */
export function isPreviewVersion(apiVersion: string): boolean {
  return /-preview$/i.test(apiVersion);
}

function dateOf(apiVersion: string): string {
  return apiVersion.slice(0, 10);
}

function months(year: string, list: string): string[] {
  return list.split(" ").map((month) => `${year}-${month}-01`);
}

function previews(year: string, list: string): string[] {
  return list.split(" ").map((month) => `${year}-${month}-02-preview`);
}

/**
 * First api-version at which an agent pool shows what it can be rolled back to, and takes its node image from a caller.
 * Source: Azure docs roll-back-node-pool-version. Unverified: previews before it.
 */
export const ROLLBACK_SINCE = "2026-04-01";
