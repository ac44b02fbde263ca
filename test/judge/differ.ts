/** A place where two answers differ. */
export interface Difference {
  readonly path: string;
  readonly judge: unknown;
  readonly lido: unknown;
}

/** Members that are new with every call. */
const FRESH = new Set(["uid", "resourceVersion", "creationTimestamp", "time", "deletionTimestamp", "lastTransitionTime"]);
/** What names an element of a list, the first that it has. */
const KEYS = ["name", "resource", "groupVersion", "manager", "type", "version", "key", "field"];

/** Where `lido` differs from `judge`; members that are new with every call need only be there in both. */
export function differences(judge: unknown, lido: unknown, path = ""): readonly Difference[] {
  if (isList(judge) && isList(lido)) return ofLists(judge, lido, path);
  if (isRecord(judge) && isRecord(lido)) return ofMembers(judge, lido, path);
  return judge === lido ? [] : [{ path, judge, lido }];
}

function ofMembers(judge: Members, lido: Members, path: string): readonly Difference[] {
  const names = new Set([...Object.keys(judge), ...Object.keys(lido)]);
  return [...names].flatMap((name) => {
    const [a, b] = [judge[name], lido[name]];
    if (FRESH.has(name) && typeof a === typeof b) return [];
    return differences(a, b, `${path}.${name}`);
  });
}

function ofLists(judge: readonly unknown[], lido: readonly unknown[], path: string): readonly Difference[] {
  const [keyed, others] = [keyedList(judge), keyedList(lido)];
  if (keyed !== undefined && others !== undefined) return ofMembers(keyed, others, path);
  const length = Math.max(judge.length, lido.length);
  return Array.from({ length }, (_, index) => differences(judge[index], lido[index], `${path}[${index}]`)).flat();
}

/** The elements by what names them; undefined when two are named alike or one has no name. */
function keyedList(list: readonly unknown[]): Members | undefined {
  const key = KEYS.find((name) => list.every((element) => typeof keyOf(element, name) === "string"));
  if (key === undefined) return undefined;
  const members = Object.fromEntries(list.map((element) => [`{${String(keyOf(element, key))}}`, element]));
  return Object.keys(members).length === list.length ? members : undefined;
}

/** Objects are named by their metadata. */
function keyOf(element: unknown, key: string): unknown {
  if (!isRecord(element)) return undefined;
  return element[key] ?? (isRecord(element["metadata"]) ? element["metadata"][key] : undefined);
}

type Members = Readonly<Record<string, unknown>>;

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const isRecord = (value: unknown): value is Members => typeof value === "object" && value !== null && !Array.isArray(value);
