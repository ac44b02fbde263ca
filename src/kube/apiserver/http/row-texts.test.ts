import { describe, expect, it } from "vitest";
import type { KubeObject } from "#api/kubernetes/meta";
import type { StrategyContext } from "../registry/kind.ts";
import type { Listed } from "../storage/resource-cache.ts";
import { RowTexts } from "./row-texts.ts";

const START = Date.UTC(2024, 0, 1, 12);
const at = (nowMs: number, version = "1.35.0"): StrategyContext => ({ nowMs, version });
const object = (name: string): KubeObject => ({ metadata: { name, creationTimestamp: "2024-01-01T12:00:00Z" } });
const kept = (each: KubeObject): Listed => ({ object: each, bytes: new Uint8Array(1), revision: 1 });

/** Rows of name and age, and how often each was made. */
function counting(): { readonly made: string[]; readonly make: (object: KubeObject, context: StrategyContext) => string } {
  const made: string[] = [];
  return {
    made,
    make({ metadata }, context) {
      made.push(metadata.name);
      return JSON.stringify([metadata.name, context.ageMark ?? "no mark", context.version]);
    },
  };
}

describe("RowTexts", () => {
  it("makes a row once, and puts the age of the time in", () => {
    const rows = new RowTexts();
    const { made, make } = counting();
    const item = kept(object("a"));
    expect(rows.forList(at(START + 5000), make)(item)).toBe('["a","5s","1.35.0"]');
    expect(rows.forList(at(START + 3_600_000), make)(item)).toBe('["a","60m","1.35.0"]');
    expect(made).toEqual(["a"]);
  });

  it("makes the row of another state anew", () => {
    const rows = new RowTexts();
    const { made, make } = counting();
    const row = rows.forList(at(START), make);
    row(kept(object("a")));
    row(kept(object("a")));
    expect(made).toEqual(["a", "a"]);
  });

  it("forgets all when the release is another", () => {
    const rows = new RowTexts();
    const { made, make } = counting();
    const item = kept(object("a"));
    rows.forList(at(START), make)(item);
    expect(rows.forList(at(START, "1.36.0"), make)(item)).toBe('["a","0s","1.36.0"]');
    expect(made).toEqual(["a", "a"]);
  });

  it("keeps no row that says more of the time, or that is of no stored object", () => {
    const rows = new RowTexts();
    const timed = (each: KubeObject, context: StrategyContext): string =>
      JSON.stringify([each.metadata.name, context.ageMark ?? "no mark", context.nowMs - START]);
    const item = kept(object("a"));
    expect(rows.forList(at(START + 1000), timed)(item)).toBe('["a","no mark",1000]');
    expect(rows.forList(at(START + 2000), timed)(item)).toBe('["a","no mark",2000]');
    const { made, make } = counting();
    const made1 = { object: object("b") };
    const row = rows.forList(at(START), make);
    expect([row(made1), row(made1)]).toEqual(['["b","no mark","1.35.0"]', '["b","no mark","1.35.0"]']);
    expect(made).toEqual(["b", "b"]);
  });
});
