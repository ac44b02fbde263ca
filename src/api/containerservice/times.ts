/**
 * When the service was asked through an api-version: the middle one of the days on which traffic at it was recorded.
 * Sources: `Date` headers of recordings of Azure/azure-cli (acs) and Azure/azure-cli-extensions (aks-preview); of 2019-02-01, which
 * nobody recorded, the day of the article on multiple node pools, whose extension used it. Recordings of 2023 whose api-version was
 * edited to 2024-09-01 later count for their own time only.
 */
const recorded: ReadonlyMap<string, string> = new Map([
  ["2017-08-31", "2018-01-24"],
  ["2018-03-31", "2019-04-16"],
  ["2019-02-01", "2019-05-17"],
  ["2019-08-01", "2019-10-14"],
  ["2020-03-01", "2020-03-25"],
  ["2020-09-01", "2020-09-24"],
  ["2021-05-01", "2021-07-22"],
  ["2021-07-01", "2021-08-17"],
  ["2021-09-01", "2021-10-21"],
  ["2022-02-01", "2022-03-29"],
  ["2022-07-02-preview", "2022-08-31"],
  ["2022-11-01", "2022-10-25"],
  ["2025-09-02-preview", "2025-08-05"],
]);

/** Clients begin to use an api-version about this long after its date. Unverified: most recordings are three to eight weeks younger. */
const LAG_DAYS = 30;
const DAY_MS = 86_400_000;

/**
 * The day, `2022-10-25`, of whose service callers of an api-version see the defaults and the versions on offer.
 * Differs from AKS: the real service gives every api-version the defaults of today. Here each has those of its own time, so
 * that recorded traffic and older templates, whose later requests name the versions of their time, run as they did.
 */
export function timeOf(apiVersion: string): string {
  const known = recorded.get(apiVersion.toLowerCase());
  if (known !== undefined) return known;
  const date = Date.parse(apiVersion.slice(0, 10));
  return Number.isNaN(date) ? apiVersion.slice(0, 10) : new Date(date + LAG_DAYS * DAY_MS).toISOString().slice(0, 10);
}

/** Whether callers of the api-version see the service of that day or a later one. */
export function isOfTime(apiVersion: string, day: string): boolean {
  return timeOf(apiVersion) >= day;
}
