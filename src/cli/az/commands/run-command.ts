import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { zipSync } from "fflate";
import type { AzContext } from "../client.ts";
import { type AzCommand, NO_WAIT, required, RESOURCE_GROUP, text, words } from "../command.ts";
import { type AzArgs, AzError } from "../grammar.ts";
import type { Row } from "../table.ts";
import { CONTAINER_SERVICE } from "./api-versions.ts";
import { clusterPath } from "./clusters.ts";

const NAME = required("--name", "-n");
/** Files of a folder that are attached at most. */
const MAX_FILES = 1000;

/** `az aks command …`. Source: azure-cli acs module, aks_runcommand and aks_command_result. */
export const runCommands: readonly AzCommand[] = [
  {
    words: "aks command invoke",
    summary: "Run a shell command (with kubectl, helm) on your aks cluster, support attaching files as well.",
    options: [RESOURCE_GROUP, NAME, text("--command", "-c"), words("--file", "-f"), NO_WAIT],
    run: invoke,
    table: resultRows,
  },
  {
    words: "aks command result",
    summary: "Fetch result from previously triggered 'aks command invoke'.",
    options: [RESOURCE_GROUP, NAME, text("--command-id", "-i")],
    async run(context, args) {
      const id = args.text("command-id");
      if (id === undefined || id === "") throw new AzError("CommandID cannot be empty.");
      return print(args, await fetchResult(context, args, id));
    },
    table: resultRows,
  },
];

interface CommandResult {
  readonly id: string;
  readonly provisioningState: string;
  readonly exitCode?: number;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly logs?: string;
  readonly reason?: string;
}

async function invoke(context: AzContext, args: AzArgs): Promise<unknown> {
  const command = args.text("command");
  await context.call("GET", clusterPath(args), CONTAINER_SERVICE);
  if (command === undefined || command === "") throw new AzError("Command cannot be empty.");
  const body = { command, context: attachmentOf(args.words("file") ?? []), clusterToken: "" };
  const answer = await context.call("POST", `${clusterPath(args)}/runCommand`, CONTAINER_SERVICE, body);
  const id = /commandResults\/(\w*)\?/.exec(answer.headers["location"] ?? "")?.[1] ?? "";
  if (!args.flag("no-wait")) await context.wait(answer);
  return print(args, await fetchResult(context, args, id));
}

async function fetchResult({ call }: AzContext, args: AzArgs, id: string): Promise<CommandResult> {
  const { body } = await call("GET", `${clusterPath(args)}/commandResults/${id}`, CONTAINER_SERVICE);
  const { properties, ...rest } = body as { id: string; properties: Omit<CommandResult, "id"> };
  return { ...rest, ...properties };
}

/** With a form asked for the result is printed in it; without one az prints for people. */
function print(args: AzArgs, result: CommandResult): unknown {
  const { id, provisioningState: state, startedAt, finishedAt, exitCode, logs = "", reason = "" } = result;
  if (state === "Running") {
    const [group, name] = [args.required("resource-group"), args.required("name")];
    process.stdout.write(
      `command id: ${id}, started at: ${startedAt ?? ""}, status: ${state}\n` +
        `Please use command "az aks command result -g ${group} -n ${name} -i ${id}" to get the future execution result\n`,
    );
    return undefined;
  }
  if (args.text("output") !== undefined) return { ...result, exitCode: exitCode ?? null, logs, reason: result.reason ?? null };
  if (state === "Failed") process.stdout.write(`command failed with reason: ${reason}\n`);
  else
    process.stdout.write(
      `command started at ${pythonTime(startedAt)}, finished at ${pythonTime(finishedAt)} with exitcode=${exitCode ?? ""}\n${logs}\n`,
    );
  return undefined;
}

/** `2026-11-26 18:38:13.746000+00:00`: a time as Python prints it. */
function pythonTime(time = ""): string {
  const [, date = "", clock = "", fraction] = /^(\S+)T([\d:]+)(?:\.(\d+))?Z$/.exec(time) ?? [];
  return `${date} ${clock}${fraction === undefined ? "" : `.${fraction.slice(0, 6).padEnd(6, "0")}`}+00:00`;
}

/** Source: azure-cli acs _format.py, aks_run_command_result_format. */
function resultRows(result: unknown): readonly Row[] {
  const { provisioningState, exitCode, logs, reason } = result as CommandResult;
  if (provisioningState === "Succeeded") return [{ "exit code": exitCode, logs }];
  return [{ "provisioning state": provisioningState, reason }];
}

/** A zip of the files in base64; `.` alone is the current folder with what is in it. @throws {AzError} for what is no file. */
function attachmentOf(paths: readonly string[]): string {
  if (paths.length === 0) return "";
  const files = paths.length === 1 && paths[0] === "." ? folderFiles(process.cwd()) : new Map(paths.map((path) => [basename(path), path]));
  const entries = [...files].map(([name, path]): [string, Uint8Array] => {
    if (path === ".") throw new AzError(". is used to attach current folder, not expecting other attachements.");
    if (!statSync(path, { throwIfNoEntry: false })?.isFile()) throw new AzError(`${path} is not valid file, or not accessable.`);
    return [name, readFileSync(path)];
  });
  return entries.length === 0 ? "" : Buffer.from(zipSync(Object.fromEntries(entries))).toString("base64");
}

function folderFiles(folder: string): ReadonlyMap<string, string> {
  const found = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  if (found.length > MAX_FILES) throw new AzError(`more than ${MAX_FILES} files in ${folder}`);
  return new Map(found.map(({ parentPath, name }) => [relative(folder, join(parentPath, name)), join(parentPath, name)]));
}
