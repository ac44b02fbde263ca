import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { ServerAddress } from "#api/server";
import type { Speed } from "#lib";
import { environmentOf } from "./article.ts";
import { type Client, find, type Outcome, run } from "./clients.ts";
import { type Lido, startLido } from "./lido.ts";

/** A shell of a user who has typed `eval "$(lido env)"`, in a home of its own. */
export interface UserShell {
  /** Home of the user, where commands run. */
  readonly folder: string;
  call(command: string): Promise<Outcome>;
  /** @throws {Error} when the command fails or prints an error; resolves with its standard output. */
  ok(command: string): Promise<string>;
  /** As `ok`, at a terminal whose user types the lines. */
  typing(command: string, lines: readonly string[]): Promise<string>;
  remove(): void;
}

/** A shell with a server of its own. */
export interface Shell extends UserShell {
  readonly lido: Lido;
  close(): Promise<void>;
}

/** `az` and `kubectl` are the client given and the kubectl on PATH. */
export function userShell(az: Client, address: ServerAddress): UserShell {
  const folder = mkdtempSync(join(tmpdir(), "lido-shell-"));
  const programs = join(folder, "bin");
  mkdirSync(programs);
  symlinkSync(az.path, join(programs, "az"));
  const kubectl = find("kubectl");
  if (kubectl !== undefined) symlinkSync(kubectl, join(programs, "kubectl"));
  const PATH = `${programs}${delimiter}${process.env["PATH"] ?? ""}`;
  const env = { ...process.env, ...environmentOf(address), HOME: folder, PATH };
  const call = (command: string, input = ""): Promise<Outcome> => run("sh", ["-c", command], { env, cwd: folder, input });
  async function ok(command: string, input?: string): Promise<string> {
    const { code, stdout, stderr } = await call(command, input);
    if (code !== 0 || stderr.includes("ERROR")) throw new Error(`${command}\nended with ${code}\n${stderr}${stdout}`);
    return stdout;
  }
  return {
    folder,
    call,
    ok,
    // util-linux's script gives the command a terminal.
    typing: (command, lines) => ok(`script -qec "${command}" /dev/null`, lines.map((line) => `${line}\n`).join("")),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Starts a server of its own for the shell. */
export async function openShell(az: Client, speed: Speed): Promise<Shell> {
  const lido = await startLido("--memory", "--speed", speed);
  const shell = userShell(az, lido.address);
  return {
    ...shell,
    lido,
    async close() {
      await lido.kill("SIGKILL");
      shell.remove();
    },
  };
}
