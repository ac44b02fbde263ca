import { describe, expect, it } from "vitest";
import { CliError } from "../errors.ts";
import { limitOf } from "./commands.ts";
import { quotaTable, toldOf } from "./table.ts";

const QUOTAS = [
  { name: "cores", current: 0, limit: 10, isSet: true },
  { name: "lowPriorityCores", current: 0, limit: 100_000, isSet: false },
  { name: "standardDSv2Family", current: 4, limit: 100_000, isSet: false },
  { name: "standardDSv3Family", current: 0, limit: 4, isSet: true },
  { name: "standardDSv4Family", current: 0, limit: 100_000, isSet: false },
];

describe("quotaTable", () => {
  it("tells what is in use and what has been set", () => {
    const lines = quotaTable(toldOf(QUOTAS)).split("\n");
    expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
      ["NAME", "IN USE", "LIMIT", "SET"],
      ["cores", "0", "10", "yes"],
      ["lowPriorityCores", "0", "100000", "no"],
      ["standardDSv2Family", "4", "100000", "no"],
      ["standardDSv3Family", "0", "4", "yes"],
      [""],
    ]);
  });
});

describe("limitOf", () => {
  it("takes numbers, and the word for none", () => {
    expect([limitOf("0"), limitOf("100"), limitOf("default")]).toEqual([0, 100, null]);
  });
  it.each(["", "-1", "1.5", "ten", "9999999999"])("refuses %j", (text) => {
    expect(() => limitOf(text)).toThrow(CliError);
  });
});
