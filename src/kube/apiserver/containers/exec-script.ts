import { parse } from "yaml";
import { isJsonObject } from "#kube/apimachinery";

/** Answers of a script at most. */
const MAX_ANSWERS = 1_000;
const MAX_EXIT_CODE = 255;

/** What a command answers. */
export interface CommandAnswer {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** A script that cannot be read; the message says why. */
export class ScriptError extends Error {}

/**
 * What the script answers to the command; undefined when it says nothing about it. A script is a list, of which the first that fits
 * answers:
 *
 * ```yaml
 * - command: nginx -v              # words as typed, or a list of them; `*` at the end stands for any more
 *   stderr: "nginx version: nginx/1.25\n"
 * - command: [sh, -c, "*"]
 *   stdout: "done\n"
 *   exitCode: 3
 * ```
 *
 * @throws {ScriptError} for a script that is no such list.
 */
export function scriptedAnswer(script: string, command: readonly string[]): CommandAnswer | undefined {
  for (const entry of entriesOf(script)) {
    if (!isJsonObject(entry)) throw new ScriptError("each entry of the script must be an object with a command");
    if (fits(entry["command"], command)) return answerOf(entry);
  }
  return undefined;
}

function entriesOf(script: string): readonly unknown[] {
  let entries: unknown;
  try {
    entries = parse(script, { maxAliasCount: 0 });
  } catch (error) {
    throw new ScriptError(`the script is no YAML: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  if (!Array.isArray(entries)) throw new ScriptError("the script must be a list");
  return entries.slice(0, MAX_ANSWERS);
}

function fits(pattern: unknown, command: readonly string[]): boolean {
  const words = Array.isArray(pattern) ? pattern.map(String) : typeof pattern === "string" ? pattern.trim().split(/\s+/) : undefined;
  if (words === undefined) throw new ScriptError("each entry of the script must have a command: a text or a list of words");
  const isOpen = words.at(-1) === "*";
  const fixed = isOpen ? words.slice(0, -1) : words;
  const isLongEnough = isOpen ? command.length >= fixed.length : command.length === fixed.length;
  return isLongEnough && fixed.every((word, index) => word === command[index]);
}

function answerOf(entry: Readonly<Record<string, unknown>>): CommandAnswer {
  const { stdout = "", stderr = "", exitCode = 0 } = entry;
  if (typeof stdout !== "string" || typeof stderr !== "string") throw new ScriptError("stdout and stderr of the script must be texts");
  if (typeof exitCode !== "number" || !Number.isInteger(exitCode) || exitCode < 0 || exitCode > MAX_EXIT_CODE)
    throw new ScriptError(`exitCode of the script must be a whole number from 0 to ${MAX_EXIT_CODE}`);
  return { stdout, stderr, exitCode };
}
