const TICKS_PER_MS = 10_000n;
/** .NET ticks (100 ns since the year 1) at the Unix epoch. */
const EPOCH_TICKS = 621_355_968_000_000_000n;
const MAX_INT64 = 9_223_372_036_854_775_807n;

/**
 * ISO 8601 with the fraction's trailing zeros cut off, as .NET prints times: `2019-10-13T20:58:53.72Z`.
 * @param ms Milliseconds since the Unix epoch.
 */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.?0*Z$/, "Z");
}

/** .NET ticks: units of 100 ns since the year 1. @param ms Milliseconds since the Unix epoch. */
export function ticks(ms: number): bigint {
  return BigInt(Math.trunc(ms)) * TICKS_PER_MS + EPOCH_TICKS;
}

/** ISO 8601 duration as .NET's XmlConvert prints it: `PT0S`, `PT5.38S`, `PT1M3S`. */
export function duration(ms: number): string {
  const total = Math.max(0, Math.round(ms));
  const hours = Math.floor(total / 3_600_000);
  const minutes = Math.floor((total % 3_600_000) / 60_000);
  const seconds = (total % 60_000) / 1000;
  const text = `${hours > 0 ? `${hours}H` : ""}${minutes > 0 ? `${minutes}M` : ""}${seconds > 0 ? `${seconds}S` : ""}`;
  return text === "" ? "PT0S" : `PT${text}`;
}

/** `20191013T205853Z`, as in `x-ms-routing-request-id`. */
export function compactTimestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:]|\.\d+/g, "");
}

/**
 * The id of a deployment's operation: 20 digits that count down, so that newer ones sort first.
 * Source: recorded `operationStatuses/08586423562045505031` of 2019-05-30T21:11:20Z, which is 2^63 - 1 less the .NET ticks then.
 */
export function countdownId(ms: number): string {
  return (MAX_INT64 - ticks(ms)).toString().padStart(20, "0");
}
