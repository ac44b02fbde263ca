import { readFileSync } from "node:fs";
import { parse } from "yaml";

/** A request of a table. */
export interface TableRequest {
  readonly method: string;
  /** Begins with `/`; `plain:/…` goes to the plain listener. */
  readonly path: string;
  readonly "api-version"?: string;
  /** Beside Host, Content-Type and Authorization; `<absent>` takes one of those away. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Text goes out as it is, anything else as JSON. */
  readonly body?: unknown;
  /** Members of a form, instead of a body. */
  readonly form?: Readonly<Record<string, string>>;
}

/** A step that sets up; it must not be refused. */
export interface Step extends TableRequest {
  /** Wait until the operation that the answer names has succeeded. */
  readonly finish?: boolean;
  /** Time that passes first, `90m`, `2h`, `3d`: for what comes by itself. */
  readonly wait?: string;
  readonly capture?: Readonly<Record<string, string>>;
}

/** One promise of the service, and where it is known from. */
export interface Case {
  readonly title: string;
  /** `owner/repository:path` of a recording or definition, or a page of documentation; the article is `article`. */
  readonly source: string;
  readonly given?: readonly Step[];
  readonly request: TableRequest;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A pattern; see README.md. */
  readonly body?: unknown;
  /** Path of an object in the answer (`""` is the answer) to all its members, in order. */
  readonly members?: Readonly<Record<string, readonly string[]>>;
  /** `provider`: indented as Go does it; `arm`: one line. */
  readonly layout?: "provider" | "arm";
  /** Pattern of what the operation that the answer names says at its end. */
  readonly end?: unknown;
  /** Names for later requests: `headers.location`, `body.properties.fqdn`. */
  readonly capture?: Readonly<Record<string, string>>;
}

export interface Table {
  readonly file: string;
  /** Names for texts that occur often; each may use the ones above it. */
  readonly let: Readonly<Record<string, string>>;
  /** The clock's first moment, `2026-07-15T22:00:00Z`; some day in 2019 when absent. */
  readonly start?: string;
  readonly given: readonly Step[];
  readonly cases: readonly Case[];
}

const REQUEST_KEYS = ["method", "path", "api-version", "headers", "body", "form"];
const KEYS = {
  table: { required: ["cases"], optional: ["let", "given", "shared", "start"] },
  case: {
    required: ["title", "source", "request", "status"],
    optional: ["given", "headers", "body", "members", "layout", "end", "capture"],
  },
  request: { required: ["method", "path"], optional: REQUEST_KEYS },
  step: { required: ["method", "path"], optional: [...REQUEST_KEYS, "finish", "capture", "wait"] },
} as const;

/** Reads a table. @throws {Error} that names file and place for anything but the format, and for a table without cases. */
export function readTable(path: string, file: string): Table {
  return checkTable(parse(readFileSync(path, "utf8"), { merge: true }), file);
}

/** As {@link readTable}, for what has been parsed. */
export function checkTable(parsed: unknown, file: string): Table {
  const table = requireKeys(parsed, KEYS.table, file);
  const { start } = table;
  if (start !== undefined && (typeof start !== "string" || Number.isNaN(Date.parse(start))))
    throw new Error(`${file}: its start is no time`);
  const cases = requireList(table["cases"], `${file} cases`);
  if (cases.length === 0) throw new Error(`${file} has no cases`);
  const titles = new Set<unknown>();
  for (const [index, one] of cases.entries()) {
    const { title, source, request, given = [], layout, status } = requireKeys(one, KEYS.case, `${file} case ${index + 1}`);
    const where = `${file}: ${String(title)}`;
    if (typeof title !== "string" || titles.has(title)) throw new Error(`${where}: a title is text that no other case has`);
    titles.add(title);
    if (typeof source !== "string" || source === "") throw new Error(`${where}: a source is named`);
    if (typeof status !== "number") throw new Error(`${where}: a status is a number`);
    if (layout !== undefined && layout !== "arm" && layout !== "provider") throw new Error(`${where}: no such layout`);
    requireKeys(request, KEYS.request, `${where}: request`);
    checkSteps(given, where);
  }
  checkSteps(table["given"] ?? [], file);
  return { file, let: {}, given: [], ...(parsed as Pick<Table, "cases">) };
}

function checkSteps(steps: unknown, where: string): void {
  for (const step of requireList(steps, `${where}: given`)) {
    const { wait } = requireKeys(step, KEYS.step, `${where}: a step`);
    if (wait !== undefined && (typeof wait !== "string" || durationOf(wait) === undefined))
      throw new Error(`${where}: a step waits for no time`);
  }
}

/** `90m`, `2h`, `3d` in milliseconds; undefined for anything else. */
export function durationOf(text: string): number | undefined {
  const [, count = "", unit = ""] = /^(\d+)([mhd])$/.exec(text) ?? [];
  const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
  return count === "" ? undefined : Number(count) * (units[unit] ?? 0);
}

function requireList(value: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`${where} is no list`);
  return value;
}

function requireKeys(
  value: unknown,
  { required, optional }: { readonly required: readonly string[]; readonly optional: readonly string[] },
  where: string,
): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error(`${where} is no map`);
  const keys = Object.keys(value);
  const unknown = keys.find((key) => !required.includes(key) && !optional.includes(key));
  if (unknown !== undefined) throw new Error(`${where} has the unknown key ${unknown}`);
  const missing = required.find((key) => !keys.includes(key));
  if (missing !== undefined) throw new Error(`${where} lacks ${missing}`);
  return value as Record<string, unknown>;
}
