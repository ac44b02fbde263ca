import { type Quota, type QuotaChange, type QuotaList, quotasPath } from "#api/quotas";
import { asked, prettyJson } from "../ask.ts";
import type { Connection } from "../connection.ts";
import { CliError } from "../errors.ts";
import { quotaTable, toldOf } from "./table.ts";

export interface QuotaFlags {
  readonly dataDir: string;
  readonly location: string;
  readonly subscription?: string;
  readonly json?: true;
  readonly all?: true;
}

/** `lido quota list`. */
export async function runQuotaList(flags: QuotaFlags): Promise<number> {
  const { body } = await asked(flags.dataDir, (connection) => connection.arm("GET", pathOf(connection, flags)));
  const { value } = body as QuotaList;
  const told = flags.all ? value : toldOf(value);
  process.stdout.write(flags.json ? prettyJson(told) : quotaTable(told));
  return 0;
}

/** `lido quota set`: the limit holds from now on. */
export async function runQuotaSet(name: string, limit: string, flags: QuotaFlags): Promise<number> {
  const change: QuotaChange = { limit: limitOf(limit) };
  const { body } = await asked(flags.dataDir, (connection) => connection.arm("PUT", pathOf(connection, flags, name), change));
  process.stdout.write(flags.json ? prettyJson(body) : quotaTable([body as Quota]));
  return 0;
}

/** `4`, or `default`. @throws {CliError} 2 for another text. */
export function limitOf(text: string): number | null {
  if (text === "default") return null;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new CliError(`A limit is a whole number of cores, or "default", not "${text}".`, 2);
}

function pathOf({ address }: Connection, { subscription = address.subscriptionId, location }: QuotaFlags, name?: string): string {
  const [subscriptionId, place] = [subscription, location].map(encodeURIComponent) as [string, string];
  return quotasPath(subscriptionId, place, name === undefined ? undefined : encodeURIComponent(name));
}
