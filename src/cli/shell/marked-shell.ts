import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { quotePosix, shells } from "../environment/formats.ts";

/** How to start a shell whose prompt says where it is. */
export interface MarkedShell {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export interface MarkedShellOptions {
  /** Set once more after the user's own start-up files, which may set them too. */
  readonly variables: Readonly<Record<string, string>>;
  readonly environment: NodeJS.ProcessEnv;
  readonly script: string | undefined;
}

const MARK = "(lido) ";

/** The user's own shell; its start-up files are read first. What it reads after them is written below the server's folder. */
export function markedShell(dataDir: string, options: MarkedShellOptions): MarkedShell {
  const program = userShell(options.environment);
  const folder = join(dataDir, "shell");
  switch (basename(program).replace(/\.exe$/i, "")) {
    case "bash":
      return { program, args: ["--rcfile", bashFile(folder, options), "-i"], environment: {} };
    case "zsh":
      return { program, args: ["-i"], environment: { ZDOTDIR: zshFolder(folder, options) } };
    case "fish":
      return { program, args: ["-i", "-C", fishCommands(options)], environment: {} };
    case "powershell":
    case "pwsh":
      return { program, args: ["-NoExit", "-Command", powershellCommands(options)], environment: {} };
    default:
      return { program, args: ["-i"], environment: { PS1: `${MARK}$ `, PROMPT: `${MARK}$P$G` } };
  }
}

function userShell(environment: NodeJS.ProcessEnv): string {
  if (process.platform === "win32") return environment["COMSPEC"] ?? "cmd.exe";
  return environment["SHELL"] ?? "/bin/sh";
}

function bashFile(folder: string, options: MarkedShellOptions): string {
  const lines = ['[ -f "$HOME/.bashrc" ] && . "$HOME/.bashrc"', ...settings("posix", options), `PS1=${quotePosix(MARK)}"$PS1"`];
  return write(folder, "bashrc", lines);
}

/** zsh looks for its files in ZDOTDIR: this one reads the user's and gives the variable back. */
function zshFolder(folder: string, options: MarkedShellOptions): string {
  const home = quotePosix(options.environment["ZDOTDIR"] ?? options.environment["HOME"] ?? "");
  write(folder, ".zshenv", [`[ -f ${home}/.zshenv ] && . ${home}/.zshenv`]);
  write(folder, ".zshrc", [
    `export ZDOTDIR=${home}`,
    '[ -f "$ZDOTDIR/.zshrc" ] && . "$ZDOTDIR/.zshrc"',
    ...settings("posix", options),
    `PS1=${quotePosix(MARK)}"$PS1"`,
  ]);
  return folder;
}

function fishCommands(options: MarkedShellOptions): string {
  const prompt = `functions -c fish_prompt lido_inner_prompt; function fish_prompt; echo -n '${MARK}'; lido_inner_prompt; end`;
  return [...settings("fish", options), prompt].join("\n");
}

function powershellCommands(options: MarkedShellOptions): string {
  const prompt = `$lidoPrompt = $function:prompt; function global:prompt { '${MARK}' + (& $lidoPrompt) }`;
  return [...settings("powershell", options), prompt].join("\n");
}

function settings(shell: keyof typeof shells, { variables, script }: MarkedShellOptions): readonly string[] {
  const syntax = shells[shell];
  const lines = Object.entries(variables).map(([name, value]) => syntax.set(name, value));
  return script === undefined ? lines : [...lines, syntax.define("lido", script)];
}

function write(folder: string, name: string, lines: readonly string[]): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, name);
  writeFileSync(path, `${lines.join("\n")}\n`, { mode: 0o600 });
  return path;
}
