import { describe, expect, it } from "vitest";
import type { AgentPoolProperties } from "#api/containerservice/model";
import type { Instance } from "#compute";
import {
  autoscaledGroups,
  hasSameGroups,
  hasSameSizes,
  leastNodes,
  mostNodes,
  sizeGroups,
  withAutoscaledSizes,
  withCountOf,
  withNodesStatus,
  withoutMachines,
  withSizeGroups,
  withStanding,
} from "./virtual-machines.ts";

const D2 = "Standard_D2s_v3";
const D4 = "Standard_D4s_v3";

type Manual = readonly { readonly size?: string; readonly count?: number }[];

const pool = (manual: Manual, members: object = {}): AgentPoolProperties =>
  ({
    type: "VirtualMachines",
    count: 0,
    vmSize: "",
    virtualMachinesProfile: { scale: { manual } },
    ...members,
  }) as unknown as AgentPoolProperties;
const scaleSet = { type: "VirtualMachineScaleSets", count: 3, vmSize: D2 } as unknown as AgentPoolProperties;
const manualOf = (properties: AgentPoolProperties): unknown => properties.virtualMachinesProfile?.scale?.manual;
const running = (...sizes: string[]): Instance[] => sizes.map((vmSize) => ({ vmSize, state: "Running" }) as Instance);

describe("the sizes of a pool", () => {
  it("are those of the catalogue, and none of a scale set", () => {
    expect(sizeGroups(pool([{ size: "standard_d2s_V3", count: 1 }]))).toEqual([{ size: D2, count: 1 }]);
    expect(sizeGroups(scaleSet)).toBeUndefined();
  });

  it("give it its count, but for a pool that is stopped", () => {
    const manual = [
      { size: D4, count: 1 },
      { size: D2, count: 2 },
    ];
    expect(withSizeGroups(pool(manual))).toMatchObject({ count: 3, vmSize: D4 });
    expect(withSizeGroups(pool(manual, { powerState: { code: "Stopped" } }))).toMatchObject({ count: 0, vmSize: D4 });
    expect(withSizeGroups(scaleSet)).toBe(scaleSet);
  });

  it("fall by the machines that are gone, and keep their letter case", () => {
    const left = withoutMachines(
      pool([
        { size: "standard_d2s_v3", count: 2 },
        { size: D4, count: 1 },
      ]),
      running(D2, D4),
    );
    expect(manualOf(left)).toEqual([
      { size: "standard_d2s_v3", count: 1 },
      { size: D4, count: 0 },
    ]);
    expect(left.count).toBe(1);
    expect(withoutMachines(scaleSet, running(D2))).toBe(scaleSet);
  });

  it("are what stands after machines were evicted, and never more than was wanted", () => {
    const left = withStanding(
      pool([
        { size: D2, count: 3 },
        { size: D4, count: 1 },
      ]),
      running(D2, D4, D4),
    );
    expect(manualOf(left)).toEqual([
      { size: D2, count: 1 },
      { size: D4, count: 1 },
    ]);
    expect(withStanding(scaleSet, running(D2))).toMatchObject({ count: 1 });
  });

  it("show only machines that run", () => {
    const machines = [
      ...running(D2, D4, D2),
      { vmSize: D4, state: "Creating" } as Instance,
      { vmSize: D2, state: "Deallocated" } as Instance,
    ];
    expect(withNodesStatus(pool([]), () => machines).virtualMachineNodesStatus).toEqual([
      { size: D2, count: 2 },
      { size: D4, count: 1 },
    ]);
    expect(withNodesStatus(scaleSet, () => machines)).toBe(scaleSet);
  });

  it("are compared by name, with numbers or without", () => {
    const [two, three] = [pool([{ size: D2, count: 2 }]), pool([{ size: D2, count: 3 }])];
    expect([hasSameSizes(two, three), hasSameGroups(two, three), hasSameGroups(two, { ...two })]).toEqual([true, false, true]);
    expect(hasSameSizes(two, pool([{ size: D4, count: 2 }]))).toBe(false);
  });
});

describe("sizes that are autoscaled", () => {
  const mixed = (autoscale: readonly object[], manual: Manual = [{ size: D4, count: 2 }]): AgentPoolProperties =>
    pool([], { virtualMachinesProfile: { scale: { manual, autoscale } } });
  const bounds = { size: "standard_d2s_v3", minCount: 1, maxCount: 4 };

  it("have a number that is carried over by size, whoever set it, and held to the bounds", () => {
    const countOf = (stored: AgentPoolProperties | undefined): number | undefined =>
      autoscaledGroups(withAutoscaledSizes(mixed([bounds]), stored))[0]?.count;
    expect(countOf(undefined)).toBe(1);
    expect(countOf(pool([{ size: D2, count: 3 }]))).toBe(3);
    expect(countOf(mixed([{ ...bounds, count: 9 }]))).toBe(4);
    expect(countOf(scaleSet)).toBe(1);
  });

  it("take no number from a caller", () => {
    expect(autoscaledGroups(withAutoscaledSizes(mixed([{ ...bounds, count: 3 }]), undefined))[0]?.count).toBe(1);
  });

  it("count beside the others, and change alone", () => {
    const before = withSizeGroups(withAutoscaledSizes(mixed([bounds]), undefined));
    expect([before.count, leastNodes(before), mostNodes(before)]).toEqual([3, 3, 6]);
    const after = withCountOf(before, D2, 3);
    expect(sizeGroups(after)).toEqual([
      { size: D4, count: 2 },
      { size: D2, count: 3 },
    ]);
    expect([after.count, leastNodes(after), mostNodes(after)]).toEqual([5, 3, 6]);
    expect([leastNodes(scaleSet), mostNodes(scaleSet)]).toEqual([3, 3]);
  });

  it("are the same sizes only with the same bounds", () => {
    expect(hasSameSizes(mixed([bounds]), mixed([{ ...bounds, count: 2 }]))).toBe(true);
    expect(hasSameSizes(mixed([bounds]), mixed([{ ...bounds, maxCount: 5 }]))).toBe(false);
  });

  it("may be sent alone, as older previews do", () => {
    const alone = pool([], { virtualMachinesProfile: { scale: { autoscale: bounds } } });
    expect(autoscaledGroups(withAutoscaledSizes(alone, undefined))).toEqual([{ size: D2, min: 1, max: 4, count: 1 }]);
  });
});
