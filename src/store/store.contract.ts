import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KEPT_REVISIONS } from "./engine/batch.ts";
import {
  CompactedError,
  FutureRevisionError,
  type KeyValue,
  MAX_KEY_BYTES,
  MAX_OPS,
  MAX_VALUE_BYTES,
  type Op,
  type Store,
  type StoreEvent,
  ValueTooLargeError,
} from "./store.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A put of text. */
export function put(key: string, value = ""): Op {
  return { kind: "put", key, value: encoder.encode(value) };
}

/** A delete. */
export function remove(key: string): Op {
  return { kind: "delete", key };
}

/** A pair as `key=value createRevision:modRevision`. */
export function show(pair: KeyValue | undefined): string | undefined {
  return pair && `${pair.key}=${decoder.decode(pair.value)} ${pair.createRevision}:${pair.modRevision}`;
}

/** An event as `revision put key=… (was key=…)`. */
export function showEvent(event: StoreEvent): string {
  const was = event.previous === undefined ? "" : ` (was ${show(event.previous)})`;
  return event.kind === "put" ? `${event.revision} put ${show(event.pair)}${was}` : `${event.revision} delete ${event.key}${was}`;
}

const keysOf = (pairs: readonly KeyValue[]): string[] => pairs.map(({ key }) => key);

/** What every store must do. `open` makes a new, empty one that hands `onDefect` what a watcher throws. */
export function describeStore(name: string, open: (onDefect: (error: unknown) => void) => Promise<Store>): void {
  let store: Store;
  let defects: unknown[];
  const write = (...ops: Op[]): Promise<unknown> => store.transact([], ops);

  /** Events of a watch, a list per call. */
  function record(prefix: string, fromRevision?: number): { calls: string[][]; close(): void } {
    const calls: string[][] = [];
    const options = fromRevision === undefined ? { prefix } : { prefix, fromRevision };
    const { close } = store.watch(options, (events) => void calls.push(events.map(showEvent)));
    return { calls, close };
  }

  describe(name, () => {
    beforeEach(async () => {
      defects = [];
      store = await open((error) => void defects.push(error));
    });
    afterEach(async () => {
      await store.close();
      expect(defects).toEqual([]);
    });

    describe("transactions", () => {
      it("an empty store has revision 1, and each change takes the next one", async () => {
        expect(store.revision()).toBe(1);
        expect(await write(put("a", "1"))).toEqual({ succeeded: true, revision: 2 });
        expect(await write(put("a", "2"), put("b", "1"))).toEqual({ succeeded: true, revision: 3 });
        expect(store.revision()).toBe(3);
        expect(show(await store.get("a"))).toBe("a=2 2:3");
        expect(show(await store.get("b"))).toBe("b=1 3:3");
        expect(await store.get("c")).toBeUndefined();
      });

      it("a key that is deleted and put again is created anew", async () => {
        await write(put("a", "1"));
        await write(remove("a"));
        expect(await store.get("a")).toBeUndefined();
        await write(put("a", "2"));
        expect(show(await store.get("a"))).toBe("a=2 4:4");
      });

      it("one without effect keeps the revision: no op, or a delete of what is absent", async () => {
        expect(await store.transact([], [])).toEqual({ succeeded: true, revision: 1 });
        expect(await write(remove("a"))).toEqual({ succeeded: true, revision: 1 });
        expect(store.revision()).toBe(1);
      });

      it("a put of the same value is a change", async () => {
        await write(put("a", "1"));
        expect(await write(put("a", "1"))).toEqual({ succeeded: true, revision: 3 });
      });

      it("of several ops on one key the last counts, and watchers see one event", async () => {
        const watch = record("");
        await write(put("a", "1"), put("b", "1"), remove("a"), put("b", "2"), put("c", "1"));
        expect(watch.calls).toEqual([["2 put b=2 2:2", "2 put c=1 2:2"]]);
      });

      it("applies when all compares hold, and otherwise changes nothing and tells what is stored", async () => {
        await write(put("a", "1"));
        const compares = [
          { key: "a", modRevision: 2 },
          { key: "b", modRevision: 0 },
        ];
        expect(await store.transact(compares, [put("b", "1")])).toEqual({ succeeded: true, revision: 3 });
        const refused = await store.transact(compares, [remove("a")]);
        expect(refused).toMatchObject({ succeeded: false, revision: 3 });
        expect(refused.succeeded ? [] : refused.current.map(show)).toEqual(["a=1 2:2", "b=1 3:3"]);
        const absent = await store.transact([{ key: "x", modRevision: 2 }], [remove("a")]);
        expect(absent).toEqual({ succeeded: false, revision: 3, current: [undefined] });
        expect(store.revision()).toBe(3);
      });

      it("those sent at once apply in order, each seeing the ones before", async () => {
        const sent = [1, 2, 3].map(() => store.transact([{ key: "once", modRevision: 0 }], [put("once")]));
        const count = Array.from({ length: 200 }, (_, index) =>
          store.transact([{ key: "n", modRevision: index === 0 ? 0 : index + 2 }], [put("n", String(index))]),
        );
        expect((await Promise.all(sent)).map(({ succeeded }) => succeeded)).toEqual([true, false, false]);
        expect((await Promise.all(count)).every(({ succeeded }) => succeeded)).toBe(true);
        expect(show(await store.get("n"))).toBe("n=199 3:202");
      });

      it("refuses what is larger than its limits, and takes what is just as large", async () => {
        const ops = Array.from({ length: MAX_OPS }, (_, index) => put(`many/${index}`));
        await expect(write(...ops, put("one more"))).rejects.toThrow(RangeError);
        await expect(write(put(""))).rejects.toThrow(RangeError);
        await expect(write(put("k".repeat(MAX_KEY_BYTES + 1)))).rejects.toThrow(RangeError);
        await expect(write({ kind: "put", key: "v", value: new Uint8Array(MAX_VALUE_BYTES + 1) })).rejects.toThrow(ValueTooLargeError);
        expect(store.revision()).toBe(1);
        await write(...ops);
        const largest = { key: "k".repeat(MAX_KEY_BYTES), value: new Uint8Array(MAX_VALUE_BYTES).fill(7) };
        await write({ kind: "put", ...largest });
        expect(Buffer.from((await store.get(largest.key))?.value ?? []).equals(largest.value)).toBe(true);
        expect((await store.range({ prefix: "many/", limit: 1 })).remaining).toBe(MAX_OPS - 1);
      });

      it("keeps bytes as they are, also none", async () => {
        const value = Uint8Array.from({ length: 256 }, (_, byte) => byte);
        await write({ kind: "put", key: "bytes", value }, put("empty"));
        expect(new Uint8Array((await store.get("bytes"))?.value ?? [])).toEqual(value);
        expect((await store.get("empty"))?.value).toHaveLength(0);
      });

      it("takes a value that is made when it is asked for, as any other", async () => {
        const told: string[] = [];
        store.watch({ prefix: "" }, (events) => void told.push(...events.map(showEvent)));
        const sourced = (text: string): Op => ({
          kind: "put",
          key: "a",
          value: { length: text.length, bytes: () => encoder.encode(text) },
        });
        await write(sourced("one"));
        await write(sourced("two"));
        expect(told).toEqual(["2 put a=one 2:2", "3 put a=two 2:3 (was a=one 2:2)"]);
        expect(show(await store.get("a"))).toBe("a=two 2:3");
        expect((await store.range({ prefix: "", revision: 2 })).pairs.map(show)).toEqual(["a=one 2:2"]);
        const tooLong = { length: MAX_VALUE_BYTES + 1, bytes: () => new Uint8Array() };
        await expect(write({ kind: "put", key: "a", value: tooLong })).rejects.toThrow(ValueTooLargeError);
      });
    });

    describe("ranges", () => {
      it("give the keys with the prefix in order of their UTF-16 code units", async () => {
        const keys = ["a", "a/", "a/b", "a0", "aé", "a\u{1F600}", "a\uE000", "a\uFFFF", "a\uD800", "b", "A", "a\0b"];
        await write(...keys.map((key) => put(key)));
        const sorted = keys.filter((key) => key.startsWith("a")).sort();
        expect(keysOf((await store.range({ prefix: "a" })).pairs)).toEqual(sorted);
        expect(keysOf((await store.range({ prefix: "" })).pairs)).toEqual([...keys].sort());
        expect(keysOf((await store.range({ prefix: "a/" })).pairs)).toEqual(["a/", "a/b"]);
        expect((await store.range({ prefix: "zz" })).pairs).toEqual([]);
      });

      it("come in pages, with the number that remains", async () => {
        await write(...["p/a", "p/b", "p/c", "p/d", "q/a"].map((key) => put(key)));
        const first = await store.range({ prefix: "p/", limit: 2 });
        expect([keysOf(first.pairs), first.remaining, first.revision]).toEqual([["p/a", "p/b"], 2, 2]);
        const second = await store.range({ prefix: "p/", after: "p/b", limit: 2 });
        expect([keysOf(second.pairs), second.remaining]).toEqual([["p/c", "p/d"], 0]);
        expect(keysOf((await store.range({ prefix: "p/", after: "p/bb" })).pairs)).toEqual(["p/c", "p/d"]);
        expect(keysOf((await store.range({ prefix: "p/", after: "a" })).pairs)).toHaveLength(4);
        expect(keysOf((await store.range({ prefix: "p/", after: "p/d" })).pairs)).toEqual([]);
        expect(keysOf((await store.range({ prefix: "p/", after: "q" })).pairs)).toEqual([]);
      });

      it("show an earlier revision as it was, page by page", async () => {
        await write(put("p/a", "1"), put("p/c", "1"));
        await write(put("p/b", "1"));
        await write(put("p/a", "2"), remove("p/c"), put("other"));
        await write(remove("p/b"), put("p/d"));
        const at = async (revision: number): Promise<unknown> => (await store.range({ prefix: "p/", revision })).pairs.map(show);
        expect(await at(1)).toEqual([]);
        expect(await at(2)).toEqual(["p/a=1 2:2", "p/c=1 2:2"]);
        expect(await at(3)).toEqual(["p/a=1 2:2", "p/b=1 3:3", "p/c=1 2:2"]);
        expect(await at(4)).toEqual(["p/a=2 2:4", "p/b=1 3:3"]);
        expect(await at(5)).toEqual(["p/a=2 2:4", "p/d= 5:5"]);
        const page = await store.range({ prefix: "p/", revision: 3, after: "p/a", limit: 1 });
        expect([keysOf(page.pairs), page.remaining, page.revision]).toEqual([["p/b"], 1, 3]);
        await expect(store.range({ prefix: "p/", revision: 6 })).rejects.toThrow(FutureRevisionError);
      });
    });

    describe("watches", () => {
      it("tell of each transaction in one call, before its promise resolves and after it is visible", async () => {
        const seen: string[] = [];
        store.watch({ prefix: "a" }, (events) => void seen.push(`${events.map(showEvent).join(", ")} at ${store.revision()}`));
        const sent = write(put("a", "1"), put("ab", "2"), put("b", "3")).then(() => seen.push("resolved"));
        await sent;
        await write(put("b", "4"));
        await write(put("a", "5"), remove("ab"));
        expect(seen).toEqual([
          "2 put a=1 2:2, 2 put ab=2 2:2 at 2",
          "resolved",
          "4 put a=5 2:4 (was a=1 2:2), 4 delete ab (was ab=2 2:2) at 4",
        ]);
      });

      it("begin with what is to come when no revision is named", async () => {
        await write(put("a"));
        const watch = record("");
        expect(watch.calls).toEqual([]);
        await write(put("b"));
        expect(watch.calls).toEqual([["3 put b= 3:3"]]);
      });

      it("resume from a revision: first the past, a call per transaction, before the watch is returned", async () => {
        await write(put("p/a", "1"), put("p/b", "1"));
        await write(put("q", "1"));
        await write(put("p/a", "2"));
        await write(remove("p/a"), put("p/b", "2"));
        const watch = record("p/", 2);
        const past = [
          ["2 put p/a=1 2:2", "2 put p/b=1 2:2"],
          ["4 put p/a=2 2:4 (was p/a=1 2:2)"],
          ["5 delete p/a (was p/a=2 2:4)", "5 put p/b=2 2:5 (was p/b=1 2:2)"],
        ];
        expect(watch.calls).toEqual(past);
        await write(put("p/c"));
        expect(watch.calls).toEqual([...past, ["6 put p/c= 6:6"]]);
        expect(record("p/", 5).calls).toHaveLength(2);
      });

      it("may begin at a revision to come", async () => {
        const watch = record("", 4);
        for (const key of ["a", "b", "c"]) await write(put(key));
        expect(watch.calls).toEqual([["4 put c= 4:4"]]);
      });

      it("end when closed, also from within another's call, and closing again does nothing", async () => {
        const other = record("");
        store.watch({ prefix: "" }, () => void 0);
        await write(put("a"));
        other.close();
        other.close();
        await write(put("b"));
        expect(other.calls).toHaveLength(1);
        let victim = { calls: [] as string[][], close: (): void => undefined };
        store.watch({ prefix: "" }, () => victim.close());
        victim = record("");
        await write(put("c"));
        expect(victim.calls).toEqual([]);
      });

      it("hear of transactions that a watcher sends in the order of their revisions", async () => {
        const follow = (events: readonly StoreEvent[]): void => {
          for (const { key } of events) if (key === "first") void write(put("second"));
        };
        store.watch({ prefix: "" }, follow);
        const after = record("");
        await write(put("first"));
        await write(put("third"));
        expect(after.calls.flat().map((text) => text.split(" ")[2])).toEqual(["first=", "second=", "third="]);
        await write(remove("second"));
        const replayed: string[] = [];
        store.watch({ prefix: "", fromRevision: 2 }, (events) => {
          replayed.push(...events.map(({ revision, key }) => `${revision} ${key}`));
          if (replayed.length === 1) void write(put("fourth"));
        });
        await write(put("fifth"));
        expect(replayed).toEqual(["2 first", "3 second", "4 third", "5 second", "6 fourth", "7 fifth"]);
      });

      it("that throw harm neither the transaction nor the other watchers", async () => {
        store.watch({ prefix: "" }, () => {
          throw new Error("a defect");
        });
        const other = record("");
        expect(await write(put("a"))).toEqual({ succeeded: true, revision: 2 });
        expect(other.calls).toHaveLength(1);
        expect(defects.splice(0).map(String)).toEqual(["Error: a defect"]);
      });
    });

    describe("compaction", () => {
      it("forgets what was, keeps what is, and refuses reads and watches of what is forgotten", async () => {
        for (const value of ["1", "2", "3"]) await write(put("a", value));
        expect(store.compactedRevision()).toBe(0);
        await store.compact(3);
        expect(store.compactedRevision()).toBe(3);
        expect(show(await store.get("a"))).toBe("a=3 2:4");
        await expect(store.range({ prefix: "", revision: 3 })).rejects.toThrow(CompactedError);
        expect((await store.range({ prefix: "", revision: 4 })).pairs).toHaveLength(1);
        expect(() => store.watch({ prefix: "", fromRevision: 3 }, () => undefined)).toThrow(
          "required revision 3 has been compacted (compacted revision 3)",
        );
        expect(record("", 4).calls).toEqual([["4 put a=3 2:4 (was a=2 2:3)"]]);
      });

      it("of less than is compacted does nothing, and of the future is refused", async () => {
        await write(put("a"));
        await write(put("b"));
        await store.compact(2);
        await store.compact(1);
        expect(store.compactedRevision()).toBe(2);
        await expect(store.compact(4)).rejects.toThrow(FutureRevisionError);
        await store.compact(3);
        await write(put("c"));
        expect(record("", 4).calls).toHaveLength(1);
      });

      it("comes by itself, and leaves the last revisions", async () => {
        const writes = Array.from({ length: KEPT_REVISIONS + 2500 }, (_, index) => write(put(`k${index % 50}`, String(index))));
        await Promise.all(writes);
        const compacted = store.compactedRevision();
        expect(compacted).toBeGreaterThan(0);
        expect(store.revision() - compacted).toBeGreaterThanOrEqual(KEPT_REVISIONS);
        expect(record("", compacted + 1).calls).toHaveLength(store.revision() - compacted);
      });
    });

    describe("closing", () => {
      it("waits for what is under way, and refuses what comes later", async () => {
        const sent = [write(put("a")), write(put("b"))];
        await store.close();
        expect(await Promise.all(sent)).toEqual([
          { succeeded: true, revision: 2 },
          { succeeded: true, revision: 3 },
        ]);
        await expect(write(put("c"))).rejects.toThrow("the store is closed");
        await expect(store.get("a")).rejects.toThrow("the store is closed");
        await expect(store.range({ prefix: "" })).rejects.toThrow("the store is closed");
        expect(() => store.watch({ prefix: "" }, () => undefined)).toThrow("the store is closed");
        await store.close();
      });
    });
  });
}
