import { beforeEach, describe, expect, it } from "vitest";
import { type DocumentEvent, type Documents, MAX_ATTEMPTS, openDocuments } from "./documents.ts";
import { openMemoryStore } from "./memory/index.ts";
import type { Store } from "./store.ts";

interface Pool {
  readonly count: number;
  readonly note?: string | undefined;
}

describe("openDocuments", () => {
  let store: Store;
  let pools: Documents<Pool>;
  const write = async (id: string, value: Pool): Promise<void> => void (await store.transact([], [pools.put(id, value)]));

  beforeEach(async () => {
    store = openMemoryStore();
    pools = await openDocuments<Pool>(store, "pools/");
  });

  it("holds what was there before, and nothing of other prefixes", async () => {
    await write("b", { count: 1 });
    await write("a/x", { count: 2 });
    await store.transact([], [{ kind: "put", key: "poolsides", value: Buffer.from("not JSON") }]);
    const again = await openDocuments<Pool>(store, "pools/");
    expect(again.list().map(({ id, value, revision }) => [id, value.count, revision])).toEqual([
      ["a/x", 2, 3],
      ["b", 1, 2],
    ]);
    expect(again.list("a/").map(({ id }) => id)).toEqual(["a/x"]);
    expect(again.get("c")).toBeUndefined();
  });

  it("is up to date when a write returns, and decodes what was stored, not what was handed in", async () => {
    const value = { count: 1, note: undefined };
    await write("a", value);
    value.count = 9;
    expect(pools.get("a")).toEqual({ id: "a", value: { count: 1 }, revision: 2 });
    await store.transact([pools.unchanged("a", pools.get("a"))], [pools.remove("a")]);
    expect(pools.list()).toEqual([]);
  });

  it("tells of each change, when all of its transaction is in place, until it is told to stop", async () => {
    const seen: string[] = [];
    const tell = (event: DocumentEvent<Pool>): void => {
      const now = pools.list().map(({ id, value }) => `${id}=${value.count}`);
      const subject = event.kind === "put" ? event.document : event.previous;
      seen.push(`${event.kind} ${subject.id} ${event.previous?.value.count ?? "new"} of ${now.join()}`);
    };
    const stop = pools.subscribe(tell);
    await store.transact([], [pools.put("a", { count: 1 }), pools.put("b", { count: 1 })]);
    await store.transact([], [pools.put("b", { count: 2 }), pools.remove("a")]);
    stop();
    await write("c", { count: 1 });
    expect(seen).toEqual(["put a new of a=1,b=1", "put b new of a=1,b=1", "put b 1 of b=2", "delete a 1 of b=2"]);
  });

  it("writes on condition that a document is as it was seen, or absent", async () => {
    const absent = pools.unchanged("a", undefined);
    expect((await store.transact([absent], [pools.put("a", { count: 1 })])).succeeded).toBe(true);
    expect((await store.transact([absent], [pools.put("a", { count: 2 })])).succeeded).toBe(false);
    const seen = pools.unchanged("a", pools.get("a"));
    await write("a", { count: 3 });
    expect((await store.transact([seen], [pools.remove("a")])).succeeded).toBe(false);
  });

  it("updates by reading and writing again until nobody comes between", async () => {
    await write("a", { count: 0 });
    const added = await Promise.all([1, 2, 3].map(() => pools.update("a", ({ count }) => ({ count: count + 1 }))));
    expect(new Set(added.map((document) => document?.value.count))).toEqual(new Set([1, 2, 3]));
    expect(pools.get("a")?.value.count).toBe(3);
    expect(await pools.update("a", () => undefined)).toEqual(pools.get("a"));
    expect(await pools.update("absent", () => ({ count: 1 }))).toBeUndefined();
    expect(pools.get("absent")).toBeUndefined();
  });

  it("gives up an update that loses every time", async () => {
    await write("a", { count: 0 });
    let attempts = 0;
    const losing = pools.update("a", ({ count }) => {
      attempts++;
      void write("a", { count: count + 1 });
      return { count: -1 };
    });
    await expect(losing).rejects.toThrow(`document pools/a was changed by others at each of ${MAX_ATTEMPTS} attempts`);
    expect(attempts).toBe(MAX_ATTEMPTS);
  });

  it("hears of nothing once closed", async () => {
    pools.close();
    await write("a", { count: 1 });
    expect(pools.list()).toEqual([]);
  });
});
