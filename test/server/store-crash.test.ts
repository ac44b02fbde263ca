import { type ChildProcessByStdio, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openLmdbStore } from "#store";

const ROOT = join(import.meta.dirname, "../..");
/** Inside the checkout, so that the bundle finds its packages. */
const WRITER = join(ROOT, "node_modules/.cache/store-crash-writer.mjs");
const KILLS = 5;
const FLIGHTS = 32;

/** Writes numbered pairs, many at a time and two in a transaction, and says each number once the store has acknowledged it. */
const WRITER_SOURCE = `
  import { writeSync } from "node:fs";
  import { openLmdbStore } from "#store";
  const store = await openLmdbStore({ directory: process.argv[2] });
  let next = Number(process.argv[3]);
  async function write() {
    for (;;) {
      const number = next++;
      const value = Buffer.from(String(number));
      const { revision } = await store.transact([], [
        { kind: "put", key: "number/" + number, value },
        { kind: "put", key: "twin/" + number, value },
      ]);
      writeSync(1, number + " " + revision + "\\n");
    }
  }
  for (let flight = 0; flight < ${FLIGHTS}; flight++) void write();
`;

const folder = mkdtempSync(join(tmpdir(), "lido-crash-"));

beforeAll(async () => {
  const stdin = { contents: WRITER_SOURCE, resolveDir: ROOT, loader: "ts" } as const;
  await build({ stdin, bundle: true, platform: "node", format: "esm", packages: "external", outfile: WRITER, logLevel: "error" });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a writer until it has acknowledged `count` writes, then kills it; gives all that it said until its end. */
async function writeAndKill(directory: string, from: number, count: number): Promise<Map<number, number>> {
  const acknowledged = new Map<number, number>();
  const child: ChildProcessByStdio<null, Readable, null> = spawn(process.execPath, [WRITER, directory, String(from)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const [number, revision] = line.split(" ").map(Number);
    if (number !== undefined && revision !== undefined) acknowledged.set(number, revision);
    if (acknowledged.size === count) child.kill("SIGKILL");
  }
  expect(acknowledged.size).toBeGreaterThanOrEqual(count);
  return acknowledged;
}

describe("openLmdbStore", () => {
  it("has everything that it acknowledged, and each transaction wholly or not at all, after kill -9", async () => {
    const directory = join(folder, "store");
    const acknowledged = new Map<number, number>();
    let from = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      for (const [number, revision] of await writeAndKill(directory, from, 200 + 300 * kill)) acknowledged.set(number, revision);
      const store = await openLmdbStore({ directory });
      const numbers = (await store.range({ prefix: "number/" })).pairs;
      const twins = new Map(
        (await store.range({ prefix: "twin/" })).pairs.map((pair) => [pair.key.slice("twin/".length), pair.modRevision]),
      );
      const stored = new Map(numbers.map((pair) => [Number(pair.key.slice("number/".length)), pair.modRevision]));
      const lost = [...acknowledged].filter(([number, revision]) => stored.get(number) !== revision);
      const halves = numbers.filter((pair) => twins.get(pair.key.slice("number/".length)) !== pair.modRevision);
      expect({ lost, halves, twins: twins.size }).toEqual({ lost: [], halves: [], twins: numbers.length });
      expect(store.revision()).toBe(Math.max(...stored.values()));
      from = Math.max(...stored.keys()) + 1;
      await store.close();
    }
  });
});
