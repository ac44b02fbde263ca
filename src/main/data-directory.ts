import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StartError } from "#api/server";
import { assert } from "#lib";

/** The folder that a server works in, held by at most one server at a time. */
export interface DataDirectory {
  readonly path: string;
  /** Text of a file in it, undefined when absent. */
  read(name: string): string | undefined;
  /** Writes a file that only its owner can read. */
  write(name: string, text: string): void;
  remove(name: string): void;
  release(): void;
}

const LOCK_FILE = "lock";
/** Attempts at a lock whose holder has died and which another starter may take at the same moment. */
const MAX_LOCK_ATTEMPTS = 5;

/**
 * Takes the folder, making it when absent; without a path, a new one that `release` removes.
 * @throws {StartError} when another server that still runs holds it, or the folder cannot be written.
 */
export function takeDataDirectory(path: string | undefined): DataDirectory {
  const folder = path ?? mkdtempSync(join(tmpdir(), "lido-"));
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new StartError(`Cannot use the data directory ${folder}: ${(error as Error).message}. Name another with --data-dir.`);
  }
  takeLock(folder);
  return {
    path: folder,
    read: (name) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : undefined),
    write: (name, text) => writeFileSync(join(folder, name), text, { mode: 0o600 }),
    remove: (name) => rmSync(join(folder, name), { force: true }),
    release: () => rmSync(path === undefined ? folder : join(folder, LOCK_FILE), { recursive: true, force: true }),
  };
}

function takeLock(folder: string): void {
  const file = join(folder, LOCK_FILE);
  for (let attempt = 0; attempt < MAX_LOCK_ATTEMPTS; attempt++) {
    try {
      writeFileSync(file, String(process.pid), { flag: "wx", mode: 0o600 });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
        throw new StartError(`Cannot write to the data directory ${folder}: ${(error as Error).message}`);
      }
    }
    const holder = readHolder(file);
    if (holder !== undefined && isAlive(holder)) {
      throw new StartError(
        `Another Lido (process ${holder}) uses the data directory ${folder}. Stop it with "lido stop --data-dir ${folder}", or start this one with another --data-dir.`,
      );
    }
    rmSync(file, { force: true });
  }
  assert(false, "a lock without a living holder can be taken");
}

function readHolder(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, "utf8"));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
