import { describe, expect, it } from "vitest";
import { VirtualClock } from "#lib";
import { openMemoryStore } from "#store";
import { Life } from "./life.ts";
import { simulate } from "./simulate.ts";

/** Moves of a run here: enough for every kind of move, few enough for every check. */
const STEPS = 40;

describe("the service under random moves and crashes", () => {
  it.each([11, 17])(
    "keeps its promises (seed %i)",
    async (seed) => {
      const { trace, starts } = await simulate({ seed, steps: STEPS });
      expect(trace.length).toBeGreaterThan(STEPS);
      expect(starts).toBeGreaterThan(1);
      // What is refused only proves nothing: pools and workloads have been made.
      expect(trace.some((line) => /PUT (old|new)\/\w+ .*-> 20[01]/.test(line))).toBe(true);
    },
    60_000,
  );

  it("does the same again for the same seed, and something else for another", async () => {
    const run = async (seed: number): Promise<string> => (await simulate({ seed, steps: 8 })).hash;
    const [first, again, other] = [await run(5), await run(5), await run(6)];
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  }, 60_000);
});

describe("a life that ends", () => {
  const value = Buffer.from("1");
  const put = { kind: "put", key: "a", value } as const;

  it.each([
    { ending: "before", stored: undefined },
    { ending: "after", stored: "1" },
  ] as const)("$ending its transaction is stored never hears of it", async ({ ending, stored }) => {
    const base = openMemoryStore();
    const clock = new VirtualClock();
    const life = new Life(base, clock, () => undefined);
    const heard: string[] = [];
    life.store.watch({ prefix: "" }, () => heard.push("watch"));
    life.clock.after(5, () => heard.push("timer"));
    life.endIn(1, ending);
    void life.store.transact([], [put]).then(() => heard.push("answer"));
    await clock.advance(10);
    expect(heard).toEqual([]);
    expect(life.isOver).toBe(true);
    expect((await base.get("a"))?.value.toString()).toBe(stored);
  });
});
