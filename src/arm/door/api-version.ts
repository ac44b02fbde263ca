import { armErrors } from "../errors.ts";

/** Versions of Azure Resource Manager's own paths, newest first. Source: its answers to an unknown version. */
const ARM_VERSIONS =
  "2025-04-01,2025-03-01,2024-11-01,2024-07-01,2024-03-01,2023-07-01,2022-12-01,2022-09-01,2022-06-01,2022-05-01,2022-03-01-preview,2022-01-01,2021-04-01,2021-01-01,2020-10-01,2020-09-01,2020-08-01,2020-07-01,2020-06-01,2020-05-01,2020-01-01,2019-11-01,2019-10-01,2019-09-01,2019-08-01,2019-07-01,2019-06-01,2019-05-10,2019-05-01,2019-03-01,2018-11-01,2018-09-01,2018-08-01,2018-07-01,2018-06-01,2018-05-01,2018-02-01,2018-01-01,2017-12-01,2017-08-01,2017-06-01,2017-05-10,2017-05-01,2017-03-01,2016-09-01,2016-07-01,2016-06-01,2016-02-01,2015-11-01,2015-01-01,2014-04-01-preview,2014-04-01,2014-02-26,2014-01-01,2013-03-01".split(
    ",",
  );
const OLDEST_ARM_VERSION = "2013-03-01";

const FORM = /^(\d{4})-(\d{2})-(\d{2})(-[a-z][a-z0-9.]*)?$/i;

/** Whether the text has the form of an api-version: a day of the calendar, perhaps with a suffix like `-preview`. */
export function isApiVersion(text: string): boolean {
  const [, year, month, day] = FORM.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return false;
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(day);
}

/** The version of a request's query, in lower case. @throws {ArmError} MissingApiVersionParameter. */
export function requireApiVersion(query: URLSearchParams): string {
  for (const [name, value] of query) if (name.toLowerCase() === "api-version" && value !== "") return value.toLowerCase();
  throw armErrors.missingApiVersion();
}

/**
 * Takes any well-formed version for the paths of Azure Resource Manager itself.
 * @throws {ArmError} InvalidApiVersionParameter.
 */
export function checkArmApiVersion(version: string): void {
  if (!isApiVersion(version) || version < OLDEST_ARM_VERSION) throw armErrors.invalidApiVersion(version, ARM_VERSIONS);
}
