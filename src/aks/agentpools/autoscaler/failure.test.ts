import { describe, expect, it } from "vitest";
import type { PoolWork, StoredPool } from "../../documents.ts";
import { afterFailedScaling, type Standing } from "./failure.ts";

const NOW = 10_000_000;
const FAILURE = { code: "QuotaExceeded", message: "no cores" };

function pool(autoscaled: "up" | "down", more: Partial<StoredPool> = {}): StoredPool {
  const work: PoolWork = { kind: "Scaling", autoscaled, startedMs: 0, begunMs: 0, drains: {} };
  return {
    name: "p",
    sequence: 1,
    createdMs: 0,
    suffix: "12345678",
    withdrawn: { labels: [], taints: [] },
    properties: {
      count: 4,
      minCount: 1,
      maxCount: 5,
      enableAutoScaling: true,
      vmSize: "Standard_DS2_v2",
      osDiskSizeGB: 128,
      maxPods: 110,
      osType: "Linux",
      type: "VirtualMachineScaleSets",
      mode: "User",
      orchestratorVersion: "1.34.2",
      provisioningState: "Succeeded",
      powerState: { code: "Running" },
    },
    work,
    ...more,
  };
}

function standing(...ready: boolean[]): Standing {
  return { nowMs: NOW, pace: (realMs) => realMs, machines: ready.map((each, index) => ({ name: `n${index}`, ready: each })) };
}

describe("afterFailedScaling", () => {
  it("goes back to what stands, without a failure that shows, and backs off", () => {
    const after = afterFailedScaling(pool("up"), FAILURE, standing(true, true));
    expect(after).toMatchObject({ properties: { count: 2, provisioningState: "Succeeded" } });
    expect(after.work).toBeUndefined();
    expect(after.failure).toBeUndefined();
    expect(after.scaled?.backoff).toEqual({ sinceMs: NOW, untilMs: NOW + 300_000, ...FAILURE });
  });

  it("backs off for twice as long each time, for half an hour at most, and begins anew after three hours", () => {
    const again = (sinceMs: number, untilMs: number): number => {
      const scaled = { backoff: { sinceMs, untilMs, ...FAILURE } };
      const { backoff } = afterFailedScaling(pool("up", { scaled }), FAILURE, standing(true)).scaled ?? {};
      return (backoff?.untilMs ?? 0) - NOW;
    };
    expect(again(NOW - 301_000, NOW - 1_000)).toBe(600_000);
    expect(again(NOW - 1_300_000, NOW - 100_000)).toBe(1_800_000);
    expect(again(0, NOW - 3 * 3_600_000 - 1)).toBe(300_000);
  });

  it("takes machines away that did not become Ready in time, down to the minimum", () => {
    const after = afterFailedScaling(pool("up"), FAILURE, standing(true, false, true, false));
    expect(after.properties.count).toBe(2);
    expect(after.work).toMatchObject({ autoscaled: "down", removal: { machines: ["n1", "n3"], count: 2 } });
    expect(afterFailedScaling(pool("up"), FAILURE, standing(false, false)).work?.removal).toEqual({ machines: ["n1"], count: 1 });
    expect(afterFailedScaling(pool("up"), FAILURE, standing(false)).work).toBeUndefined();
  });

  it("waits before the next removal when one failed", () => {
    const after = afterFailedScaling(pool("down"), FAILURE, standing(true, true, false));
    expect(after).toMatchObject({ properties: { count: 3 }, scaled: { downFailedMs: NOW } });
    expect(after.work).toBeUndefined();
  });

  it("bars the size that could not be had alone, and takes its late machines away down to its own minimum", () => {
    const [D2, D4] = ["Standard_D2s_v3", "Standard_D4s_v3"];
    const autoscale = [
      { size: D2, minCount: 1, maxCount: 5, count: 4 },
      { size: D4, minCount: 1, maxCount: 5, count: 1 },
    ];
    const scaling = pool("up");
    const { minCount: _min, maxCount: _max, ...rest } = scaling.properties;
    const properties = {
      ...rest,
      count: 5,
      enableAutoScaling: false,
      type: "VirtualMachines" as const,
      virtualMachinesProfile: { scale: { autoscale } },
    };
    const work: PoolWork = { kind: "Scaling", autoscaled: "up", autoscaledSize: D2, startedMs: 0, begunMs: 0, drains: {} };
    const machines = [
      { name: "a", ready: true, vmSize: D2 },
      { name: "b", ready: false, vmSize: D4 },
      { name: "c", ready: false, vmSize: D2 },
    ];
    const after = afterFailedScaling({ ...scaling, properties, work }, FAILURE, { ...standing(), machines });
    expect(after.scaled).toEqual({ backoffs: { [D2]: { sinceMs: NOW, untilMs: NOW + 300_000, ...FAILURE } } });
    expect(after.work?.removal).toEqual({ machines: ["c"], count: 2 });
    expect(after.properties.virtualMachinesProfile?.scale?.autoscale?.map(({ count }) => count)).toEqual([1, 1]);
    expect(after.properties.count).toBe(2);
  });
});
