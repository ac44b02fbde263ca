import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Coverage } from "./runner/coverage.ts";
import { layoutOf } from "./runner/layout.ts";
import { at, differences } from "./runner/pattern.ts";
import { type Case, readTable } from "./runner/table.ts";
import { type Answer, World } from "./runner/world.ts";

const NOT_COVERED = join(import.meta.dirname, "not-covered.txt");
const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith(".yaml"));
const tables = files.map((file) => readTable(join(import.meta.dirname, file), file));
/** Fewer cases than this means that tables are not found. */
const FEWEST_CASES = 700;
/** What agent pools are asked for; fewer means that a table of theirs is not found. */
const FEWEST_OF_POOLS = 300;
const OF_POOLS = /\/agentpools(?:[/?]|$)/i;
let ofPools = 0;
const coverage = new Coverage();

describe.each(tables)("$file", ({ let: names, start, given, cases }) => {
  let world: World;
  beforeAll(async () => {
    world = await World.open(start);
    coverage.know(world.service.operations);
    world.name(names);
    for (const step of given) await world.set(step);
  }, 60_000);
  afterAll(() => world.service.stop());

  it.each(cases)("$title", { timeout: 60_000 }, async (one) => {
    for (const step of one.given ?? []) await world.set(step);
    const { request } = world.filled(one);
    if (OF_POOLS.test(request.path)) ofPools += 1;
    coverage.touch(request.method, request.path, { isRefused: one.status >= 400 });
    const answer = await world.send(request);
    const found = check(world.filled(one), answer);
    if (one.end !== undefined) found.push(...differences(world.filled(one.end), (await world.ended(answer)).body, "end"));
    expect(found, `${one.title}\n${answer.status} ${answer.text}\nSource: ${one.source}`).toEqual([]);
    world.capture(one.capture, answer);
  });
});

function check(one: Case, answer: Answer): string[] {
  const found: string[] = [];
  if (answer.status !== one.status) found.push(`status: ${answer.status} instead of ${one.status}`);
  found.push(...differences(lowerCased(one.headers ?? {}), answer.headers, "headers"));
  if (one.body === "<empty>") found.push(...differences("", answer.text, "body"));
  else if (one.body !== undefined) found.push(...differences(one.body, answer.body));
  for (const [path, members] of Object.entries(one.members ?? {})) {
    const names = Object.keys((at(answer.body, path) as object | undefined) ?? {});
    if (names.join() !== members.join()) found.push(`members of ${path}: ${names.join()} instead of ${members.join()}`);
  }
  if (one.layout !== undefined && layoutOf(answer.text) !== one.layout)
    found.push(`layout: ${layoutOf(answer.text)} instead of ${one.layout}`);
  return found;
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

describe("the tables together", () => {
  it("are all there", () => {
    expect(tables.reduce((sum, { cases }) => sum + cases.length, 0)).toBeGreaterThanOrEqual(FEWEST_CASES);
    expect(ofPools).toBeGreaterThanOrEqual(FEWEST_OF_POOLS);
  });

  it("touch every operation that not-covered.txt does not name, and none that it does", () => {
    const listed = readFileSync(NOT_COVERED, "utf8")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    expect(coverage.untouched().join("\n")).toBe(listed.join("\n"));
  });

  it("get no answer from what the service does not name as its operation", () => {
    expect(coverage.strange()).toEqual([]);
  });
});
