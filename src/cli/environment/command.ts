import { requireAddress } from "../address.ts";
import { CliError } from "../errors.ts";
import type { Format } from "./formats.ts";
import { envText, unsetText } from "./lines.ts";
import { terraformBlock } from "./terraform.ts";

const FORMATS = ["fish", "powershell", "dotenv", "github", "json", "terraform"] as const;

/** Flags of `lido env`; at most one format. */
export type EnvFlags = { readonly dataDir: string; readonly unset?: true } & { readonly [format in (typeof FORMATS)[number]]?: true };

/** `lido env`. @throws {CliError} when flags contradict each other or no server runs. */
export function runEnv(flags: EnvFlags): number {
  const [format = "posix", second] = FORMATS.filter((name) => flags[name]);
  if (second !== undefined) throw new CliError(`--${format} and --${second} cannot be used together.`, 2);
  process.stdout.write(textFor(format, flags));
  return 0;
}

function textFor(format: Format | "terraform", { unset, dataDir }: EnvFlags): string {
  const environment = process.env;
  if (unset) {
    if (format === "posix" || format === "fish" || format === "powershell") return unsetText(format, environment);
    throw new CliError(`--unset is for shells; there is nothing to take back with --${format}.`, 2);
  }
  const address = requireAddress(dataDir);
  if (format === "terraform") return terraformBlock(address);
  return envText(address, { format, environment, script: environment["LIDO_SCRIPT"] });
}
