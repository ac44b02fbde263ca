import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createCluster, kubeconfigOf } from "../support/aks.ts";
import { startLido } from "../support/lido.ts";
import { readAllowed } from "./allowed.ts";
import { openServer, type Server } from "./calls.ts";
import { compare } from "./compare.ts";
import { startControlPlane } from "./control-plane.ts";

/** As npm runs it: from the root of the checkout. */
const FOLDER = join("test", "judge");
/** Leaves nodes and their taints to whoever writes them. */
const WITHOUT_LIFECYCLE = "--no-node-lifecycle";
const [binary = "", ...rest] = process.argv.slice(2);
const nodeLifecycle = rest[0] !== WITHOUT_LIFECYCLE;
const [command, ...args] = nodeLifecycle ? rest : rest.slice(1);

/** Runs the command with the kubeconfig in its environment; resolves with its exit code. */
function runCommand(kubeconfig: string, program: string): Promise<number> {
  const env = { ...process.env, KUBECONFIG: kubeconfig, LIDO_TEST_KUBECONFIG: kubeconfig };
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: "inherit", env });
    child.on("error", (error) => {
      console.error(`${program} could not be started: ${error.message}`);
      resolve(127);
    });
    child.on("close", (code) => resolve(code ?? 1));
  });
}

function interrupted(): Promise<number> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => resolve(0));
  });
}

/** Compares with a Lido of its own, prints what differs, and resolves with 1 when something does that may not. */
async function runComparison(kubeconfig: string): Promise<number> {
  const lido = await startLido("--memory", "--speed", "instant", "--generation", "current");
  const servers: Server[] = [];
  try {
    await createCluster(lido, "1.35");
    servers.push(openServer(readFileSync(kubeconfig, "utf8")), openServer(await kubeconfigOf(lido)));
    const [judge, other] = servers;
    if (judge === undefined || other === undefined) return 1;
    const lines = await compare([judge, other], FOLDER, readAllowed(join(FOLDER, "allowed.yaml")));
    for (const line of lines) console.log(line);
    console.error(`${lines.length} differences that are not allowed`);
    return lines.length > 0 ? 1 : 0;
  } finally {
    for (const server of servers) server.close();
    await lido.kill("SIGKILL");
  }
}

async function run(kubeconfig: string): Promise<number> {
  if (command === "--compare") return await runComparison(kubeconfig);
  const ended = interrupted();
  return await (command === undefined ? ended : Promise.race([runCommand(kubeconfig, command), ended]));
}

const plane = await startControlPlane(binary, nodeLifecycle);
try {
  console.error(`kubeconfig: ${plane.kubeconfig}`);
  process.exitCode = await run(plane.kubeconfig);
} finally {
  await plane.stop();
}
