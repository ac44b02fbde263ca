import { describe, expect, it } from "vitest";
import type { Pod } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import { type Entry, ResourceCache } from "./resource-cache.ts";
import type { Change } from "./watcher-set.ts";

const nodeOf = (object: KubeObject): string | undefined => (object as Pod).spec.nodeName;

function entry(namespace: string, name: string, revision: number, nodeName?: string): Entry {
  const spec = { containers: [], ...(nodeName === undefined ? {} : { nodeName }) };
  const object: Pod = { metadata: { name, namespace }, spec };
  return { key: `${namespace}/${name}`, object, bytes: new Uint8Array(), revision };
}

function keys(cache: ResourceCache, scope: { namespace?: string; node?: string }): string[] {
  return [...cache.list(scope)].map(({ key }) => key);
}

describe("ResourceCache", () => {
  it("lists in order of key, as a whole and by namespace and node", () => {
    const cache = new ResourceCache(nodeOf);
    cache.set(entry("b", "1", 2, "n1"));
    cache.set(entry("a", "2", 3, "n1"));
    cache.set(entry("a", "1", 4));
    expect(keys(cache, {})).toEqual(["a/1", "a/2", "b/1"]);
    expect(keys(cache, { namespace: "a" })).toEqual(["a/1", "a/2"]);
    expect(keys(cache, { node: "n1" })).toEqual(["a/2", "b/1"]);
    expect(keys(cache, { namespace: "none" })).toEqual([]);
  });

  it("follows an object from node to node and out of the world", () => {
    const cache = new ResourceCache(nodeOf);
    cache.set(entry("a", "1", 2));
    cache.set(entry("a", "1", 3, "n1"));
    cache.set(entry("a", "1", 4, "n2"));
    expect([keys(cache, { node: "n1" }), keys(cache, { node: "n2" })]).toEqual([[], ["a/1"]]);
    expect(cache.delete("a/1", 5)?.revision).toBe(4);
    expect([cache.size, cache.lastRevision, keys(cache, { node: "n2" }), keys(cache, { namespace: "a" })]).toEqual([0, 5, [], []]);
  });

  it("tells only the watchers whom a change concerns", () => {
    const cache = new ResourceCache(nodeOf);
    const told: string[] = [];
    const listen = (name: string) => (change: Change) => void told.push(`${name} ${change.revision}`);
    cache.watchers.add({}, listen("all"));
    cache.watchers.add({ namespace: "a" }, listen("a"));
    cache.watchers.add({ namespace: "b" }, listen("b"));
    cache.watchers.add({ node: "n1" }, listen("n1"));
    const stop = cache.watchers.add({ node: "n2" }, listen("n2"));
    const before = entry("a", "1", 2, "n1").object;
    cache.notify({ object: before, previous: undefined, revision: 2 });
    cache.notify({ object: entry("a", "1", 3, "n2").object, previous: before, revision: 3 });
    stop();
    stop();
    cache.notify({ object: undefined, previous: entry("a", "1", 3, "n2").object, revision: 4 });
    expect(told).toEqual(["all 2", "a 2", "n1 2", "all 3", "a 3", "n2 3", "n1 3", "all 4", "a 4"]);
    expect(cache.watchers.size).toBe(4);
  });
});
