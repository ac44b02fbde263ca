/** One simple command of a line, and when it runs after the one before: always, on success, on failure. */
export interface ShellCommand {
  readonly words: readonly string[];
  readonly runs: "always" | "onSuccess" | "onFailure";
}

/** What a line holds that is not understood. The words are bash's where bash has any. */
export class ShellError extends Error {}

/** Commands of one line at most. */
const MAX_COMMANDS = 100;

/**
 * The simple commands of a script:
 *
 * ```
 *   kubectl get pods -l 'a=b' && kubectl get "nodes"; kubectl version
 *   → [kubectl get pods -l a=b] always, [kubectl get nodes] onSuccess, [kubectl version] always
 * ```
 *
 * Quotes, backslashes, comments, `;`, `&&`, `||` and new lines are understood.
 * @throws {ShellError} for pipes, redirections, substitutions and control structures.
 */
export function parseScript(script: string): readonly ShellCommand[] {
  const commands: ShellCommand[] = [];
  let words: string[] = [];
  let runs: ShellCommand["runs"] = "always";
  const end = (next: ShellCommand["runs"]): void => {
    if (words.length > 0) commands.push({ words, runs });
    else if (next !== "always") throw new ShellError(`bash: syntax error near unexpected token \`${next === "onSuccess" ? "&&" : "||"}'`);
    if (commands.length > MAX_COMMANDS) throw new ShellError(`more than ${MAX_COMMANDS} commands in one script are not emulated`);
    words = [];
    runs = next;
  };
  for (const token of tokensOf(script)) {
    if (token.kind === "word") words.push(token.text);
    else end(token.text === "&&" ? "onSuccess" : token.text === "||" ? "onFailure" : "always");
  }
  const isOpen = words.length === 0 && runs !== "always";
  if (isOpen) throw new ShellError("bash: syntax error: unexpected end of file");
  end("always");
  return commands;
}

interface Token {
  readonly kind: "word" | "operator";
  readonly text: string;
}

const SPACE = /[ \t\r]/;
/** What only a real shell does. */
const REFUSED = /[|&<>(){}$`*?[\]]/;

function* tokensOf(script: string): Generator<Token> {
  for (let at = 0; at < script.length;) {
    const char = script[at] ?? "";
    const pair = script.slice(at, at + 2);
    if (SPACE.test(char)) at++;
    else if (char === "#") at = endOfLine(script, at);
    else if (pair === "\\\n") at += 2;
    else if (pair === "&&" || pair === "||") {
      yield { kind: "operator", text: pair };
      at += 2;
    } else if (char === ";" || char === "\n") {
      yield { kind: "operator", text: ";" };
      at++;
    } else {
      const word = readWord(script, at);
      yield { kind: "word", text: word.text };
      at = word.end;
    }
  }
}

function endOfLine(script: string, at: number): number {
  const end = script.indexOf("\n", at);
  return end === -1 ? script.length : end;
}

function readWord(script: string, start: number): { readonly text: string; readonly end: number } {
  let text = "";
  let at = start;
  while (at < script.length) {
    const char = script[at] ?? "";
    if (SPACE.test(char) || char === ";" || char === "\n" || script.startsWith("&&", at) || script.startsWith("||", at)) break;
    if (char === "'" || char === '"') {
      const quoted = readQuoted(script, at, char);
      text += quoted.text;
      at = quoted.end;
    } else if (char === "\\") {
      text += script[at + 1] === "\n" ? "" : (script[at + 1] ?? "");
      at += 2;
    } else {
      if (REFUSED.test(char) && !isPlain(char, text)) throw refusalOf(char);
      text += char;
      at++;
    }
  }
  return { text, end: at };
}

/**
 * Braces, brackets and stars that are only text: inside of a word, as in `jsonpath={.items[*]}`, which bash leaves as it is
 * because it has nothing to expand and no file is called so.
 */
function isPlain(char: string, before: string): boolean {
  if (/[{}[\]()]/.test(char)) return before !== "";
  return /[*?]/.test(char) && /[={]/.test(before);
}

function refusalOf(char: string): ShellError {
  return new ShellError(`bash: '${char}' is not emulated: commands run one after the other, without pipes, redirections or expansions`);
}

function readQuoted(script: string, start: number, quote: string): { readonly text: string; readonly end: number } {
  let text = "";
  for (let at = start + 1; at < script.length; at++) {
    const char = script[at] ?? "";
    if (char === quote) return { text, end: at + 1 };
    if (quote === '"' && (char === "$" || char === "`")) throw refusalOf(char);
    if (quote === '"' && char === "\\" && /["\\$`]/.test(script[at + 1] ?? "")) text += script[++at] ?? "";
    else text += char;
  }
  throw new ShellError(`bash: unexpected EOF while looking for matching \`${quote}'`);
}
