import { describe, expect, it } from "vitest";
import type { Moment } from "../catalog/index.ts";
import { versionGoal, type VersionState } from "./version-goal.ts";

/** 1.35 is the newest minor version, 1.33 the oldest that is supported for all, 1.31 and 1.32 for the long term. */
const moment: Moment = { generation: "current", day: "2026-05-01" };
const goal = (state: Partial<VersionState>, at = moment): string | undefined =>
  versionGoal({ channel: "patch", version: "1.33.7", pools: ["1.33.7"], longTerm: false, ...state }, at);

describe("versionGoal", () => {
  it.each([
    { name: "none leaves all alone", state: { channel: "none" }, goal: undefined },
    { name: "node-image leaves the version alone", state: { channel: "node-image" }, goal: undefined },
    { name: "patch takes the newest patch", state: { channel: "patch" }, goal: "1.33.10" },
    { name: "patch has the newest patch", state: { channel: "patch", version: "1.33.10", pools: ["1.33.10"] }, goal: undefined },
    { name: "stable takes the next minor version", state: { channel: "stable" }, goal: "1.34.6" },
    { name: "stable stays on N-1", state: { channel: "stable", version: "1.34.2", pools: ["1.34.2"] }, goal: "1.34.6" },
    { name: "stable leaves N alone", state: { channel: "stable", version: "1.35.1", pools: ["1.35.1"] }, goal: undefined },
    { name: "rapid goes one minor version at a time", state: { channel: "rapid" }, goal: "1.34.6" },
    { name: "rapid goes to N", state: { channel: "rapid", version: "1.34.6", pools: ["1.34.6"] }, goal: "1.35.3" },
    { name: "rapid stays on N", state: { channel: "rapid", version: "1.35.3", pools: ["1.35.3"] }, goal: undefined },
    { name: "pools follow their control plane", state: { version: "1.33.10", pools: ["1.33.10", "1.33.7"] }, goal: "1.33.10" },
    { name: "a version out of support stays", state: { version: "1.30.11", pools: ["1.30.11"] }, goal: undefined },
    { name: "so does one for the long term", state: { version: "1.32.5", pools: ["1.32.5"] }, goal: undefined },
    { name: "but not of a cluster on that plan", state: { version: "1.32.5", pools: ["1.32.5"], longTerm: true }, goal: "1.32.11" },
  ] as const)("$name", ({ state, goal: expected }) => expect(goal(state)).toBe(expected));

  it("knows no previews", () => {
    // 1.35 is a preview on that day, and 1.34 the newest.
    const day = { generation: "current", day: "2026-02-20" } as const;
    expect(goal({ channel: "rapid", version: "1.34.2", pools: ["1.34.2"] }, day)).toBeUndefined();
    expect(goal({ channel: "stable", version: "1.32.7", pools: ["1.32.7"] }, day)).toBe("1.33.6");
  });
});
