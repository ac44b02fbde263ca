import { describe, expect, it } from "vitest";
import { VirtualClock } from "./clock.ts";
import { TokenBuckets } from "./token-buckets.ts";

const RULE = { capacity: 2, perSecond: 0.5 };

describe("a token bucket", () => {
  it("gives what it holds, then tells how long the next token takes", () => {
    const buckets = new TokenBuckets(new VirtualClock(), 10);
    expect([1, 2, 3].map(() => buckets.take("a", RULE))).toEqual([
      { remaining: 1, waitMs: 0 },
      { remaining: 0, waitMs: 0 },
      { remaining: 0, waitMs: 2000 },
    ]);
  });

  it("fills up with time, up to its capacity", async () => {
    const clock = new VirtualClock();
    const buckets = new TokenBuckets(clock, 10);
    buckets.take("a", RULE);
    buckets.take("a", RULE);
    await clock.advance(1500);
    expect(buckets.take("a", RULE)).toEqual({ remaining: 0, waitMs: 500 });
    await clock.advance(500);
    expect(buckets.take("a", RULE)).toEqual({ remaining: 0, waitMs: 0 });
    await clock.advance(3_600_000);
    expect(buckets.take("a", RULE)).toEqual({ remaining: 1, waitMs: 0 });
  });

  it("is one for each key, and the one not asked for longest is forgotten", () => {
    const buckets = new TokenBuckets(new VirtualClock(), 2);
    for (const key of ["a", "b", "a", "c"]) buckets.take(key, RULE);
    expect(buckets.take("a", RULE)).toEqual({ remaining: 0, waitMs: 2000 });
    expect(buckets.take("b", RULE)).toEqual({ remaining: 1, waitMs: 0 });
  });
});
