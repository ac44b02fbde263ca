import { spawn } from "node:child_process";
import { constants } from "node:os";
import type { ServerAddress } from "#api/server";
import { environmentOf } from "../environment/environment.ts";
import { originalOf } from "../environment/lines.ts";
import { markedShell } from "./marked-shell.ts";

export interface ShellRequest {
  /** Program and its arguments; an interactive shell of the user when empty. */
  readonly command: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly script: string | undefined;
}

/** What shells answer for a program that is not there, and for one that may not be run. Source: POSIX, exit status of commands. */
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;
const SIGNALLED = 128;

/**
 * `lido shell`: runs a command, or a shell whose prompt is marked, with the variables of `lido env`. Resolves with its
 * exit code; one that a signal ended gives 128 and the signal's number.
 */
export async function runShell(address: ServerAddress, { command, environment, script }: ShellRequest): Promise<number> {
  const variables = environmentOf(address, originalOf(environment));
  const marked = markedShell(address.dataDir, { variables, environment, script });
  const [program = marked.program, ...args] = command.length > 0 ? command : [marked.program, ...marked.args];
  const added = command.length > 0 ? {} : marked.environment;
  return await runToItsEnd(program, args, { ...environment, ...variables, ...added, LIDO_SHELL: "1" });
}

async function runToItsEnd(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(program, args, { env, stdio: "inherit" });
  // The terminal sends Ctrl-C to both; what it means is the child's to say. Other ends are passed on.
  const ignore = (): void => undefined;
  const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on("SIGINT", ignore).on("SIGQUIT", ignore).on("SIGTERM", forward).on("SIGHUP", forward);
  try {
    return await new Promise((resolve) => {
      child.once("error", (error: NodeJS.ErrnoException) => resolve(complain(program, error)));
      child.once("exit", (code, signal) => resolve(code ?? SIGNALLED + (signal === null ? 0 : constants.signals[signal])));
    });
  } finally {
    process.off("SIGINT", ignore).off("SIGQUIT", ignore).off("SIGTERM", forward).off("SIGHUP", forward);
  }
}

function complain(program: string, error: NodeJS.ErrnoException): number {
  process.stderr.write(`lido: cannot run ${program}: ${error.code === "ENOENT" ? "there is no such program on PATH" : error.message}\n`);
  return error.code === "ENOENT" ? NOT_FOUND : NOT_EXECUTABLE;
}
