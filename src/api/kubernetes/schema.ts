import { createHash } from "node:crypto";
import { TYPES } from "./types-table.ts";

/*
 * What values of a field are, as far as patches, applying, checks of unknown fields and OpenAPI need it. Types refer to each other
 * and to themselves, so the schema of a field is read when it is asked for.
 */

/** `time` and `microTime` are texts, `quantity` a text or a number, `intOrString` either, `bytes` base64. */
export type ScalarName = "string" | "bytes" | "int32" | "int64" | "double" | "bool" | "time" | "microTime" | "quantity" | "intOrString";

export interface ScalarSchema {
  readonly kind: "scalar";
  readonly scalar: ScalarName;
}

/** Any JSON, one whole when it is applied. */
export interface AnySchema {
  readonly kind: "any";
}

export interface ObjectSchema {
  readonly kind: "object";
  /** Of custom resources: what it is for, as the definition says. */
  readonly description?: string;
  /** `core.v1.PodSpec`; absent for the schemas of custom resources. */
  readonly name?: string;
  /** One whole when it is applied: whoever sets a part sets all of it. */
  readonly atomic: boolean;
  readonly fields: ReadonlyMap<string, Field>;
  /** What fields without a name here hold; absent: there are none. */
  readonly others?: Schema;
}

export interface MapSchema {
  readonly kind: "map";
  readonly atomic: boolean;
  readonly values: Schema;
}

export interface ListSchema {
  readonly kind: "list";
  /** `map`: objects, told apart by {@link keys}. */
  readonly list: "atomic" | "set" | "map";
  readonly keys: readonly string[];
  readonly items: Schema;
}

export type Schema = ScalarSchema | AnySchema | ObjectSchema | MapSchema | ListSchema;

export interface Field {
  readonly name: string;
  /** Of custom resources: what it is for, as the definition says. */
  readonly description?: string;
  readonly schema: Schema;
  readonly required: boolean;
  /** Filled in where a key of a list of objects is left out. */
  readonly defaultText?: string;
  /** An object that is never absent: nobody adds or removes it, only what is in it. */
  readonly always: boolean;
  /** Of strategic merge patches: `merge`, `replace`, `retainKeys`. */
  readonly patchStrategies: readonly string[];
  readonly patchMergeKey?: string;
}

interface Entry {
  readonly name: string;
  readonly atomic: boolean;
  /** `apps/v1`, for kinds. */
  readonly apiVersion: string | undefined;
  readonly fields: string;
}

const scalars: ReadonlySet<string> = new Set<ScalarName>([
  "string",
  "bytes",
  "int32",
  "int64",
  "double",
  "bool",
  "time",
  "microTime",
  "quantity",
  "intOrString",
]);
const anything: AnySchema = { kind: "any" };

let table: ReadonlyMap<string, Entry> | undefined;
const read = new Map<string, ObjectSchema>();

let hash: string | undefined;

/** Changes whenever a type does. */
export function typesHash(): string {
  hash ??= createHash("sha256").update(TYPES).digest("hex");
  return hash;
}

/** Every type of the table, by its name. */
export function typeNames(): readonly string[] {
  return [...entries().keys()];
}

/**
 * The schema of a type: `core.v1.PodSpec`.
 * @throws {Error} for a name that the table does not have.
 */
export function typeNamed(name: string): ObjectSchema {
  const known = read.get(name);
  if (known !== undefined) return known;
  const entry = entries().get(name);
  if (entry === undefined) throw new Error(`no type ${name}`);
  const group = name.slice(0, name.lastIndexOf("."));
  const schema: ObjectSchema = { kind: "object", name, atomic: entry.atomic, fields: fieldsOf(entry.fields, group) };
  read.set(name, schema);
  return schema;
}

let kinds: ReadonlyMap<string, string> | undefined;

/** The schema of a kind: group (empty for the core group), version and kind; undefined for kinds that are not Kubernetes' own. */
export function kindSchema(group: string, version: string, kind: string): ObjectSchema | undefined {
  kinds ??= new Map(
    [...entries().values()].flatMap(({ name, apiVersion }) =>
      apiVersion === undefined ? [] : [[`${apiVersion}/${name.slice(name.lastIndexOf(".") + 1)}`, name] as const],
    ),
  );
  const name = kinds.get(`${group === "" ? "" : `${group}/`}${version}/${kind}`);
  return name === undefined ? undefined : typeNamed(name);
}

/** The types that are kinds, by their names, with group (empty for the core group), version and kind. */
export function namedKinds(): readonly (readonly [name: string, kind: { group: string; version: string; kind: string }])[] {
  return [...entries().values()].flatMap(({ name, apiVersion }) => {
    if (apiVersion === undefined) return [];
    const [version = "", group = ""] = apiVersion.split("/").toReversed();
    return [[name, { group, version, kind: name.slice(name.lastIndexOf(".") + 1) }] as const];
  });
}

function entries(): ReadonlyMap<string, Entry> {
  table ??= readTable(TYPES);
  return table;
}

function readTable(text: string): ReadonlyMap<string, Entry> {
  const found = new Map<string, Entry>();
  let group = "";
  let head: Omit<Entry, "fields"> | undefined;
  let fields: string[] = [];
  const close = (): void => {
    if (head !== undefined) found.set(head.name, { ...head, fields: fields.join(" ") });
    head = undefined;
    fields = [];
  };
  for (const line of text.split("\n")) {
    if (line.startsWith("  ")) fields.push(line.trim());
    else if (line !== "") {
      close();
      if (line.startsWith("# ")) group = line.slice(2);
      else head = headOf(line, group);
    }
  }
  close();
  return found;
}

function headOf(line: string, group: string): Omit<Entry, "fields"> {
  const [, name = "", mark, apiVersion] = /^(\w+)(!?)(?: \((.+)\))?$/.exec(line) ?? [];
  return { name: `${group}.${name}`, atomic: mark === "!", apiVersion };
}

function fieldsOf(text: string, group: string): ReadonlyMap<string, Field> {
  const fields = text === "" ? [] : text.split(" ").map((each) => fieldOf(each, group));
  return new Map(fields.map((field) => [field.name, field]));
}

function fieldOf(text: string, group: string): Field {
  const [, name = "", star, type = "", patch, byDefault] = /^([\w$-]+)(\*?):([^~=]+)(?:~([^=]+))?(?:=(.*))?$/.exec(text) ?? [];
  const [strategies = "", patchMergeKey] = patch?.split("/") ?? [];
  let schema: Schema | undefined;
  return {
    name,
    get schema() {
      schema ??= schemaOf(type, group);
      return schema;
    },
    required: star === "*",
    always: byDefault === "{}",
    ...(byDefault !== undefined && byDefault !== "{}" && { defaultText: byDefault }),
    patchStrategies: strategies === "" ? [] : strategies.split("+"),
    ...(patchMergeKey !== undefined && { patchMergeKey }),
  };
}

function schemaOf(type: string, group: string): Schema {
  if (type.startsWith("[")) return listOf(type, group);
  if (type.startsWith("{!}")) return { kind: "map", atomic: true, values: schemaOf(type.slice(3), group) };
  if (type.startsWith("{}")) return { kind: "map", atomic: false, values: schemaOf(type.slice(2), group) };
  if (type === "any") return anything;
  if (scalars.has(type)) return { kind: "scalar", scalar: type as ScalarName };
  const name = type.endsWith("!") ? type.slice(0, -1) : type;
  const named = typeNamed(name.includes(".") ? name : `${group}.${name}`);
  return name === type ? named : { ...named, atomic: true };
}

function listOf(type: string, group: string): ListSchema {
  const end = type.indexOf("]");
  const mark = type.slice(1, end);
  const items = schemaOf(type.slice(end + 1), group);
  if (mark === "" || mark === "set") return { kind: "list", list: mark === "" ? "atomic" : "set", keys: [], items };
  return { kind: "list", list: "map", keys: mark.split(","), items };
}
