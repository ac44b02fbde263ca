import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { environmentOf } from "./article.ts";
import { type Outcome, run } from "./clients.ts";
import { type Lido, startLido } from "./lido.ts";

/** A server and a folder that is home to the clients that talk to it. */
export interface Session {
  readonly lido: Lido;
  readonly folder: string;
  /** Runs a client in that folder; one that is not on this machine cannot be run. */
  call(client: string | undefined, ...args: string[]): Promise<Outcome>;
  /** As {@link call}, of a command that must succeed: what it prints. */
  ok(client: string | undefined, ...args: string[]): Promise<string>;
  close(): Promise<void>;
}

/** Starts a server at speed `fast`. */
export async function openSession(): Promise<Session> {
  const lido = await startLido("--memory", "--speed", "fast");
  const folder = mkdtempSync(join(tmpdir(), "lido-session-"));
  const env = { ...process.env, ...environmentOf(lido.address), HOME: folder };
  const session: Session = {
    lido,
    folder,
    call: (client, ...args) => run(client ?? "", args, { env, cwd: folder }),
    async ok(client, ...args) {
      const { code, stdout, stderr } = await session.call(client, ...args);
      expect(stderr).not.toContain("ERROR");
      expect(code).toBe(0);
      return stdout.trim();
    },
    async close() {
      await lido.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return session;
}
