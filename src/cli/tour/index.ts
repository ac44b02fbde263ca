import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { systemClock } from "#lib";
import { openConnection } from "../connection.ts";
import { environmentOf } from "../environment/environment.ts";
import { CliError } from "../errors.ts";
import type { StartServer } from "../start.ts";
import * as article from "./article.ts";
import { OTHER_PODS, POOL_TEMPLATE, TOLERANT_POD } from "./files.ts";
import { BrokenClaim, createGuide } from "./guide.ts";

const CHAPTERS = [
  article.prepare,
  article.createCluster,
  article.changePools,
  article.useGpuPool,
  article.deployTemplate,
  article.tryLimits,
  article.cleanUp,
];

/**
 * `lido tour`: starts a server of its own, runs the article from its first to its last command and checks every claim
 * it makes. Resolves with 0, or 1 after naming the claim that broke.
 * @throws {CliError} when there is no kubectl.
 */
export async function runTour({ startServer }: { startServer: StartServer }): Promise<number> {
  const kubectl = findKubectl();
  const folder = mkdtempSync(join(tmpdir(), "lido-tour-"));
  const server = await startServer({
    host: "127.0.0.1",
    port: 0,
    httpPort: 0,
    dataDir: undefined,
    speed: "fast",
    generation: "auto",
    logLevel: "error",
  });
  const connection = openConnection(server.address);
  const begin = systemClock.now();
  try {
    writeFiles(folder);
    const environment = { ...process.env, ...environmentOf(server.address), HOME: folder };
    const guide = createGuide({
      connection,
      clock: systemClock,
      folder,
      environment,
      kubectl,
      out: (text) => void process.stdout.write(text),
    });
    for (const chapter of CHAPTERS) await chapter(guide);
    const seconds = ((systemClock.now() - begin) / 1000).toFixed(1);
    process.stdout.write(`\nThe article holds: ${guide.claims} claims in ${seconds} s.\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof BrokenClaim)) throw error;
    process.stderr.write(`\n${error.message}\n`);
    return 1;
  } finally {
    connection.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeFiles(folder: string): void {
  mkdirSync(join(folder, ".ssh"), { mode: 0o700 });
  writeFileSync(join(folder, "gpu-toleration.yaml"), TOLERANT_POD);
  writeFileSync(join(folder, "other.yaml"), OTHER_PODS);
  writeFileSync(join(folder, "aks-agentpools.json"), POOL_TEMPLATE);
}

/** The kubectl on PATH, or one that npm installed beside the program. */
function findKubectl(): string {
  const name = process.platform === "win32" ? "kubectl.exe" : "kubectl";
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const installed = join(dirname(process.argv[1] ?? ""), "..", "node_modules", ".bin");
  const found = [...folders, installed].map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found === undefined)
    throw new CliError(
      "The tour needs kubectl, and there is none on PATH. Install it (https://kubernetes.io/docs/tasks/tools/) and try again.",
    );
  return found;
}
