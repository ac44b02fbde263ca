import { existsSync, readFileSync } from "node:fs";
import JSON5 from "json5";
import type { AzContext } from "../client.ts";
import { type AzCommand, flag, NO_WAIT, required, RESOURCE_GROUP, text, withGroup, words } from "../command.ts";
import { AzError, type AzArgs } from "../grammar.ts";

const API_VERSION = "2021-04-01";

interface TemplateParameter {
  readonly type?: string;
  readonly defaultValue?: unknown;
  readonly metadata?: { readonly description?: string };
  readonly allowedValues?: readonly unknown[];
}

type ParameterValues = Record<string, { value?: unknown; reference?: unknown }>;

const OPTIONS = [
  RESOURCE_GROUP,
  required("--template-file", "-f"),
  text("--name", "-n"),
  words("--parameters", "-p"),
  text("--mode"),
  flag("--no-prompt"),
  NO_WAIT,
];

/** `az deployment group …` and its older name, `az group deployment …`. Source: azure-cli resource module, custom.py. */
export const deploymentCommands: readonly AzCommand[] = ["deployment group", "group deployment"].flatMap((noun) => [
  {
    words: `${noun} create`,
    summary: "Start a deployment at resource group.",
    options: OPTIONS,
    run: create,
  },
  {
    words: `${noun} validate`,
    summary: "Validate whether a template is valid at resource group.",
    options: OPTIONS,
    async run(context: AzContext, args: AzArgs) {
      const { path, body } = await prepare(context, args);
      return (await context.call("POST", `${path}/validate`, API_VERSION, body)).body;
    },
  },
  {
    words: `${noun} show`,
    summary: "Show a deployment at resource group.",
    options: [RESOURCE_GROUP, required("--name", "-n")],
    run: async ({ call }: AzContext, args: AzArgs) => withGroup((await call("GET", pathOf(args, args.required("name")), API_VERSION)).body),
    table: (deployment: unknown) => [deploymentRow(deployment)],
  },
  {
    words: `${noun} list`,
    summary: "List deployments at resource group.",
    options: [RESOURCE_GROUP],
    run: async ({ call }: AzContext, args: AzArgs) =>
      ((await call("GET", pathOf(args, ""), API_VERSION)).body as { value: unknown[] }).value.map(withGroup),
    table: (deployments: unknown) => (deployments as unknown[]).map(deploymentRow),
  },
]);

async function create(context: AzContext, args: AzArgs): Promise<unknown> {
  const { path, body } = await prepare(context, args);
  await context.call("POST", `${path}/validate`, API_VERSION, body);
  const answer = await context.call("PUT", path, API_VERSION, body);
  if (args.flag("no-wait")) return undefined;
  await context.wait(answer);
  return withGroup((await context.call("GET", path, API_VERSION)).body);
}

function pathOf(args: AzArgs, name: string): string {
  return `/resourcegroups/${args.required("resource-group")}/providers/Microsoft.Resources/deployments/${name}`;
}

async function prepare(context: AzContext, args: AzArgs): Promise<{ path: string; body: unknown }> {
  const file = args.required("template-file");
  const template = parseFile(file) as { parameters?: Record<string, TemplateParameter> };
  const declared = template.parameters ?? {};
  const parameters = readParameters(args.words("parameters") ?? [], declared);
  await askForMissing(context, args, { declared, parameters });
  const name = args.text("name") ?? (file.split(/[/\\]/).pop() ?? "deployment").replace(/\.[^.]*$/, "");
  return { path: pathOf(args, name), body: { properties: { mode: args.text("mode") ?? "Incremental", template, parameters } } };
}

/** Templates may hold comments, and texts over several lines. */
function parseFile(file: string): unknown {
  if (!existsSync(file)) throw new AzError(`[Errno 2] No such file or directory: '${file}'`);
  try {
    return JSON5.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new AzError(`Failed to parse '${file}', please check whether it is a valid JSON format: ${(error as Error).message}`);
  }
}

/** `--parameters a=b`, `--parameters @file` or a JSON text, the later ones over the earlier. */
function readParameters(sources: readonly string[], declared: Readonly<Record<string, TemplateParameter>>): ParameterValues {
  const values: ParameterValues = {};
  for (const source of sources) {
    const file = source.startsWith("@") ? source.slice(1) : existsSync(source) ? source : undefined;
    if (file !== undefined) Object.assign(values, parametersOf(parseFile(file)));
    else if (source.trimStart().startsWith("{")) Object.assign(values, parametersOf(JSON5.parse(source)));
    else Object.assign(values, parseAssignment(source, declared));
  }
  return values;
}

function parametersOf(document: unknown): ParameterValues {
  return ((document as { parameters?: ParameterValues }).parameters ?? document) as ParameterValues;
}

function parseAssignment(source: string, declared: Readonly<Record<string, TemplateParameter>>): ParameterValues {
  const at = source.indexOf("=");
  if (at <= 0) throw new AzError(`Unable to parse parameter: ${source}`, 2);
  const [name, value] = [source.slice(0, at), source.slice(at + 1)];
  const known = Object.keys(declared).find((parameter) => parameter.toLowerCase() === name.toLowerCase());
  if (known === undefined) {
    throw new AzError(`unrecognized template parameter '${name}'. Allowed parameters: ${Object.keys(declared).sort().join(", ")}`, 2);
  }
  const type = declared[known]?.type?.toLowerCase() ?? "string";
  return { [known]: { value: type.includes("string") ? value : JSON5.parse<unknown>(value) } };
}

async function askForMissing(
  { terminal }: AzContext,
  args: AzArgs,
  { declared, parameters }: { declared: Readonly<Record<string, TemplateParameter>>; parameters: ParameterValues },
): Promise<void> {
  const given = new Set(Object.keys(parameters).map((name) => name.toLowerCase()));
  const missing = Object.entries(declared).filter(
    ([name, { defaultValue }]) => defaultValue === undefined && !given.has(name.toLowerCase()),
  );
  if (missing.length === 0 || args.flag("no-prompt")) return;
  if (!terminal.canAsk) {
    throw new AzError(
      `Missing input parameters: ${missing
        .map(([name]) => name)
        .sort()
        .join(", ")}`,
    );
  }
  for (const [name, { type = "string", metadata }] of missing) {
    const question = `Please provide ${type.toLowerCase()} value for '${name}' (? for help): `;
    let answer = await terminal.ask(question);
    while (answer.trim() === "?") {
      terminal.say(metadata?.description ?? "Missing description");
      answer = await terminal.ask(question);
    }
    parameters[name] = { value: type.toLowerCase().includes("string") ? answer : JSON5.parse<unknown>(answer) };
  }
}

function deploymentRow(deployment: unknown): Record<string, unknown> {
  const { name, properties, resourceGroup } = deployment as { name: string; properties: Record<string, unknown>; resourceGroup: string };
  return {
    Name: name,
    State: properties["provisioningState"],
    Timestamp: properties["timestamp"],
    Mode: properties["mode"],
    ResourceGroup: resourceGroup,
  };
}
