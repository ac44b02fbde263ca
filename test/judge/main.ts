import { spawn } from "node:child_process";
import { startControlPlane } from "./control-plane.ts";

const [binary = "", command, ...args] = process.argv.slice(2);

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

const plane = await startControlPlane(binary);
console.error(`kubeconfig: ${plane.kubeconfig}`);
const ended = interrupted();
process.exitCode = await (command === undefined ? ended : Promise.race([runCommand(plane.kubeconfig, command), ended]));
await plane.stop();
