/** One option of a command. */
export interface AzOption {
  /** Long and short forms as typed: `["--resource-group", "-g"]`. */
  readonly names: readonly string[];
  /** `flag` takes no value; `words` takes one or more (`--tags a=b c=d`) and may be given again. */
  readonly kind: "text" | "number" | "flag" | "words";
  readonly isRequired?: boolean;
  readonly choices?: readonly string[];
}

/** Options of one command line by their first long name without dashes: `resource-group`. */
export interface AzArgs {
  text(name: string): string | undefined;
  /** @throws {AzError} 2 when absent; for options that the grammar requires it never is. */
  required(name: string): string;
  number(name: string): number | undefined;
  flag(name: string): boolean;
  words(name: string): readonly string[] | undefined;
}

/** Something az says on stderr as `ERROR: …`, and the exit code it ends with. */
export class AzError extends Error {
  readonly exitCode: number;

  /** @param exitCode 1 for a failure, 2 for a command written wrong, 3 for what was not found. Source: azure-cli core/azclierror.py. */
  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Options that every command has. Source: azure-cli core/commands/arm.py and knack's global arguments. */
export const GLOBAL_OPTIONS: readonly AzOption[] = [
  { names: ["--output", "-o"], kind: "text", choices: ["json", "jsonc", "yaml", "yamlc", "table", "tsv", "none"] },
  { names: ["--query"], kind: "text" },
  { names: ["--subscription"], kind: "text" },
  { names: ["--only-show-errors"], kind: "flag" },
  { names: ["--verbose"], kind: "flag" },
  { names: ["--debug"], kind: "flag" },
];

/** The option's name in {@link AzArgs}. */
export function nameOf(option: AzOption): string {
  return (option.names[0] ?? "").replace(/^-+/, "");
}

type Value = string | true | string[];

/**
 * Reads a command's options as az does: `--name value`, `--name=value`, `-n value`, `-nvalue`, unambiguous beginnings.
 * @throws {AzError} 2, in argparse's words.
 */
export function parseOptions(words: readonly string[], options: readonly AzOption[]): AzArgs {
  const values = new Map<string, Value>();
  const stray: string[] = [];
  for (let index = 0; index < words.length;) {
    const word = words[index++] ?? "";
    const found = word.startsWith("-") && word.length > 1 ? match(word, options) : undefined;
    if (found === undefined) {
      stray.push(word);
      continue;
    }
    const following: string[] = found.inline === undefined ? [] : [found.inline];
    const most = found.option.kind === "words" ? Number.POSITIVE_INFINITY : found.option.kind === "flag" ? 0 : 1;
    while (following.length < most && index < words.length && !isOption(words[index] ?? "", options)) following.push(words[index++] ?? "");
    store(values, found.option, following);
  }
  if (stray.length > 0) throw new AzError(`unrecognized arguments: ${stray.join(" ")}`, 2);
  const missing = options.filter((option) => option.isRequired && !values.has(nameOf(option)));
  if (missing.length > 0)
    throw new AzError(`the following arguments are required: ${missing.map(({ names }) => names.join("/")).join(", ")}`, 2);
  return argsOf(values);
}

function match(word: string, options: readonly AzOption[]): { option: AzOption; inline?: string } | undefined {
  const [name, inline] = word.startsWith("--") ? split(word) : [word];
  const exact = options.find((option) => option.names.includes(name));
  if (exact !== undefined) return inline === undefined ? { option: exact } : { option: exact, inline };
  if (!word.startsWith("--")) {
    const short = options.find((option) => option.names.includes(word.slice(0, 2)));
    return short === undefined ? undefined : { option: short, inline: word.slice(2).replace(/^=/, "") };
  }
  const begun = options.filter((option) => option.names.some((long) => long.startsWith(name)));
  if (begun.length > 1) {
    const names = begun.flatMap((option) => option.names.filter((long) => long.startsWith(name)));
    throw new AzError(`ambiguous option: ${name} could match ${names.join(", ")}`, 2);
  }
  const [option] = begun;
  if (option === undefined) return undefined;
  return inline === undefined ? { option } : { option, inline };
}

function split(word: string): [string, string?] {
  const at = word.indexOf("=");
  return at === -1 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}

function isOption(word: string, options: readonly AzOption[]): boolean {
  return word.startsWith("-") && !/^-\d/.test(word) && match(word, options) !== undefined;
}

function store(values: Map<string, Value>, option: AzOption, following: readonly string[]): void {
  const name = nameOf(option);
  const shown = option.names.join("/");
  if (option.kind === "flag") {
    // `--generate-ssh-keys true` is not az; a value that came with `=` is.
    values.set(name, true);
    return;
  }
  if (following.length === 0)
    throw new AzError(`argument ${shown}: expected ${option.kind === "words" ? "at least one argument" : "one argument"}`, 2);
  const [first = ""] = following;
  if (option.kind === "number" && !/^-?\d+$/.test(first)) throw new AzError(`argument ${shown}: invalid int value: '${first}'`, 2);
  if (option.choices !== undefined && !option.choices.includes(first)) {
    throw new AzError(
      `argument ${shown}: invalid choice: '${first}' (choose from ${option.choices.map((choice) => `'${choice}'`).join(", ")})`,
      2,
    );
  }
  if (option.kind !== "words") values.set(name, first);
  else values.set(name, [...((values.get(name) as string[] | undefined) ?? []), ...following]);
}

function argsOf(values: ReadonlyMap<string, Value>): AzArgs {
  const text = (name: string): string | undefined => values.get(name) as string | undefined;
  return {
    text,
    required(name) {
      const value = text(name);
      if (value === undefined) throw new AzError(`the following arguments are required: --${name}`, 2);
      return value;
    },
    number: (name) => (values.has(name) ? Number(text(name)) : undefined),
    flag: (name) => values.has(name),
    words: (name) => values.get(name) as string[] | undefined,
  };
}
