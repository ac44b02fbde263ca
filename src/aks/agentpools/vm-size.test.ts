import { expect, test } from "vitest";
import type { Usage } from "#compute";
import { pickedSize, type Sizeless } from "./vm-size.ts";

const FAMILY = "standardDADSv5Family";
const cluster = { subscriptionId: "s", location: "eastus", generation: "current" } as const;

function pick(request: Partial<Sizeless>, short: Readonly<Record<string, number>> = {}): string {
  const names = ["cores", FAMILY, "standardDDSv5Family", "standardDPDSv5Family", "standardDSv3Family"];
  const usages = (): readonly Usage[] => names.map((name) => ({ name, current: 0, limit: short[name] ?? 100, isSet: false }));
  return pickedSize({ compute: { usages } as never }, { cluster, sent: {}, apiVersion: "2025-08-01", ...request });
}

test("before 2025 there is one size", () => {
  expect(pick({ apiVersion: "2024-10-01", sent: { mode: "System" } })).toBe("Standard_DS2_v2");
});

test("a cluster of the preview of 2019 has the size of then, also for the clients of today", () => {
  expect(pick({ cluster: { ...cluster, generation: "2019-preview" }, sent: { mode: "User" } })).toBe("Standard_DS2_v2");
});

test.each([
  ["System", 3, {}, "Standard_D8ads_v5"],
  ["User", 3, {}, "Standard_D4ads_v5"],
  ["System", 3, { [FAMILY]: 20 }, "Standard_D8ds_v5"],
  ["System", 3, { [FAMILY]: 24 }, "Standard_D8ads_v5"],
  // Nothing fits: the first one, which is refused when its machines are made.
  ["User", 3, { cores: 10 }, "Standard_D4ads_v5"],
] as const)("a pool of mode %s with %i nodes, where %j is left, gets %s", (mode, count, short, size) => {
  expect(pick({ sent: { mode, count } }, short)).toBe(size);
});
