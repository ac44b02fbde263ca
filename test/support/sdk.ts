import { existsSync } from "node:fs";
import { join } from "node:path";
import { environmentOf } from "./article.ts";
import { run } from "./clients.ts";
import type { Json, Lido } from "./lido.ts";

/** Where the programs are that are written with SDKs, and what `tools/sdk.mjs` fetches for them. */
export const SDK_FOLDER = join(process.cwd(), "test", "e2e", "sdk");

/** Whether the folder of packages is there. */
export function isFetched(folder: string): boolean {
  return existsSync(join(SDK_FOLDER, folder));
}

/** A title that says why its tests are skipped. */
export function titled(title: string, isThere: boolean): string {
  return isThere ? title : `${title}: not fetched on this machine (node tools/sdk.mjs)`;
}

/**
 * Runs a program with the settings of `lido env`; resolves with what it tells in its last line.
 * @throws {Error} with what it complained of.
 */
export async function toldBy(lido: Lido, [program, ...args]: readonly [string, ...string[]], env: NodeJS.ProcessEnv = {}): Promise<Json> {
  const settings = { ...process.env, ...environmentOf(lido.address), HOME: lido.address.dataDir, ...env };
  const { code, stdout, stderr } = await run(program, args, { env: settings });
  if (code !== 0 || stderr !== "") throw new Error(`${args.join(" ")} ended with ${code}: ${stderr}\n${stdout}`);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}
