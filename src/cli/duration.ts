import { CliError } from "./errors.ts";

const UNITS: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of `90`, `90s`, `15m`, `2h`, `1d`. @throws {CliError} 2 for another text. */
export function parseDuration(flag: string, text: string): number {
  const [, number = "", unit = ""] = /^(\d{1,9}(?:\.\d{1,3})?)([smhd]?)$/.exec(text) ?? [];
  const seconds = Number(number) * (UNITS[unit] ?? Number.NaN);
  if (number !== "" && Number.isFinite(seconds)) return seconds;
  throw new CliError(`${flag} takes a duration like 90s, 15m, 2h or 1d, not "${text}".`, 2);
}
