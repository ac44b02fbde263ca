/** A row of a table: cells by column, in the columns' order. */
export type Row = Readonly<Record<string, unknown>>;

/** Room that tabulate leaves beside a header. Source: python-tabulate, MIN_PADDING. */
const HEADER_PADDING = 2;
/** Columns that az leaves out of tables it makes up itself. Source: knack output.py, SKIP_KEYS. */
const SKIPPED = new Set(["id", "type", "etag"]);

/**
 * Prints rows as tabulate's `simple` format: headers from the keys of all rows, cells as text and left-aligned, as az
 * asks for. Source: knack output.py (`disable_numparse`) and python-tabulate.
 */
export function formatTable(rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  if (columns.length === 0) return "";
  const cells = rows.map((row) => columns.map((column) => cellText(row[column])));
  const widths = columns.map((column, index) => Math.max(column.length + HEADER_PADDING, ...cells.map((row) => row[index]?.length ?? 0)));
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, index) => text.padEnd(widths[index] ?? 0))
      .join("  ")
      .trimEnd();
  return `${[line(columns), widths.map((width) => "-".repeat(width)).join("  "), ...cells.map(line)].join("\n")}\n`;
}

/**
 * The rows az makes up when a command has no table of its own: scalars only, first letters in capitals.
 * @param sorts keys in order of name; a query keeps its own order.
 */
export function automaticRows(result: unknown, sorts: boolean): Row[] {
  return (Array.isArray(result) ? result : [result]).map((item: unknown) => automaticRow(item, sorts));
}

function automaticRow(item: unknown, sorts: boolean): Row {
  if (Array.isArray(item)) return Object.fromEntries(item.map((value: unknown, index) => [`Column${index + 1}`, value]));
  if (typeof item !== "object" || item === null) return { Result: item };
  const entries = Object.entries(item).filter(([key, value]) => !SKIPPED.has(key) && value !== null && typeof value !== "object");
  if (sorts) entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, value]) => [key.charAt(0).toUpperCase() + key.slice(1), value]));
}

/** Python's words for what is no text. */
function cellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return value ? "True" : "False";
  return typeof value === "string" ? value : JSON.stringify(value);
}
