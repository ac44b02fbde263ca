import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KubeObject } from "#api/kubernetes/meta";
import { silentLogger } from "#lib";
import { openMemoryStore, type Store } from "#store";
import type { Entry } from "./resource-cache.ts";
import { ObjectStorage, type Target } from "./storage.ts";

let store: Store;
let storage: ObjectStorage;
let target: Target;
beforeEach(async () => {
  store = openMemoryStore();
  storage = new ObjectStorage({ store, keyPrefix: "/k/", log: silentLogger });
  target = storage.target({ group: "", resource: "events" }, {});
  await storage.start();
});
afterEach(async () => {
  storage.stop();
  await store.close();
});

const object = (name: string, reason = "a"): KubeObject => ({ metadata: { name }, reason }) as KubeObject;
const entryOf = (name: string): Entry => {
  const entry = target.cache.get(name);
  if (entry === undefined) throw new Error(`no ${name}`);
  return entry;
};
const names = (): string[] => [...target.cache.values()].map(({ key }) => key);

describe("ObjectStorage.removeAll", () => {
  beforeEach(async () => {
    for (const name of ["a", "b", "c"]) await storage.create(target, name, object(name));
  });

  it("removes all at one revision, and tells of each", async () => {
    const told: string[] = [];
    target.cache.watchers.add({}, ({ previous, revision }) => void told.push(`${previous?.metadata.name ?? ""} ${revision}`));
    const before = store.revision();
    expect(await storage.removeAll(target, [entryOf("a"), entryOf("b")])).toBe(true);
    expect(names()).toEqual(["c"]);
    expect(told).toEqual([`a ${before + 1}`, `b ${before + 1}`]);
  });

  it("removes none when one of them is another meanwhile", async () => {
    const stale = [entryOf("a"), entryOf("b")];
    await storage.replace(target, entryOf("b"), object("b", "again"));
    expect(await storage.removeAll(target, stale)).toBe(false);
    expect(names()).toEqual(["a", "b", "c"]);
    expect(await storage.removeAll(target, [entryOf("a"), entryOf("b")])).toBe(true);
    expect(names()).toEqual(["c"]);
  });
});

it("what does not change is not written", async () => {
  await storage.create(target, "a", object("a"));
  const revision = store.revision();
  expect(await storage.replace(target, entryOf("a"), object("a"))).toMatchObject({ kind: "done" });
  expect(store.revision()).toBe(revision);
});
