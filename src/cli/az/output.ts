import jmespath from "jmespath";
import { stringify } from "yaml";
import { AzError } from "./grammar.ts";
import { automaticRows, formatTable, type Row } from "./table.ts";

export interface OutputOptions {
  readonly format: string;
  readonly query: string | undefined;
  /** The command's own table, used when no query is given. */
  readonly table: ((result: unknown) => readonly Row[]) | undefined;
  readonly isTerminal: boolean;
}

/**
 * What az prints for a result. @throws {AzError} 2 for a query that is no JMESPath.
 * Source: knack output.py and query.py.
 */
export function formatResult(result: unknown, { format, query, table, isTerminal }: OutputOptions): string {
  if (result === undefined) return "";
  const selected = query === undefined ? result : search(result, query);
  // An empty answer to a query prints nothing in tables and tsv.
  switch (format) {
    case "none":
      return "";
    case "table":
      if (selected === null || (Array.isArray(selected) && selected.length === 0)) return "";
      return formatTable(table !== undefined && query === undefined ? table(selected) : automaticRows(selected, query === undefined));
    case "tsv":
      return formatTsv(selected, query === undefined);
    case "yaml":
    case "yamlc":
      return stringify(sorted(selected), { lineWidth: 0 });
    default: {
      const text = `${JSON.stringify(sorted(selected) ?? null, undefined, 2)}\n`;
      return format === "jsonc" && isTerminal ? colored(text) : text;
    }
  }
}

function search(result: unknown, query: string): unknown {
  try {
    return jmespath.search(result, query) as unknown;
  } catch (error) {
    throw new AzError(`argument --query: invalid jmespath_type value: '${query}'\n${(error as Error).message}`, 2);
  }
}

/** Keys in order at every depth, as az prints JSON. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, sorted(member)]));
}

/** One line an item; scalars of an object side by side, in order of name unless a query gave them one. Source: knack output.py, _TsvOutput. */
function formatTsv(result: unknown, sorts: boolean): string {
  const items: unknown[] = Array.isArray(result) ? result : [result];
  return items.map((item) => `${tsvLine(item, sorts)}\n`).join("");
}

function tsvLine(item: unknown, sorts: boolean): string {
  if (Array.isArray(item)) return item.map(tsvCell).join("\t");
  if (typeof item === "boolean") return String(item);
  if (typeof item !== "object" || item === null) return tsvCell(item);
  const entries = Object.entries(item);
  if (sorts) entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([, value]) => tsvCell(value)).join("\t");
}

function tsvCell(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return String(value.length);
  if (typeof value === "object") return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

const COLORS = { key: "\u001B[94m", text: "\u001B[33m", number: "\u001B[34m", end: "\u001B[39m" } as const;

function colored(json: string): string {
  return json
    .replaceAll(/^(\s*)("(?:[^"\\]|\\.)*")(: ?)/gm, `$1${COLORS.key}$2${COLORS.end}$3`)
    .replaceAll(/(: |^\s*)("(?:[^"\\]|\\.)*")(,?)$/gm, `$1${COLORS.text}$2${COLORS.end}$3`)
    .replaceAll(/(: |^\s*)(-?\d[\d.eE+-]*|true|false|null)(,?)$/gm, `$1${COLORS.number}$2${COLORS.end}$3`);
}
