import type { Container } from "#api/kubernetes/core";

/** What is known of a command without running it: how long it takes, in seconds (Infinity: for ever), and what it ends with. */
export interface PlainCommand {
  readonly seconds: number;
  readonly exitCode: number;
}

const SHELLS: ReadonlySet<string> = new Set(["sh", "bash", "ash", "dash"]);
const UNITS: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600, d: 86_400 };
const MAX_EXIT_CODE = 255;
const DONE: PlainCommand = { seconds: 0, exitCode: 0 };

/**
 * Reads a container's command, if it is one that says by itself what it does: `sleep`, `true`, `false`, `echo`, `tail -f`, or a
 * shell's script of these with `exit`, joined by `;`, `&&` or lines. Undefined for any other. Source: POSIX.1-2017, "Utilities".
 */
export function plainCommand({ command, args }: Pick<Container, "command" | "args">): PlainCommand | undefined {
  const words = [...(command ?? []), ...(args ?? [])];
  const [program = "", option = "", script, ...rest] = words;
  if (!SHELLS.has(nameOf(program))) return simpleCommand(words);
  return /^-\w*c$/.test(option) && script !== undefined && rest.length === 0 ? scriptOf(script) : undefined;
}

function scriptOf(script: string): PlainCommand | undefined {
  // A loop that nothing ends.
  if (/^\s*while\s+(?:true|:)\s*;?\s*do\s/.test(script)) return { seconds: Number.POSITIVE_INFINITY, exitCode: 0 };
  // Quotes may hide what joins, and anything that the shell would work out is not known.
  if (/[|`$<>(){}\\*?[\]&]/.test(script.replaceAll("&&", "")) || /["'][^"']*[;&\n]/.test(script)) return undefined;
  let seconds = 0;
  let exitCode = 0;
  for (const [, joint = "", text = ""] of `;${script}`.matchAll(/(;|\n|&&)([^;\n&]*)/g)) {
    const words = wordsOf(text);
    if (words.length === 0 || (joint === "&&" && exitCode !== 0)) continue;
    const [program, code = String(exitCode)] = words;
    if (program === "exit") return isExitCode(code) ? { seconds, exitCode: Number(code) } : undefined;
    const each = simpleCommand(words);
    if (each === undefined) return undefined;
    seconds += each.seconds;
    exitCode = each.exitCode;
  }
  return { seconds, exitCode };
}

function simpleCommand([program = "", ...args]: readonly string[]): PlainCommand | undefined {
  switch (nameOf(program)) {
    case "true":
    case ":":
    case "echo":
      return DONE;
    case "false":
      return { seconds: 0, exitCode: 1 };
    case "tail":
      return args[0] === "-f" ? { seconds: Number.POSITIVE_INFINITY, exitCode: 0 } : undefined;
    case "sleep":
      return sleepOf(args);
    default:
      return undefined;
  }
}

function sleepOf(args: readonly string[]): PlainCommand | undefined {
  let seconds = 0;
  for (const arg of args) {
    if (arg === "infinity" || arg === "inf") return { seconds: Number.POSITIVE_INFINITY, exitCode: 0 };
    const [, amount = "", unit = ""] = /^(\d{1,12}(?:\.\d+)?)([smhd]?)$/.exec(arg) ?? [];
    if (amount === "") return undefined;
    seconds += Number(amount) * (UNITS[unit] ?? 1);
  }
  return args.length === 0 ? undefined : { seconds, exitCode: 0 };
}

/** Words of a simple command; quoted ones count as one. */
function wordsOf(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|'([^']*)'|([^\s"']+)/g)].map(([, double, single, bare]) => double ?? single ?? bare ?? "");
}

function nameOf(program: string): string {
  return program.slice(program.lastIndexOf("/") + 1);
}

function isExitCode(text: string): boolean {
  return /^\d{1,3}$/.test(text) && Number(text) <= MAX_EXIT_CODE;
}
