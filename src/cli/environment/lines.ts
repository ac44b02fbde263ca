import type { ServerAddress } from "#api/server";
import { environmentOf } from "./environment.ts";
import { dotenvLines, type Format, githubLines, jsonText, shells } from "./formats.ts";

/** What a shell had before, as JSON, so that `lido env --unset` can bring it back. */
export const PREVIOUS = "LIDO_PREVIOUS";

export interface EnvRequest {
  readonly format: Format;
  /** Of the shell that asks. */
  readonly environment: NodeJS.ProcessEnv;
  /** Path of the program when it runs from a checkout: then `lido` becomes a function of the shell. */
  readonly script: string | undefined;
}

/** What `lido env` prints. */
export function envText(address: ServerAddress, { format, environment, script }: EnvRequest): string {
  const variables = environmentOf(address, originalOf(environment));
  if (format === "json") return jsonText(variables);
  if (format === "dotenv") return dotenvLines(variables);
  if (format === "github") return githubLines(variables);
  const shell = shells[format];
  const all = { ...variables, [PREVIOUS]: JSON.stringify(previousOf(Object.keys(variables), environment)) };
  const lines = Object.entries(all).map(([name, value]) => shell.set(name, value));
  if (script !== undefined) lines.push(shell.define("lido", script));
  return `${lines.join("\n")}\n`;
}

/** What `lido env --unset` prints: the shell as it was before `lido env`. Empty when it was never there. */
export function unsetText(format: "posix" | "fish" | "powershell", environment: NodeJS.ProcessEnv): string {
  const previous = environment[PREVIOUS];
  if (previous === undefined) return "";
  const shell = shells[format];
  const values = Object.entries(parsePrevious(previous)).map(([name, value]) =>
    value === null ? shell.unset(name) : shell.set(name, value),
  );
  return `${[...values, shell.unset(PREVIOUS)].join("\n")}\n`;
}

/** The environment as it was before any `lido env`. */
export function originalOf(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const previous = environment[PREVIOUS];
  if (previous === undefined) return environment;
  return {
    ...environment,
    ...Object.fromEntries(Object.entries(parsePrevious(previous)).map(([name, value]) => [name, value ?? undefined])),
  };
}

/** The values of before, null for those that were not set; kept as they are when a shell asks again. */
function previousOf(names: readonly string[], environment: NodeJS.ProcessEnv): Readonly<Record<string, string | null>> {
  const now = Object.fromEntries(names.map((name) => [name, environment[name] ?? null]));
  const earlier = environment[PREVIOUS];
  return earlier === undefined ? now : { ...now, ...parsePrevious(earlier) };
}

function parsePrevious(text: string): Readonly<Record<string, string | null>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return {};
    return Object.fromEntries(
      Object.entries(value).filter(
        (entry): entry is [string, string | null] => /^\w+$/.test(entry[0]) && (entry[1] === null || typeof entry[1] === "string"),
      ),
    );
  } catch {
    return {};
  }
}
