import type { KubeTransport } from "#api/kubernetes/transport";
import type { Clock, Logger } from "#lib";
import type { AksContext } from "../context.ts";
import { durations } from "../durations.ts";
import type { Files } from "./attachment.ts";
import type { StoredCommand } from "./documents.ts";
import { runKubectl, type Session } from "./kubectl/index.ts";
import { parseScript, type ShellCommand, ShellError } from "./shell.ts";

/** Runs commands and stores what came of them. */
export interface CommandRunner {
  /** Begins a command that has been stored as Running, under this document id. */
  begin(key: string, command: StoredCommand, files: Files): void;
  /** Ends what a former process left Running: a command is run once at most. */
  start(): Promise<void>;
  /** Gives up what runs; the next start ends it. */
  stop(): Promise<void>;
}

/** A command is given up after this. Unverified: AKS's own bound. */
const MAX_RUN_MS = 10 * 60_000;
/** Bytes of output that are kept. Source: azure-docs articles/aks/access-private-cluster.md, "Limitations": 512 kB. */
const MAX_LOG_CHARS = 512 * 1024;
/** Source: bash: a command that there is not. */
const NOT_FOUND = 127;
const SYNTAX_ERROR = 2;
const INTERRUPTED = "The service was restarted while the command ran.";

type RunContext = Pick<AksContext, "commands" | "controlPlanes" | "clock" | "pace" | "log">;

/** @param context whose store, clock and control planes it works with. */
export function createCommandRunner(context: RunContext): CommandRunner {
  const { clock, pace, log, commands } = context;
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();

  async function end(key: string, outcome: Partial<StoredCommand>): Promise<void> {
    await commands.update(key, (stored) => (stored.state === "Running" ? { ...stored, ...outcome, finishedMs: clock.now() } : undefined));
  }

  async function run(key: string, command: StoredCommand, files: Files): Promise<void> {
    const deadline = new AbortController();
    const timer = clock.after(MAX_RUN_MS, () =>
      deadline.abort(new Error(`The command did not end within ${MAX_RUN_MS / 60_000} minutes.`)),
    );
    const signal = AbortSignal.any([stopping.signal, deadline.signal]);
    try {
      await clock.sleep(pace(durations.commandMs), signal);
      const transport = context.controlPlanes.transport(command.clusterUid);
      await end(key, { state: "Succeeded", ...(await runScript(command.command, { transport, clock, signal, files })) });
    } catch (error) {
      // What a stop has cut short is ended by the next start.
      if (!stopping.signal.aborted) await end(key, { state: "Failed", reason: reasonOf(error, log) });
    } finally {
      timer.cancel();
    }
  }

  return {
    begin(key, command, files) {
      const work = run(key, command, files).catch((error: unknown) =>
        log.error("a command's result could not be stored", { command: key, error }),
      );
      running.add(work);
      void work.finally(() => running.delete(work));
    },
    async start() {
      const left = commands.list().filter(({ value }) => value.state === "Running");
      for (const { id } of left) await end(id, { state: "Failed", reason: INTERRUPTED });
    },
    async stop() {
      stopping.abort(new Error("the program is stopping"));
      await Promise.all(running);
    },
  };
}

function reasonOf(error: unknown, log: Logger): string {
  log.warn("a command could not be run", { error });
  return error instanceof Error ? error.message : String(error);
}

interface Tools {
  readonly transport: KubeTransport;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly files: Files;
}

/**
 * Runs the simple commands of a script, and tells what they printed and the exit code of the last one.
 * Differs from AKS: no container runs it: of all programs there is kubectl alone, and of the shell what parseScript knows.
 */
export async function runScript(script: string, tools: Tools): Promise<{ readonly exitCode: number; readonly logs: string }> {
  const output = new Output();
  const session: Session = { ...tools, say: (line) => output.write(`${line}\n`), print: (text) => output.write(text) };
  let exitCode = 0;
  try {
    for (const command of parseScript(script)) {
      tools.signal.throwIfAborted();
      if (isDue(command, exitCode)) exitCode = await runOne(session, command.words);
    }
  } catch (error) {
    if (!(error instanceof ShellError)) throw error;
    output.write(`${error.message}\n`);
    exitCode = SYNTAX_ERROR;
  }
  return { exitCode, logs: output.text };
}

function isDue({ runs }: ShellCommand, exitCode: number): boolean {
  if (runs === "always") return true;
  return runs === "onSuccess" ? exitCode === 0 : exitCode !== 0;
}

async function runOne(session: Session, [program = "", ...words]: readonly string[]): Promise<number> {
  if (program === "kubectl") return runKubectl(session, words);
  session.say(program === "helm" ? "bash: helm: it is not emulated here" : `bash: ${program}: command not found`);
  return NOT_FOUND;
}

/** What commands print, up to the limit. */
class Output {
  #text = "";

  get text(): string {
    return this.#text;
  }

  write(text: string): void {
    if (this.#text.length < MAX_LOG_CHARS) this.#text = `${this.#text}${text}`.slice(0, MAX_LOG_CHARS);
  }
}
