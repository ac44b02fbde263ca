import { describe, expect, it } from "vitest";
import { CliError } from "../errors.ts";
import { parseDuration } from "../duration.ts";
import { KIND_NAMES, kindName, specOf } from "./spec.ts";
import { faultTable } from "./table.ts";

const FLAGS = { dataDir: "d" };

describe("specOf", () => {
  it("names kinds in either way", () => {
    expect(specOf("kubelet-lost", FLAGS)).toEqual({ kind: "kubeletLost", target: {} });
    expect(specOf("kubeletLost", FLAGS)).toEqual({ kind: "kubeletLost", target: {} });
    expect(kindName("zonalAllocationFailed")).toBe("zonal-allocation-failed");
    expect(() => specOf("earthquake", FLAGS)).toThrow(KIND_NAMES.join(", "));
  });

  it("turns flags into what the server takes", () => {
    const flags = { ...FLAGS, clusterName: "c", nodepool: "p*", rate: "25%", count: "3", seed: "0", expiresIn: "2h" };
    expect(specOf("slow-boot", { ...flags, by: "1.5m" })).toEqual({
      kind: "slowBoot",
      target: { cluster: "c", pool: "p*" },
      rate: 0.25,
      count: 3,
      seed: 0,
      expiresInSeconds: 7200,
      seconds: 90,
    });
    expect(specOf("respond", { ...FLAGS, rate: "0.5", status: "503", retryAfter: "7", afterwards: true })).toMatchObject({
      rate: 0.5,
      status: 503,
      retryAfterSeconds: 7,
      afterwards: true,
    });
  });

  it.each([{ count: "two" }, { seed: "-1" }, { rate: "often" }, { expiresIn: "5 min" }, { status: "5xx" }])("refuses %j", (flags) => {
    expect(() => specOf("respond", { ...FLAGS, ...flags })).toThrow(CliError);
  });
});

describe("parseDuration", () => {
  it.each([
    ["90", 90],
    ["90s", 90],
    ["15m", 900],
    ["0.5h", 1800],
    ["1d", 86_400],
  ])("%s is %d seconds", (text, seconds) => {
    expect(parseDuration("--by", text)).toBe(seconds);
  });
  it.each(["", "s", "1w", "-5", "1e3", "1m30s"])("refuses %j", (text) => {
    expect(() => parseDuration("--by", text)).toThrow('--by takes a duration like 90s, 15m, 2h or 1d, not "');
  });
});

describe("faultTable", () => {
  it("tells what goes wrong, for whom and how often", () => {
    const rule = { id: "00000012", target: {}, rate: 1, seed: 1, createdAt: "2026-01-01T00:00:00.000Z", seen: 4, hits: 1 };
    const rules = [
      { ...rule, kind: "respond", status: 503, code: "Down", retryAfterSeconds: 5, afterwards: true, rate: 0.125 },
      { ...rule, kind: "slowBoot", seconds: 60, target: { pool: "p" }, count: 2, expiresAt: "2026-01-01T01:00:00.000Z" },
    ] as const;
    expect(
      faultTable(rules)
        .split("\n")
        .map((line) => line.split(/ {2,}/)),
    ).toEqual([
      ["ID", "KIND", "TARGET", "STRIKES", "HITS", "EXPIRES"],
      ["12", "respond (503, Down, retry after 5s, afterwards)", "everything", "12.5%", "1 of 4", "never"],
      ["12", "slow-boot (by 60s)", "pool=p", "always, 2 times", "1 of 4", "2026-01-01T01:00:00Z"],
      [""],
    ]);
  });
});
