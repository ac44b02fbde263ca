import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { ServerAddress } from "#api/server";
import { CliError } from "./errors.ts";

/** The folder used when no other is named: `LIDO_DATA_DIR`, or `.lido` in the user's home. */
export function defaultDataDir(environment: NodeJS.ProcessEnv = process.env): string {
  return environment["LIDO_DATA_DIR"] ?? join(homedir(), ".lido");
}

/** How the user calls this program: `lido`, or from a checkout `npm run -s lido --`. */
export function commandName(environment: NodeJS.ProcessEnv = process.env): string {
  return environment["LIDO_COMMAND"] ?? "lido";
}

/** What a shell evaluates to talk to the server of a folder: `eval "$(lido env)"`. */
export function envCommand(dataDir: string): string {
  const lido = commandName();
  return `eval "$(${resolve(dataDir) === resolve(defaultDataDir()) ? `${lido} env` : `${lido} env --data-dir ${dataDir}`})"`;
}

/** What the server that runs on the folder has written down; undefined when none runs. */
export function readAddress(dataDir: string): ServerAddress | undefined {
  const file = join(resolve(dataDir), "server.json");
  if (!existsSync(file)) return undefined;
  const address = JSON.parse(readFileSync(file, "utf8")) as ServerAddress;
  return isAlive(address.pid) ? address : undefined;
}

/** @throws {CliError} when no server runs on the folder, saying how to start one. */
export function requireAddress(dataDir: string): ServerAddress {
  const address = readAddress(dataDir);
  if (address !== undefined) return address;
  throw new CliError(
    `No Lido runs on ${dataDir}. Start one with "${commandName()} start", or name another data directory with --data-dir or LIDO_DATA_DIR.`,
  );
}

/** Path of the authority's certificate, also of a server that does not run now. @throws {CliError} when there was never one. */
export function authorityOf(dataDir: string): string {
  const file = join(resolve(dataDir), "ca.pem");
  return existsSync(file) ? file : requireAddress(dataDir).ca;
}

/** Whether a process of this number exists, whoever owns it. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
