import { readFileSync } from "node:fs";
import { parse } from "yaml";

/** A request: `POST pods`, `PATCH deployments/{n}/status`, `GET /version`. */
export interface Step {
  readonly do: string;
  readonly query?: string;
  /** Of a patch: `json`, `merge`, `strategic`, `apply`; of anything else, a media type. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface Named {
  readonly title: string;
  /** `owner/repository:path` or a page. */
  readonly source: string;
}

/** What an API answers. */
export interface RequestCase extends Named, Step {
  readonly given?: readonly Step[];
  /** Any, where only the message is compared. */
  readonly status?: number;
  /** The Status's message, or an expression between slashes. */
  readonly message?: string;
  /** A pattern; see the README of the folder above. */
  readonly answer?: unknown;
  /** Paths of members to all that they hold. */
  readonly exact?: Readonly<Record<string, unknown>>;
  /** Names of a list's items, in order. */
  readonly names?: string;
  /** Managers to the fields they own. */
  readonly owners?: Readonly<Record<string, readonly string[]>>;
}

export interface NodeEntry {
  readonly labels?: Readonly<Record<string, string>>;
  /** `key=value:Effect`, several with commas. */
  readonly taints?: string;
  readonly unschedulable?: boolean;
  readonly allocatable?: Readonly<Record<string, string>>;
  readonly images?: readonly object[];
}

export interface PodEntry {
  readonly node?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly namespace?: string;
  readonly spec?: object;
  readonly started?: string;
}

/** Where a pod may go. */
export interface SchedulingCase extends Named {
  readonly placed?: string;
  readonly pods?: Readonly<Record<string, PodEntry>>;
  readonly given?: readonly Step[];
  readonly pod?: PodEntry;
  /** All nodes that it may go to. */
  readonly fits?: string;
  /** The one or more of them that it goes to. */
  readonly prefers?: string;
  /** Why it may not go to the others, as the scheduler says it. */
  readonly reasons?: string;
  readonly message?: string;
  /** Pods that make room, and the node that the pod waits for. */
  readonly victims?: string;
  readonly nominated?: string;
}

export interface Group {
  readonly title: string;
  readonly nodes: Readonly<Record<string, NodeEntry | null>>;
  readonly cases: readonly SchedulingCase[];
}

export interface Table {
  readonly file: string;
  /** What `given` makes takes effect a moment later; until then cases are tried again. */
  readonly settles?: boolean;
  readonly given: readonly Step[];
  /** Namespaces beside the table's own, `{ns}-NAME`, with their labels. */
  readonly namespaces: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly groups: readonly Group[];
  readonly requests: readonly RequestCase[];
}

type Map = Record<string, unknown>;

const STEP_KEYS = ["do", "query", "type", "headers", "body"];
const NAMED = ["title", "source", "rows", "given"];
const KEYS: Readonly<Record<string, readonly string[]>> = {
  table: ["source", "shared", "settles", "given", "namespaces", "groups", "requests"],
  group: ["title", "source", "nodes", "placed", "pods", "given", "cases"],
  request: [...NAMED, ...STEP_KEYS, "status", "message", "answer", "exact", "names", "owners"],
  scheduling: [...NAMED, "placed", "pods", "pod", "fits", "prefers", "reasons", "message", "victims", "nominated"],
  step: STEP_KEYS,
};

/** @throws {Error} for a key that the format does not have, a case without a source, or a title that occurs twice. */
export function readTable(path: string, file: string): Table {
  const table = known(parse(readFileSync(path, "utf8"), { merge: true }), "table", file);
  const source = table["source"];
  const titles = new Set<string>();
  const expand =
    (kind: string, more: Map, place = "") =>
    (one: unknown): readonly Map[] =>
      rowsOf({ source, ...more, ...known(one, kind, file) }).map((each) => {
        const { title } = each;
        const full = `${place}${String(title)}`;
        if (typeof title !== "string" || titles.has(full)) throw new Error(`${file}: ${full} is no title, or there twice`);
        if (typeof each["source"] !== "string") throw new Error(`${file}: ${full} has no source`);
        for (const step of listOf(each["given"])) known(step, "step", `${file}: ${full}`);
        titles.add(full);
        return each;
      });
  const groups = listOf(table["groups"]).map((one) => {
    const { title, nodes, cases, ...shared } = known(one, "group", file);
    return { title, nodes, cases: listOf(cases).flatMap(expand("scheduling", shared, `${String(title)}: `)) };
  });
  const requests = listOf(table["requests"]).flatMap(expand("request", {}));
  if (groups.length + requests.length === 0) throw new Error(`${file} has no cases`);
  return { file, given: [], namespaces: {}, ...table, groups, requests } as unknown as Table;
}

/** A case for every row after the first, which names the columns; just the case when it has no rows. */
function rowsOf({ rows, ...one }: Map): readonly Map[] {
  if (rows === undefined) return [one];
  const [names = [], ...values] = rows as unknown[][];
  if (values.length === 0) throw new Error(`${String(one["title"])} has no rows`);
  return values.map((row) => {
    if (row.length !== names.length) throw new Error(`${String(one["title"])}: ${JSON.stringify(row)} is not of ${names.length} columns`);
    const filled = fill(one, Object.fromEntries(names.map((name, index) => [String(name), row[index]]))) as Map;
    return { ...filled, title: show(filled["title"]) };
  });
}

/** The value with `{name}` filled in: within texts as text, a text that is nothing else becomes the value itself; keys too. */
export function fill(value: unknown, names: Readonly<Map>): unknown {
  if (typeof value === "string") {
    const whole = /^\{(\w+)\}$/.exec(value)?.[1];
    if (whole !== undefined && Object.hasOwn(names, whole)) return names[whole];
    return value.replace(/\{(\w+)\}/g, (text, name: string) => (Object.hasOwn(names, name) ? show(names[name]) : text));
  }
  if (Array.isArray(value)) return value.map((item) => fill(item, names));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, member]) => [fill(key, names), fill(member, names)] as const)
      .filter(([, member]) => member !== "<none>")
      .map(([key, member]) => [show(key), member]),
  );
}

function show(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new Error(`${JSON.stringify(value)} is no list`);
  return value;
}

function known(value: unknown, kind: string, where: string): Map {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error(`${where}: a ${kind} is a map`);
  const stranger = Object.keys(value).find((key) => KEYS[kind]?.includes(key) !== true);
  if (stranger !== undefined) throw new Error(`${where}: a ${kind} has no ${stranger}`);
  return value as Map;
}
