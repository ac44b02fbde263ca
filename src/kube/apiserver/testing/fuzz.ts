import type { KubeCall } from "#api/kubernetes/transport";
import type { Random } from "#lib";
import { type Sample, samples } from "./fuzz-samples.ts";

/** A request that may be anything but dangerous. */
export interface FuzzCall {
  readonly method: KubeCall["method"];
  readonly path: string;
  readonly query?: Record<string, string>;
  readonly contentType?: string;
  readonly body?: unknown;
}

type Json = unknown;
type Path = readonly (string | number)[];

const DEPTH = 150;
const MAX_SPOILS = 4;

function deep(): Json {
  let value: Json = 1;
  for (let level = 0; level < DEPTH; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

/** Values that do not belong where they come to stand. */
const POISONS: readonly Json[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  2 ** 53,
  -(2 ** 63),
  "",
  " ",
  "x",
  "../..",
  "__proto__",
  "constructor",
  "\u0000",
  "ü",
  "a/b",
  "1",
  "-5Gi",
  "10%",
  "100m",
  "1e400",
  "9".repeat(400),
  "x".repeat(300),
  "a=b,c!=d",
  "2020-01-01T00:00:00Z",
  "*/5 * * * *",
  "{{.}}",
  "http",
  "default",
];
const SHAPES: readonly (() => Json)[] = [
  () => [],
  () => ({}),
  () => [null],
  () => [[]],
  () => [{}],
  () => ({ a: null }),
  () => ({ "": 1 }),
  () => JSON.parse('{"__proto__":{"polluted":true}}'),
  () => ({ constructor: { prototype: { polluted: true } } }),
  () => ({ $patch: "replace" }),
  () => ({ $patch: "delete" }),
  () => ({ "$setElementOrder/containers": [{ name: "c" }], $retainKeys: ["a"] }),
  () => ({ "$deleteFromPrimitiveList/finalizers": ["a"] }),
  deep,
];

const PATCHES = [
  "application/json-patch+json",
  "application/merge-patch+json",
  "application/strategic-merge-patch+json",
  "application/apply-patch+yaml",
  "text/plain",
] as const;
const QUERIES: readonly Record<string, string>[] = [
  { limit: "-1" },
  { limit: "x" },
  { limit: "2", continue: "garbage" },
  { continue: "eyJ2IjoibWV0YS5rOHMuaW8vdjEifQ" },
  { resourceVersion: "abc" },
  { resourceVersion: "0", resourceVersionMatch: "Exact" },
  { resourceVersionMatch: "NotOlderThan" },
  { labelSelector: "a in (" },
  { labelSelector: "!a,b notin (c),d=e" },
  { fieldSelector: "spec.nothing=1" },
  { fieldSelector: "metadata.name=p,metadata.name!=q" },
  { dryRun: "All" },
  { dryRun: "Some" },
  { fieldValidation: "Strict" },
  { fieldValidation: "Loose" },
  { fieldManager: "x".repeat(200) },
  { fieldManager: "fuzz", force: "true" },
  { force: "perhaps" },
  { propagationPolicy: "Foreground" },
  { propagationPolicy: "Nope" },
  { gracePeriodSeconds: "-1" },
  { orphanDependents: "true", propagationPolicy: "Background" },
];
const NAMES = ["p", "n", "s", "c", "w", "j", "b", "nope", "UPPER", "a..b", "x".repeat(300), "%2e%2e", "a%00b", "kubernetes", "default"];

/** Call N of a seed's random: the same for the same seed. */
export function fuzzCall(random: Random, present: (path: string) => Json): FuzzCall {
  const sample = oneOf(random, samples);
  const ownName = (sample.object["metadata"] as { name: string }).name;
  const name = random.int(4) === 0 ? oneOf(random, NAMES) : ownName;
  const collection = random.int(40) === 0 ? spoiledPath(random, sample.path) : sample.path;
  const query = random.int(3) === 0 ? { query: oneOf(random, QUERIES) } : {};
  const item = itemPath(random, sample, `${collection}/${name}`);
  switch (random.int(8)) {
    case 0:
      return { method: "GET", path: random.int(2) === 0 ? collection : item, ...query };
    case 1:
      return { method: "DELETE", path: random.int(12) === 0 ? collection : item, ...query, ...optionalBody(random) };
    case 2:
    case 3:
      return { method: "POST", path: random.int(6) === 0 ? item : collection, ...query, body: spoil(random, sample.object) };
    case 4:
      return { method: "PUT", path: item, ...query, body: spoil(random, present(item) ?? sample.object) };
    default:
      return { method: "PATCH", path: item, ...query, ...patch(random, sample, present(item)) };
  }
}

function itemPath(random: Random, { subresources = [] }: Sample, path: string): string {
  if (random.int(4) !== 0) return path;
  return `${path}/${oneOf(random, [...subresources, "status", "scale", "nothing", ""])}`;
}

function spoiledPath(random: Random, path: string): string {
  const parts = path.split("/");
  parts[1 + random.int(parts.length - 1)] = oneOf(random, ["", "..", "%2f", "v9", "namespaces", "watch", "x".repeat(300), "%zz"]);
  return parts.join("/");
}

function optionalBody(random: Random): { body?: Json } {
  const options = {
    apiVersion: "v1",
    kind: "DeleteOptions",
    gracePeriodSeconds: 0,
    preconditions: { uid: "no" },
    propagationPolicy: "Orphan",
  };
  return random.int(2) === 0 ? {} : { body: spoil(random, options) };
}

function patch(random: Random, sample: Sample, present: Json): { contentType: string; body: Json } {
  const contentType = oneOf(random, PATCHES);
  if (contentType !== "application/json-patch+json")
    return { contentType, body: spoil(random, random.int(2) === 0 ? sample.object : part(random, sample)) };
  const places = pathsOf(present ?? sample.object);
  const operations = Array.from({ length: 1 + random.int(3) }, () => {
    const pointer = (): string => `/${oneOf(random, places).join("/")}${oneOf(random, ["", "", "/-", "/0", "/~", "/a~1b"])}`;
    return {
      op: oneOf(random, ["add", "remove", "replace", "move", "copy", "test", "nope"]),
      path: pointer(),
      from: pointer(),
      value: poison(random),
    };
  });
  return { contentType, body: random.int(5) === 0 ? spoil(random, operations) : operations };
}

/** One member of a right object. */
function part(random: Random, { object }: Sample): Json {
  const [key, value] = oneOf(random, Object.entries(object));
  return { [key]: value };
}

/** A copy with up to {@link MAX_SPOILS} places changed; none, one time in four. */
function spoil(random: Random, value: Json): Json {
  let spoiled = structuredClone(value);
  for (let count = random.int(MAX_SPOILS); count > 0; count--) {
    const places = pathsOf(spoiled);
    if (places.length === 0) return poison(random);
    spoiled = changeAt(random, spoiled, oneOf(random, places));
  }
  return spoiled;
}

function changeAt(random: Random, root: Json, path: Path): Json {
  const parent = path.slice(0, -1).reduce<Json>((value, key) => (value as Record<string | number, Json>)[key], root);
  const key = path.at(-1);
  if (key === undefined || parent === null || typeof parent !== "object") return root;
  const holder = parent as Record<string | number, Json>;
  const value = holder[key];
  const way = random.int(6);
  if (way === 0 && Array.isArray(holder)) holder.splice(Number(key), 1);
  else if (way === 0) delete holder[key];
  else if (way === 1 && !Array.isArray(holder)) holder[`${String(key)}X`] = value;
  else if (way === 2 && Array.isArray(value)) value.push(...(structuredClone(value) as Json[]));
  else holder[key] = poison(random);
  return root;
}

function poison(random: Random): Json {
  return random.int(3) === 0 ? oneOf(random, SHAPES)() : oneOf(random, POISONS);
}

/** Places inside a value, whose last step can be changed. */
function pathsOf(value: Json, at: Path = []): Path[] {
  if (value === null || typeof value !== "object" || at.length > 12) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = [...at, Array.isArray(value) ? Number(key) : key];
    return [path, ...pathsOf(inner, path)];
  });
}

function oneOf<T>(random: Random, values: readonly T[]): T {
  return values[random.int(values.length)] as T;
}
