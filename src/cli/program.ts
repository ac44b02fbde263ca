import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import type { IdentitiesFile } from "#api/identities";
import { StartError } from "#api/server";
import { isSpeed, type Speed, systemClock } from "#lib";
import { authorityOf, defaultDataDir, requireAddress } from "./address.ts";
import { addClock } from "./clock/index.ts";
import { runEnv, type EnvFlags } from "./environment/command.ts";
import { CliError } from "./errors.ts";
import { addExplain } from "./explain/command.ts";
import { addFault } from "./fault/index.ts";
import { addQuota } from "./quota/index.ts";
import { addIdentity } from "./identity/index.ts";
import { runReset, runStatus, runStop, runToken } from "./server-commands.ts";
import { runStart, type StartFlags, type StartServer } from "./start.ts";

/** What the composition root gives to the command line. */
export interface CliParts {
  readonly startServer: StartServer;
  /** The identities of a data directory, whether a server runs on it or not. */
  readonly openIdentities: (dataDir: string) => Promise<IdentitiesFile>;
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
    .enablePositionalOptions()
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
  addExplain(on("explain", "say why a pod is on its node, or on none"), (code) => (exitCode = code));
  addEnvironment({ on, done: (code) => (exitCode = code) });
  addIdentity(program, parts, (code) => (exitCode = code));
  addFault(program, (code) => (exitCode = code));
  addClock(program, (code) => (exitCode = code));
  addQuota(program, (code) => (exitCode = code));
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

interface Registrar {
  on(name: string, description: string): Command;
  done(code: number): void;
}

/** The commands that join a shell and its clients to the server. */
function addEnvironment({ on, done }: Registrar): void {
  on("env", 'print exports for a shell: eval "$(lido env)"')
    .option("--fish", "for fish: lido env --fish | source")
    .option("--powershell", "for PowerShell: lido env --powershell | Out-String | Invoke-Expression")
    .option("--dotenv", "as KEY=value lines")
    .option("--github", 'for a job of GitHub Actions: lido env --github >> "$GITHUB_ENV"')
    .option("--json", "as a JSON object")
    .option("--terraform", "as a provider block for azurerm")
    .option("--unset", "print what takes it back: the shell as it was before")
    .action((flags: EnvFlags) => done(runEnv(flags)));
  on("shell", "run a command, or a shell with a marked prompt, with the variables of lido env")
    .argument("[command...]", "program and its arguments")
    .passThroughOptions()
    .action(async (command: readonly string[], { dataDir }: { dataDir: string }) => {
      const { runShell } = await import("./shell/shell.ts");
      done(await runShell(requireAddress(dataDir), { command, environment: process.env, script: process.env["LIDO_SCRIPT"] }));
    });
  on("doctor", "say what is wrong between this shell's clients and the server, and how to mend it")
    .option("--json", "as a JSON object")
    .action(async (flags: { dataDir: string; json?: true }) => done(await (await import("./doctor/doctor.ts")).runDoctor(flags)));
  on("trust", "print how to make a system or a program trust the server's authority")
    .argument("[place]", "where: debian, fedora, macos, windows, firefox, java, node, python, go, curl")
    .action(async (place: string | undefined, { dataDir }: { dataDir: string }) => {
      const { trustText } = await import("./trust/trust.ts");
      process.stdout.write(trustText(authorityOf(dataDir), place));
    });
}

function parseSpeed(text: string): Speed {
  if (isSpeed(text)) return text;
  throw new InvalidArgumentError('Allowed are realtime, fast, instant and times as fast as AKS, such as "10x".');
}

function addStart(command: Command, { startServer }: CliParts, done: (code: number) => void): void {
  command
    .option("--port <port>", "TCP port; 0 for any free one", "8443")
    .option("--http-port <port>", "TCP port of the plain listener (managed identity, metadata); the next one when left out")
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .addOption(
      new Option("--subscription <id[=name]>", "a subscription to have beside the default one; may be given more than once")
        .argParser((text, before: readonly string[]) => [...before, text])
        .default([], "none"),
    )
    .addOption(new Option("--memory", "keep everything in memory").conflicts("dataDir"))
    .option(
      "--speed <speed>",
      "how long simulated work takes: realtime, fast, instant, or times as fast as AKS, such as 10x",
      parseSpeed,
      "fast",
    )
    .addOption(
      new Option("--clock <clock>", "what time is: this machine's, or one that lido clock steers")
        .choices(["real", "virtual"])
        .default("real"),
    )
    .option("--kubernetes <kubeconfig>", "put the nodes and pods of one cluster in the control plane of this kubeconfig, which others run")
    .addOption(
      new Option("--generation <generation>", "which service rules hold").choices(["auto", "2019-preview", "current"]).default("auto"),
    )
    .addOption(
      new Option("--throttle <limits>", "whose request limits are enforced").choices(["none", "aks", "arm", "all"]).default("none"),
    )
    .addOption(
      new Option("--log-level <level>", "what is logged to stderr").choices(["debug", "info", "warn", "error", "silent"]).default("warn"),
    )
    .option("--rbac", "let callers do only what their roles allow")
    .option("--support-window <date>", "refuse Kubernetes versions that AKS did not support on that day: 2024-10-15")
    .option("--ready-file <file>", "write the server's address here, as JSON, once it is ready")
    .action(async (flags: StartFlags) => done(await runStart(flags, startServer)));
}
