import { describe, expect, it } from "vitest";
import { candidate, type Setting } from "../../testing/candidate.ts";
import { firstRefusal } from "./candidate.ts";
import { placementRules } from "./placement.ts";

const MACHINE = { count: 1, type: "VirtualMachines", upgradeSettings: { maxSurge: "0", maxUnavailable: "1" } };
const machines = (count: number): NonNullable<Setting["machines"]> => Array.from({ length: count }, () => MACHINE);
const network = { podCidr: "10.0.0.0/8" };
const others = Array.from({ length: 4 }, () => ({ count: 1000 }));

const refusalOf = (setting: Setting): string | undefined => firstRefusal(candidate(setting), placementRules)?.message;

describe("machines that are made one by one", () => {
  it.each<{ readonly name: string; readonly setting: Setting; readonly told?: string }>([
    { name: "fill a cluster with a pool", setting: { network, others, machines: machines(990), properties: { count: 10 } } },
    {
      name: "are in the way of one node more",
      setting: { network, others, machines: machines(990), properties: { count: 11 } },
      told: "at most 5000 nodes over all agent pools, but 5001 were asked for",
    },
    {
      name: "are not in the way of a pool that shrinks",
      setting: { network, others, machines: machines(1000), stored: { count: 12 }, properties: { count: 11 } },
    },
    { name: "are none of the pools", setting: { network, machines: machines(200) } },
  ])("$name", ({ setting, told }) => {
    const message = refusalOf(setting);
    if (told === undefined) expect(message).toBeUndefined();
    else expect(message).toContain(told);
  });
});
