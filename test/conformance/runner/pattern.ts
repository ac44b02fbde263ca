const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?(Z|\+00:00)$/;

/** A place for which an answer differs from its pattern, in words. */
export type Difference = string;

/**
 * Differences between a pattern and a value; none when it fits.
 * `<some>` fits a list of which an item fits its pattern. Objects fit when every member of the pattern does, arrays when they are of one length and each item does.
 */
export function differences(pattern: unknown, value: unknown, place = "body"): readonly Difference[] {
  if (typeof pattern === "string") return matchesText(pattern, value) ? [] : [`${place}: ${show(value)} instead of ${pattern}`];
  if (Array.isArray(pattern)) {
    if (!Array.isArray(value)) return [`${place}: ${show(value)} instead of a list`];
    if (value.length !== pattern.length) return [`${place}: ${value.length} items instead of ${pattern.length}: ${show(value)}`];
    return pattern.flatMap((item, index) => differences(item, value[index], `${place}.${index}`));
  }
  if (typeof pattern === "object" && pattern !== null) {
    if (Object.hasOwn(pattern, SOME)) return someDiffers((pattern as Readonly<Record<string, unknown>>)[SOME], value, place);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${place}: ${show(value)} instead of an object`];
    const members = value as Readonly<Record<string, unknown>>;
    return Object.entries(pattern).flatMap(([key, member]) => differences(member, members[key], `${place}.${key}`));
  }
  return Object.is(pattern, value) ? [] : [`${place}: ${show(value)} instead of ${show(pattern)}`];
}

const SOME = "<some>";

function someDiffers(pattern: unknown, value: unknown, place: string): readonly Difference[] {
  const fits = Array.isArray(value) && value.some((item: unknown) => differences(pattern, item).length === 0);
  return fits ? [] : [`${place}: no item is like ${show(pattern)}`];
}

function matchesText(pattern: string, value: unknown): boolean {
  if (pattern === "<absent>") return value === undefined;
  if (pattern === "<any>") return value !== undefined;
  if (pattern === "<empty object>") return typeof value === "object" && value !== null && Object.keys(value).length === 0;
  if (typeof value !== "string") return false;
  if (pattern === "<guid>") return GUID.test(value);
  if (pattern === "<time>") return TIME.test(value);
  const encoded = /^<base64> (.*)$/s.exec(pattern)?.[1];
  if (encoded !== undefined) return matchesText(encoded, Buffer.from(value, "base64").toString("utf8"));
  const expression = /^\/(.*)\/$/s.exec(pattern)?.[1];
  return expression === undefined ? value === pattern : new RegExp(expression).test(value);
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? "nothing";
}

/** The value at a path of member names and indices, `properties.agentPoolProfiles.0`; the value itself at "". */
export function at(value: unknown, path: string): unknown {
  return path === ""
    ? value
    : path.split(".").reduce<unknown>((from, part) => (from as Record<string, unknown> | undefined)?.[part], value);
}
