import { systemClock } from "#lib";
import { defaultDataDir, requireAddress } from "../address.ts";
import { openConnection } from "../connection.ts";
import { createContext } from "./client.ts";
import type { AzCommand } from "./command.ts";
import { accountCommands } from "./commands/account.ts";
import { actionCommands } from "./commands/actions.ts";
import { clusterCommands } from "./commands/clusters.ts";
import { deploymentCommands } from "./commands/deployments.ts";
import { extensionCommands } from "./commands/extensions.ts";
import { lockCommands, tagCommands } from "./commands/locks.ts";
import { machineCommands } from "./commands/machines.ts";
import { maintenanceCommands } from "./commands/maintenance.ts";
import { meshCommands } from "./commands/mesh.ts";
import { activityCommands, computeCommands } from "./commands/compute.ts";
import { nodePoolCommands } from "./commands/node-pools.ts";
import { featureCommands, groupCommands, providerCommands } from "./commands/resources.ts";
import { operationCommands } from "./commands/operations.ts";
import { rollbackCommands } from "./commands/rollback.ts";
import { runCommands } from "./commands/run-command.ts";
import { snapshotCommands } from "./commands/snapshots.ts";
import { trustedAccessCommands } from "./commands/trusted-access.ts";
import { autoScaleCommands } from "./commands/auto-scale.ts";
import { manualScaleCommands } from "./commands/manual-scale.ts";
import { updateCommands } from "./commands/updates.ts";
import { waitCommands } from "./commands/wait.ts";
import { type AzArgs, AzError, GLOBAL_OPTIONS, parseOptions } from "./grammar.ts";
import { formatResult } from "./output.ts";
import { processTerminal } from "./terminal.ts";

/** Every command of az that is spoken here. */
export const azCommands: readonly AzCommand[] = [
  ...accountCommands,
  ...actionCommands,
  ...activityCommands,
  ...clusterCommands,
  ...deploymentCommands,
  ...extensionCommands,
  ...featureCommands,
  ...groupCommands,
  ...lockCommands,
  ...computeCommands,
  ...machineCommands,
  ...maintenanceCommands,
  ...meshCommands,
  ...autoScaleCommands,
  ...manualScaleCommands,
  ...nodePoolCommands,
  ...operationCommands,
  ...providerCommands,
  ...rollbackCommands,
  ...runCommands,
  ...snapshotCommands,
  ...tagCommands,
  ...trustedAccessCommands,
  ...updateCommands,
  ...waitCommands,
];

const HELP = new Set(["--help", "-h"]);

/** Runs one command line of az against the server of the default data directory. Resolves with az's exit code. */
export async function runAz(argv: readonly string[]): Promise<number> {
  try {
    const [first = "--help"] = argv;
    const command = findCommand(argv);
    if (argv.some((word) => HELP.has(word)) || first.startsWith("-")) return printHelp(argv, command);
    if (command === undefined) throw unknownCommand(argv);
    const args = parseOptions(argv.slice(command.words.split(" ").length), [...command.options, ...GLOBAL_OPTIONS]);
    process.stdout.write(await runCommand(command, args));
    return 0;
  } catch (error) {
    if (!(error instanceof AzError)) throw error;
    process.stderr.write(`ERROR: ${error.message}\n`);
    return error.exitCode;
  }
}

async function runCommand(command: AzCommand, args: AzArgs): Promise<string> {
  const address = requireAddress(defaultDataDir());
  const connection = openConnection(address);
  try {
    const terminal = processTerminal();
    const quiet = args.flag("only-show-errors") ? { ...terminal, say: () => undefined } : terminal;
    const context = createContext(connection, args.text("subscription") ?? address.subscriptionId, { clock: systemClock, terminal: quiet });
    const result = await command.run(context, args);
    return formatResult(result, {
      format: args.text("output") ?? "json",
      query: args.text("query"),
      table: command.table?.bind(command),
      isTerminal: process.stdout.isTTY,
    });
  } finally {
    connection.close();
  }
}

/** The command with the most leading words of the line. */
function findCommand(argv: readonly string[]): AzCommand | undefined {
  return azCommands
    .filter(({ words }) => words.split(" ").every((word, index) => argv[index] === word))
    .sort((a, b) => b.words.length - a.words.length)[0];
}

function wordsOf(argv: readonly string[]): string[] {
  const end = argv.findIndex((word) => word.startsWith("-"));
  return argv.slice(0, end === -1 ? argv.length : end);
}

/** Source: azure-cli core/parser.py: the first word that leads nowhere is named. */
function unknownCommand(argv: readonly string[]): AzError {
  const words = wordsOf(argv);
  for (let length = 1; length <= words.length; length++) {
    const beginning = words.slice(0, length).join(" ");
    if (!azCommands.some((command) => `${command.words} `.startsWith(`${beginning} `))) {
      return new AzError(`'${words[length - 1] ?? ""}' is misspelled or not recognized by the system.\nTry: lido az --help`, 2);
    }
  }
  const next = azCommands.filter((command) => command.words.startsWith(`${words.join(" ")} `)).map((command) => command.words);
  return new AzError(`the following arguments are required: _subcommand\nCommands: ${next.join(", ")}`, 2);
}

function printHelp(argv: readonly string[], command: AzCommand | undefined): number {
  const beginning = wordsOf(argv).join(" ");
  const lines =
    command === undefined
      ? azCommands.filter(({ words }) => words.startsWith(beginning)).map(({ words, summary }) => `  az ${words.padEnd(28)} ${summary}`)
      : [
          `az ${command.words}: ${command.summary}`,
          ...[...command.options, ...GLOBAL_OPTIONS].map(
            ({ names, isRequired }) => `  ${names.join(" ")}${isRequired ? "  [Required]" : ""}`,
          ),
        ];
  process.stdout.write(`${lines.join("\n")}\n`);
  return 0;
}
