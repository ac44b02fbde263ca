/** What kubectl says on stderr as `error: …`, with exit code 1. */
export class KubectlError extends Error {}

/** Ends a command of which some parts failed, each of which has been said already. */
export class PartsFailed extends Error {}

/** A flag: its names and whether it takes a value. */
interface Flag {
  readonly names: readonly string[];
  readonly takesValue: boolean;
}

/** The arguments of one kubectl command, its flags taken apart. */
export interface Arguments {
  readonly positional: readonly string[];
  flag(name: string): boolean;
  text(name: string): string | undefined;
  /** Every value of a flag that may be given again. */
  texts(name: string): readonly string[];
}

const value = (...names: string[]): Flag => ({ names, takesValue: true });
const bool = (...names: string[]): Flag => ({ names, takesValue: false });

/** Flags of every command. Source: kubernetes/cli-runtime pkg/genericclioptions/config_flags.go. */
const GLOBAL: readonly Flag[] = [
  value("--namespace", "-n"),
  value("--request-timeout"),
  value("--v", "-v"),
  value("--kubeconfig"),
  value("--context"),
];

const FILES: readonly Flag[] = [value("--filename", "-f"), bool("--recursive", "-R")];
const SELECTION: readonly Flag[] = [value("--selector", "-l"), bool("--all"), value("--field-selector"), bool("--all-namespaces", "-A")];
const OUTPUT = value("--output", "-o");

/** Flags by command. Source: kubernetes/kubectl pkg/cmd, the commands' AddFlags; those without effect here are left out. */
const FLAGS: Readonly<Record<string, readonly Flag[]>> = {
  get: [
    ...FILES,
    ...SELECTION,
    OUTPUT,
    bool("--no-headers"),
    bool("--show-labels"),
    value("--label-columns", "-L"),
    bool("--ignore-not-found"),
    bool("--show-kind"),
  ],
  apply: [...FILES, OUTPUT, value("--dry-run"), bool("--server-side"), bool("--force-conflicts"), bool("--overwrite"), bool("--wait")],
  create: [...FILES, OUTPUT, value("--dry-run")],
  delete: [
    ...FILES,
    ...SELECTION,
    OUTPUT,
    bool("--ignore-not-found"),
    bool("--wait"),
    bool("--now"),
    bool("--force"),
    value("--grace-period"),
    value("--timeout"),
  ],
  label: [...FILES, ...SELECTION, bool("--overwrite")],
  annotate: [...FILES, ...SELECTION, bool("--overwrite")],
  taint: [...SELECTION, bool("--overwrite")],
  cordon: [...SELECTION],
  uncordon: [...SELECTION],
  drain: [bool("--ignore-daemonsets"), bool("--delete-emptydir-data"), bool("--force")],
  scale: [...FILES, ...SELECTION, value("--replicas"), value("--current-replicas")],
  logs: [value("--container", "-c"), bool("--follow", "-f"), bool("--previous", "-p"), value("--tail"), bool("--timestamps")],
  version: [bool("--client"), OUTPUT],
};

/** Takes a command's words apart. @throws {KubectlError} in the words of spf13/pflag and cobra. */
export function parseArguments(command: string, words: readonly string[]): Arguments {
  const flags = [...GLOBAL, ...(FLAGS[command] ?? [])];
  const values = new Map<string, string[]>();
  const positional: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? "";
    if (word === "--") {
      positional.push(...words.slice(index + 1));
      break;
    }
    // `-f -` and `key-` are no flags.
    if (!word.startsWith("-") || word === "-") {
      positional.push(word);
      continue;
    }
    const { name, inline } = word.startsWith("--") ? split(word) : short(word);
    const flag = flags.find(({ names }) => names.includes(name));
    if (flag === undefined) throw unknownFlag(word, name, command);
    const given = inline ?? (flag.takesValue ? words[++index] : "true");
    if (given === undefined) throw new KubectlError(`flag needs an argument: ${flagText(name)}`);
    const key = flag.names[0] ?? "";
    values.set(key, [...(values.get(key) ?? []), given]);
  }
  return {
    positional,
    flag: (name) => values.has(name) && values.get(name)?.at(-1) !== "false",
    text: (name) => values.get(name)?.at(-1),
    texts: (name) => values.get(name) ?? [],
  };
}

function split(word: string): { readonly name: string; readonly inline?: string } {
  const at = word.indexOf("=");
  return at === -1 ? { name: word } : { name: word.slice(0, at), inline: word.slice(at + 1) };
}

/** `-ojson`, `-o=json`, `-A`. */
function short(word: string): { readonly name: string; readonly inline?: string } {
  const rest = word.slice(2);
  return rest === "" ? { name: word } : { name: word.slice(0, 2), inline: rest.startsWith("=") ? rest.slice(1) : rest };
}

function flagText(name: string): string {
  return name.startsWith("--") ? name : `'${name.slice(1)}' in ${name}`;
}

function unknownFlag(word: string, name: string, command: string): KubectlError {
  const what = name.startsWith("--") ? `unknown flag: ${name}` : `unknown shorthand flag: '${name.slice(1)}' in ${word}`;
  return new KubectlError(`${what}\nSee 'kubectl ${command} --help' for usage.`);
}
