import { array, assert, boolean, property, string, tuple } from "fast-check";
import { describe, expect, it } from "vitest";
import { SortedKeys } from "./sorted-keys.ts";

describe("SortedKeys", () => {
  it("holds what a sorted set holds, also over many blocks", () => {
    const keys = new SortedKeys();
    const numbers = Array.from({ length: 5000 }, (_, index) => String((index * 7919) % 5000).padStart(4, "0"));
    for (const key of [...numbers, ...numbers.slice(0, 100)]) keys.add(key);
    expect(keys.size).toBe(5000);
    expect([...keys.withPrefix("")]).toEqual([...numbers].sort());
    expect([...keys.withPrefix("12", "1250")]).toEqual(Array.from({ length: 49 }, (_, index) => String(1251 + index)));
    for (const key of numbers) if (!key.endsWith("7")) keys.remove(key);
    keys.remove("0001");
    expect(keys.size).toBe(500);
    expect([...keys.withPrefix("49")]).toEqual(["4907", "4917", "4927", "4937", "4947", "4957", "4967", "4977", "4987", "4997"]);
  });

  it("agrees with a set that is sorted each time", () => {
    const text = string({ maxLength: 3 });
    assert(
      property(array(tuple(text, boolean())), text, text, (steps, prefix, after) => {
        const keys = new SortedKeys();
        const model = new Set<string>();
        for (const [key, isAdded] of steps) {
          if (isAdded) keys.add(key);
          else keys.remove(key);
          if (isAdded) model.add(key);
          else model.delete(key);
        }
        const expected = [...model].filter((key) => key.startsWith(prefix) && key > after).sort();
        expect([...keys.withPrefix(prefix, after)]).toEqual(expected);
        expect([...keys.withPrefix(prefix)]).toEqual([...model].filter((key) => key.startsWith(prefix)).sort());
      }),
    );
  });
});
