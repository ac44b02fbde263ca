import { RE2JS } from "re2js";
import type { Environment } from "@marcbachmann/cel-js";

/** Calls that the library does by units of UTF-16 or by JavaScript's regular expressions, and what does them here. */
export const RENAMED: ReadonlyMap<string, string> = new Map([
  ["matches", "matchesRe2"],
  ["indexOf", "indexOfPoint"],
  ["lastIndexOf", "lastIndexOfPoint"],
  ["substring", "substringOfPoints"],
]);

const patterns = new Map<string, RE2JS>();
const MAX_PATTERNS = 200;

function patternOf(text: string): RE2JS {
  let pattern = patterns.get(text);
  if (pattern === undefined) {
    try {
      pattern = RE2JS.compile(text);
    } catch (error) {
      throw new Error(`error parsing regexp: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
    if (patterns.size >= MAX_PATTERNS) patterns.clear();
    patterns.set(text, pattern);
  }
  return pattern;
}

/** Whether a text is a regular expression of Go's. */
export function isPattern(text: string): boolean {
  try {
    return patternOf(text) !== undefined;
  } catch {
    return false;
  }
}

function found(text: string, pattern: string, most: number): string[] {
  const matcher = patternOf(pattern).matcher(text);
  const matches: string[] = [];
  while (matches.length < most && matcher.find()) matches.push(matcher.group() ?? "");
  return matches;
}

function indexOf(text: string, part: string, from: bigint, direction: "first" | "last"): bigint {
  const [points, wanted] = [Array.from(text), Array.from(part)];
  const start = Number(from);
  if (start < 0 || start > points.length) throw new Error(`index out of range: ${start}`);
  const isAt = (at: number): boolean => wanted.every((each, index) => points[at + index] === each);
  if (direction === "first") {
    for (let at = start; at <= points.length - wanted.length; at++) if (isAt(at)) return BigInt(at);
    return -1n;
  }
  for (let at = Math.min(start, points.length - wanted.length); at >= 0; at--) if (isAt(at)) return BigInt(at);
  return -1n;
}

function substring(text: string, from: bigint, to?: bigint): string {
  const points = Array.from(text);
  const [start, end] = [Number(from), to === undefined ? points.length : Number(to)];
  if (start < 0 || start > points.length || end < start || end > points.length)
    throw new Error(to === undefined ? `index out of range: ${start}` : `invalid substring range. start: ${start}, end: ${end}`);
  return points.slice(start, end).join("");
}

function charAt(text: string, at: bigint): string {
  const points = Array.from(text);
  if (at < 0n || at > BigInt(points.length)) throw new Error(`index out of range: ${at}`);
  return points[Number(at)] ?? "";
}

function replace(text: string, part: string, by: string, times: bigint): string {
  if (times < 0n) return text.split(part).join(by);
  let [left, done] = [text, ""];
  for (let count = 0n; count < times; count++) {
    const at = left.indexOf(part);
    if (at === -1) break;
    done += left.slice(0, at) + by;
    left = left.slice(at + part.length);
  }
  return done + left;
}

/** Source: google/cel-go ext/strings.go; apiserver pkg/cel/library/regex.go. */
export function addStrings(environment: Environment): Environment {
  return environment
    .registerFunction("string.matchesRe2(string): bool", (text: string, pattern: string) => patternOf(pattern).matcher(text).find())
    .registerFunction("string.find(string): string", (text: string, pattern: string) => found(text, pattern, 1)[0] ?? "")
    .registerFunction("string.findAll(string): list<string>", (text: string, pattern: string) => found(text, pattern, Infinity))
    .registerFunction("string.findAll(string, int): list<string>", (text: string, pattern: string, most: bigint) =>
      found(text, pattern, most < 0n ? Infinity : Number(most)),
    )
    .registerFunction("string.indexOfPoint(string): int", (text: string, part: string) => indexOf(text, part, 0n, "first"))
    .registerFunction("string.indexOfPoint(string, int): int", (text: string, part: string, from: bigint) =>
      indexOf(text, part, from, "first"),
    )
    .registerFunction("string.lastIndexOfPoint(string): int", (text: string, part: string) =>
      indexOf(text, part, BigInt(Array.from(text).length), "last"),
    )
    .registerFunction("string.lastIndexOfPoint(string, int): int", (text: string, part: string, from: bigint) =>
      indexOf(text, part, from, "last"),
    )
    .registerFunction("string.substringOfPoints(int): string", (text: string, from: bigint) => substring(text, from))
    .registerFunction("string.substringOfPoints(int, int): string", (text: string, from: bigint, to: bigint) => substring(text, from, to))
    .registerFunction("string.charAt(int): string", charAt)
    .registerFunction("string.reverse(): string", (text: string) => Array.from(text).toReversed().join(""))
    .registerFunction("string.replace(string, string): string", (text: string, part: string, by: string) => replace(text, part, by, -1n))
    .registerFunction("string.replace(string, string, int): string", replace);
}
