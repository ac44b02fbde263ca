/** Ways to write variables down. */
export type Format = "posix" | "fish" | "powershell" | "dotenv" | "github" | "json";

type Variables = Readonly<Record<string, string>>;

/** A shell that evaluates what is printed. */
export interface ShellSyntax {
  set(name: string, value: string): string;
  unset(name: string): string;
  /** A function of that name that runs a script of Node.js. */
  define(name: string, script: string): string;
}

/** POSIX shells: within single quotes nothing is special but the quote. */
const posix: ShellSyntax = {
  set: (name, value) => `export ${name}=${quotePosix(value)}`,
  unset: (name) => `unset ${name}`,
  define: (name, script) => `${name}() { node ${quotePosix(script)} "$@"; }`,
};

/** fish: within single quotes a backslash is special before a quote and before itself. Source: fishshell.com, quotes. */
const fish: ShellSyntax = {
  set: (name, value) => `set -gx ${name} ${quoteFish(value)};`,
  unset: (name) => `set -e ${name};`,
  define: (name, script) => `function ${name}; node ${quoteFish(script)} $argv; end;`,
};

/** PowerShell: curly single quotes are quotes too. Source: about_Quoting_Rules, and its tokenizer's IsSingleQuote. */
const powershell: ShellSyntax = {
  set: (name, value) => `$env:${name} = ${quotePowershell(value)}`,
  unset: (name) => `Remove-Item Env:${name} -ErrorAction SilentlyContinue`,
  define: (name, script) => `function global:${name} { node ${quotePowershell(script)} @args }`,
};

export const shells: Readonly<Record<"posix" | "fish" | "powershell", ShellSyntax>> = { posix, fish, powershell };

/** The variables as `KEY=value` lines, quoted where dotenv readers need it. Source: github.com/motdotla/dotenv, docs.docker.com env files. */
export function dotenvLines(variables: Variables): string {
  return lines(Object.entries(variables).map(([name, value]) => `${name}=${quoteDotenv(value)}`));
}

/** Lines for the file that `$GITHUB_ENV` names. Source: docs.github.com, workflow commands, multiline strings. */
export function githubLines(variables: Variables): string {
  return lines(
    Object.entries(variables).map(([name, value]) => {
      if (!/[\r\n]/.test(value)) return `${name}=${value}`;
      let end = "LIDO_END";
      while (value.includes(end)) end += "_";
      return `${name}<<${end}\n${value}\n${end}`;
    }),
  );
}

/** The variables as one JSON object. */
export function jsonText(variables: Variables): string {
  return `${JSON.stringify(variables, undefined, 2)}\n`;
}

export function quotePosix(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function quoteFish(text: string): string {
  return `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
}

function quotePowershell(text: string): string {
  return `'${text.replaceAll(/['\u2018\u2019\u201A\u201B]/g, "$&$&")}'`;
}

function quoteDotenv(text: string): string {
  if (/^[\w./:@%+,=~-]*$/.test(text)) return text;
  if (!text.includes("'")) return `'${text}'`;
  return `"${text.replaceAll(/[\\"$`]/g, String.raw`\$&`).replaceAll("\n", String.raw`\n`)}"`;
}

function lines(texts: readonly string[]): string {
  return `${texts.join("\n")}\n`;
}
