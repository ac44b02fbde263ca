import { Command, CommanderError, Option } from "commander";
import { StartError } from "#api/server";
import { systemClock } from "#lib";
import { defaultDataDir, requireAddress } from "./address.ts";
import { shellLines } from "./env.ts";
import { CliError } from "./errors.ts";
import { runReset, runStatus, runStop, runToken } from "./server-commands.ts";
import { runStart, type StartFlags, type StartServer } from "./start.ts";

/** What the composition root gives to the command line. */
export interface CliParts {
  readonly startServer: StartServer;
}

/** Runs one command line. Resolves with the exit code: 0, 1 for a failure, 2 for a command written wrong, 3 for not found. */
export async function runCli(args: readonly string[], parts: CliParts): Promise<number> {
  try {
    if (args[0] === "az") return await (await import("./az/index.ts")).runAz(args.slice(1));
    return await runProgram(args, parts);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof CliError) && !(error instanceof StartError)) throw error;
    process.stderr.write(`lido: ${error.message}\n`);
    return error instanceof CliError ? error.exitCode : 1;
  }
}

async function runProgram(args: readonly string[], parts: CliParts): Promise<number> {
  let exitCode = 0;
  const program = new Command("lido")
    .description("A local Azure Kubernetes Service whose node pools behave like the real ones.")
    .exitOverride()
    .showHelpAfterError("(see: lido --help)");
  const on = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .addOption(new Option("--data-dir <dir>", "folder of the server").default(defaultDataDir()));
  const runs = (command: Command, run: (flags: { dataDir: string }) => Promise<number> | number): void =>
    void command.action(async (flags: { dataDir: string }) => {
      exitCode = await run(flags);
    });

  addStart(on("start", "start the server in the foreground"), parts, (code) => (exitCode = code));
  runs(on("status", "say whether a server runs, and what it holds"), ({ dataDir }) => runStatus(dataDir));
  runs(on("stop", "stop the server"), ({ dataDir }) => runStop(dataDir, systemClock));
  runs(on("reset", "forget all state; no server may run"), ({ dataDir }) => runReset(dataDir));
  runs(on("token", "print an access token"), ({ dataDir }) => runToken(dataDir));
  runs(on("env", 'print exports for a shell: eval "$(lido env)"'), ({ dataDir }) => {
    process.stdout.write(shellLines(requireAddress(dataDir), process.env["LIDO_SCRIPT"]));
    return 0;
  });
  program.command("az [args...]").description("az's own commands for AKS, without az").allowUnknownOption().helpOption(false);
  program
    .command("tour")
    .description("run the article on multiple node pools from its first to its last command")
    .action(async () => {
      exitCode = await (await import("./tour/index.ts")).runTour(parts);
    });
  await program.parseAsync(args, { from: "user" });
  return exitCode;
}

function addStart(command: Command, { startServer }: CliParts, done: (code: number) => void): void {
  command
    .option("--port <port>", "TCP port; 0 for any free one", "8443")
    .option("--http-port <port>", "TCP port of the plain listener (managed identity, metadata); the next one when left out")
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--memory", "keep everything in memory")
    .addOption(new Option("--speed <speed>", "how long simulated work takes").choices(["realtime", "fast", "instant"]).default("fast"))
    .addOption(
      new Option("--generation <generation>", "which service rules hold").choices(["auto", "2019-preview", "current"]).default("auto"),
    )
    .addOption(
      new Option("--throttle <limits>", "whose request limits are enforced").choices(["none", "aks", "arm", "all"]).default("none"),
    )
    .addOption(
      new Option("--log-level <level>", "what is logged to stderr").choices(["debug", "info", "warn", "error", "silent"]).default("warn"),
    )
    .option("--ready-file <file>", "write the server's address here, as JSON, once it is ready")
    .action(async (flags: StartFlags) => done(await runStart(flags, startServer)));
}
