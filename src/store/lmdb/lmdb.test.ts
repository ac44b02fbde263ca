import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { describeStore, put, remove, show, showEvent } from "../store.contract.ts";
import { agreesWithModel, type Subject } from "../model.contract.ts";
import { openLmdbStore } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "lido-store-"));
let count = 0;
const newDirectory = (): string => join(folder, String(count++));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describeStore("openLmdbStore", (onDefect) => openLmdbStore({ directory: newDirectory(), onDefect }));

async function openSubject(): Promise<Subject> {
  const directory = newDirectory();
  let store = await openLmdbStore({ directory });
  const reopen = async (): ReturnType<typeof openLmdbStore> => {
    await store.close();
    return (store = await openLmdbStore({ directory }));
  };
  return { store, reopen, close: () => store.close() };
}

describe("openLmdbStore", () => {
  agreesWithModel(openSubject, 25);

  it.skipIf(process.platform === "win32").each(["made", "found"])("lets nobody else into the folder that it has %s", async (how) => {
    const directory = newDirectory();
    if (how === "found") mkdirSync(directory, { mode: 0o755 });
    const store = await openLmdbStore({ directory });
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    await store.close();
  });

  it("finds pairs, revision, history and compaction again after it was closed", async () => {
    const directory = newDirectory();
    const before = await openLmdbStore({ directory });
    await before.transact([], [put("a", "1"), put("b", "1")]);
    await before.transact([], [put("a", "2")]);
    await before.transact([], [remove("b")]);
    await before.compact(2);
    await before.close();
    const after = await openLmdbStore({ directory });
    expect([after.revision(), after.compactedRevision()]).toEqual([4, 2]);
    expect((await after.range({ prefix: "" })).pairs.map(show)).toEqual(["a=2 2:3"]);
    const past: string[] = [];
    after.watch({ prefix: "", fromRevision: 3 }, (events) => void past.push(...events.map(showEvent)));
    expect(past).toEqual(["3 put a=2 2:3 (was a=1 2:2)", "4 delete b (was b=1 2:2)"]);
    expect(await after.transact([], [put("c")])).toEqual({ succeeded: true, revision: 5 });
    await after.close();
  });
});
