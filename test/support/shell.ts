import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect } from "vitest";
import type { Speed } from "#lib";
import { environmentOf } from "./article.ts";
import { type Client, find, type Outcome, run } from "./clients.ts";
import { type Lido, startLido } from "./lido.ts";

/** A shell of a user who has typed `eval "$(lido env)"`. */
export interface Shell {
  readonly lido: Lido;
  readonly folder: string;
  call(command: string): Promise<Outcome>;
  /** @throws when the command fails; resolves with what it prints. */
  ok(command: string): Promise<string>;
  /** As `ok`, at a terminal whose user types the lines. */
  typing(command: string, lines: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

/** Starts a server of its own; `az` and `kubectl` are the client given and the kubectl on PATH. */
export async function openShell(az: Client, speed: Speed): Promise<Shell> {
  const lido = await startLido("--memory", "--speed", speed);
  const folder = mkdtempSync(join(tmpdir(), "lido-shell-"));
  const programs = join(folder, "bin");
  mkdirSync(programs);
  symlinkSync(az.path, join(programs, "az"));
  symlinkSync(find("kubectl") ?? "", join(programs, "kubectl"));
  const PATH = `${programs}${delimiter}${process.env["PATH"] ?? ""}`;
  const env = { ...process.env, ...environmentOf(lido.address), HOME: folder, PATH };
  const call = (command: string, input = ""): Promise<Outcome> => run("sh", ["-c", command], { env, cwd: folder, input });
  async function ok(command: string, input?: string): Promise<string> {
    const { code, stdout, stderr } = await call(command, input);
    expect({ command, code, stderr }).toMatchObject({ code: 0, stderr: expect.not.stringContaining("ERROR") });
    return stdout;
  }
  return {
    lido,
    folder,
    call,
    ok,
    // util-linux's script gives the command a terminal.
    typing: (command, lines) => ok(`script -qec "${command}" /dev/null`, lines.map((line) => `${line}\n`).join("")),
    async close() {
      await lido.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
