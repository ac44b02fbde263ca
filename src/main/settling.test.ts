import { describe, expect, it } from "vitest";
import { systemClock, VirtualClock } from "#lib";
import { openMemoryStore } from "#store";
import { createSettling } from "./settling.ts";

const PUT = [{ kind: "put", key: "k", value: Buffer.from("v") }] as const;

describe("settling", () => {
  it("waits for transactions, for what they lead to, and for work that is counted", async () => {
    const memory = openMemoryStore();
    const done: string[] = [];
    const slow = {
      ...memory,
      transact: (...args: Parameters<typeof memory.transact>) => systemClock.sleep(20).then(() => memory.transact(...args)),
    };
    for (const name of ["revision", "compactedRevision", "get", "range", "watch", "compact", "close"] as const)
      Object.assign(slow, { [name]: memory[name].bind(memory) });
    const { store, counting, settle } = createSettling(slow, systemClock);
    const make = counting(async (ms: number) => {
      await systemClock.sleep(ms);
      done.push("made");
    });
    void store.transact([], PUT).then(async () => {
      await store.transact([], PUT);
      await make(10);
    });
    await settle();
    expect(done).toEqual(["made"]);
    expect(store.revision()).toBe((await store.get("k"))?.modRevision);
  });

  it("waits for work that is put off from turn to turn", async () => {
    const { settle } = createSettling(openMemoryStore(), systemClock);
    let turns = 0;
    const work = (): void => {
      if (++turns < 20) setImmediate(work);
    };
    setImmediate(work);
    await settle();
    expect(turns).toBe(20);
  });

  it("does not wait for ever for those who never cease", async () => {
    const wall = new VirtualClock();
    const { counting, settle } = createSettling(openMemoryStore(), wall);
    void counting(() => new Promise(() => undefined))();
    let hasSettled = false;
    void settle().then(() => (hasSettled = true));
    await wall.advance(1000);
    expect(hasSettled).toBe(false);
    await wall.advance(2000);
    expect(hasSettled).toBe(true);
  });
});
