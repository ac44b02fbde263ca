import { describe, expect, it } from "vitest";
import { isAmount, upgradeBatch } from "./batch.ts";

describe("upgradeBatch", () => {
  it.each([
    { name: "one extra node when nothing is said", count: 3, settings: {}, want: { surge: 1, batch: 1 } },
    { name: "a count is taken as it is", count: 9, settings: { maxSurge: "3" }, want: { surge: 3, batch: 3 } },
    { name: "a share rounds up", count: 4, settings: { maxSurge: "33%" }, want: { surge: 2, batch: 2 } },
    { name: "no more than the pool has", count: 2, settings: { maxSurge: "5" }, want: { surge: 2, batch: 2 } },
    { name: "none extra, two out at a time", count: 5, settings: { maxSurge: "0", maxUnavailable: "2" }, want: { surge: 0, batch: 2 } },
    { name: "an empty pool needs none", count: 0, settings: {}, want: { surge: 0, batch: 1 } },
  ])("$name", ({ count, settings, want }) => {
    expect(upgradeBatch({ count, upgradeSettings: settings }, "current")).toEqual(want);
  });

  it("always adds one node in the 2019 preview", () => {
    expect(upgradeBatch({ count: 9, upgradeSettings: { maxSurge: "5" } }, "2019-preview")).toEqual({ surge: 1, batch: 1 });
  });
});

describe("isAmount", () => {
  it.each([
    ["3", true],
    ["33%", true],
    ["100%", true],
    ["101%", false],
    ["-1", false],
    ["1.5", false],
    ["", false],
    ["many", false],
  ])("%j is %j", (text, want) => expect(isAmount(text)).toBe(want));
});
