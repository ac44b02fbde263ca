/** One object of the directory as Microsoft Graph shows it. */
export type GraphObject = Readonly<Record<string, unknown>>;

/** A filter that this directory does not understand. */
export class FilterError extends Error {}

/** Characters of a filter, and conditions in it, at most. */
const MAX_LENGTH = 4_096;
const MAX_CONDITIONS = 20;

type Test = (object: GraphObject) => boolean;

const VALUE = "'((?:[^']|'')*)'";
const EQUAL = new RegExp(`^(\\w+)\\s+eq\\s+(?:${VALUE}|(true|false|null))$`, "i");
const STARTS = new RegExp(`^startswith\\(\\s*(\\w+)\\s*,\\s*${VALUE}\\s*\\)$`, "i");
const ANY = new RegExp(`^(\\w+)/any\\(\\s*(\\w+)\\s*:\\s*\\2\\s+eq\\s+${VALUE}\\s*\\)$`, "i");

/**
 * Reads an OData `$filter` of the forms that az sends: `eq`, `startswith` and `any`, joined by `or` and `and`.
 * Source: Azure/azure-cli:src/azure-cli/azure/cli/command_modules/role/custom.py.
 * @throws {FilterError}
 */
export function parseGraphFilter(filter: string | null): Test {
  if (filter === null || filter.trim() === "") return () => true;
  if (filter.length > MAX_LENGTH) throw new FilterError("the filter is too long");
  const alternatives = split(filter, "or").map((part) => split(part, "and").map(condition));
  if (alternatives.flat().length > MAX_CONDITIONS) throw new FilterError("the filter has too many conditions");
  return (object) => alternatives.some((conditions) => conditions.every((test) => test(object)));
}

/** Splits at a word that stands outside of quotes. */
function split(text: string, word: "and" | "or"): readonly string[] {
  const parts: string[] = [];
  let [begin, isQuoted] = [0, false];
  const joint = new RegExp(`^\\s+${word}\\s+`, "i");
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "'") isQuoted = !isQuoted;
    const found = isQuoted || !/\s/.test(text[at] ?? "") ? null : joint.exec(text.slice(at, at + word.length + 2));
    if (found === null) continue;
    parts.push(text.slice(begin, at));
    begin = at + found[0].length;
    at = begin - 1;
  }
  return [...parts, text.slice(begin)].map((part) => part.trim());
}

function condition(text: string): Test {
  const [, equal, value, literal] = EQUAL.exec(text) ?? [];
  if (equal !== undefined) {
    const wanted = value === undefined ? (literal ?? "").toLowerCase() : plain(value);
    return (object) => sameText(object[equal], wanted);
  }
  const [, starts, start = ""] = STARTS.exec(text) ?? [];
  if (starts !== undefined) return (object) => textOf(object[starts]).startsWith(plain(start));
  const [, any, , item = ""] = ANY.exec(text) ?? [];
  if (any === undefined) throw new FilterError(`the filter '${text.slice(0, 64)}' is not supported`);
  return (object) => [object[any] ?? []].flat().some((value) => sameText(value, plain(item)));
}

function plain(quoted: string): string {
  return quoted.replaceAll("''", "'").toLowerCase();
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "boolean" || value === null ? String(value).toLowerCase() : "";
}

function sameText(value: unknown, wanted: string): boolean {
  return value !== undefined && textOf(value) === wanted;
}
