import { describe, expect, it } from "vitest";
import { extraNodes, isAmount, surgeAfterRefusal, toleratedNodes, upgradeBatch } from "./batch.ts";

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

  it.each([
    { settings: { maxSurge: "3" }, want: { surge: 0, batch: 1 } },
    { settings: { maxSurge: "3", maxUnavailable: "2" }, want: { surge: 0, batch: 2 } },
  ])("adds no Spot nodes ($settings)", ({ settings, want }) => {
    expect(upgradeBatch({ count: 9, upgradeSettings: settings, scaleSetPriority: "Spot" }, "current")).toEqual(want);
  });

  it("always adds one node in the 2019 preview", () => {
    expect(upgradeBatch({ count: 9, upgradeSettings: { maxSurge: "5" } }, "2019-preview")).toEqual({ surge: 1, batch: 1 });
  });
});

describe("extraNodes", () => {
  it.each([
    { name: "as many as the surge", pool: { upgradeSettings: { maxSurge: "2" } }, want: 2 },
    { name: "as many again where all are replaced at once", pool: { upgradeStrategy: "BlueGreen" } as const, want: 9 },
    { name: "none of Spot", pool: { scaleSetPriority: "Spot" } as const, want: 0 },
  ])("$name", ({ pool, want }) => expect(extraNodes({ count: 9, ...pool }, "current")).toBe(want));
});

describe("an upgrade that cannot have its extra nodes", () => {
  const both = { maxSurge: "4", maxUnavailable: "2" };
  it.each([
    { name: "tries one", version: "1.35.0", settings: { maxSurge: "4" }, surge: 4, want: 1 },
    { name: "has no second try of one", version: "1.35.0", settings: { maxSurge: "4" }, surge: 1, want: undefined },
    { name: "has nothing to try before 1.35", version: "1.34.2", settings: { maxSurge: "4" }, surge: 4, want: undefined },
    { name: "tries one before it takes nodes out", version: "1.35.0", settings: both, surge: 4, want: 1 },
    { name: "takes nodes out when even one is refused", version: "1.35.0", settings: both, surge: 1, want: 0 },
    { name: "takes nodes out at once before 1.35", version: "1.34.2", settings: both, surge: 4, want: 0 },
  ])("$name", ({ version, settings, surge, want }) => {
    expect(surgeAfterRefusal({ count: 9, upgradeSettings: settings, orchestratorVersion: version }, "current", surge)).toBe(want);
  });

  it("goes on with what it can have", () => {
    expect(upgradeBatch({ count: 9, upgradeSettings: both }, "current", 1)).toEqual({ surge: 1, batch: 1 });
    expect(upgradeBatch({ count: 9, upgradeSettings: both }, "current", 0)).toEqual({ surge: 0, batch: 2 });
  });
});

describe("toleratedNodes", () => {
  const cordon = { undrainableNodeBehavior: "Cordon" } as const;
  it.each([
    { name: "none when nothing is said", settings: {}, want: 0 },
    { name: "none where nodes are given back", settings: { undrainableNodeBehavior: "Schedule", maxSurge: "5" } as const, want: 0 },
    { name: "as many as the surge", settings: { ...cordon, maxSurge: "33%" }, want: 3 },
    { name: "as many as are allowed", settings: { ...cordon, maxSurge: "1", maxBlockedNodes: "2" }, want: 2 },
    { name: "no more than the pool has", settings: { ...cordon, maxBlockedNodes: "20" }, want: 9 },
  ])("$name", ({ settings, want }) => expect(toleratedNodes({ count: 9, upgradeSettings: settings }, "current")).toBe(want));
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
