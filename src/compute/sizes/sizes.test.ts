import { describe, expect, it } from "vitest";
import { sizesIn, vmSize } from "./sizes.ts";

describe("vmSize", () => {
  it.each([
    { name: "Standard_DS2_v2", vCPUs: 2, memoryMB: 7168, gpus: 0, family: "standardDSv2Family", premiumIO: true },
    { name: "Standard_NC6", vCPUs: 6, memoryMB: 57344, gpus: 1, family: "standardNCFamily", premiumIO: false },
    { name: "Standard_D4s_v5", vCPUs: 4, memoryMB: 16384, gpus: 0, family: "standardDSv5Family", premiumIO: true },
    { name: "Standard_D4_v5", vCPUs: 4, memoryMB: 16384, gpus: 0, family: "standardDv5Family", premiumIO: false },
  ])("knows $name", (want) => {
    expect(vmSize(want.name)).toMatchObject(want);
  });

  it("finds a size whatever its letter case, under Azure's own", () => {
    expect(vmSize("STANDARD_ds2_V2")?.name).toBe("Standard_DS2_v2");
  });

  it("knows no size that Azure has not", () => {
    expect(vmSize("Standard_DS2_v9")).toBeUndefined();
  });
});

describe("sizesIn", () => {
  it("offers a size only where it is on record, when its regions are", () => {
    const names = (location: string): string[] => sizesIn(location).map(({ name }) => name);
    expect(names("eastus")).toContain("Standard_NC6");
    expect(names("West US")).not.toContain("Standard_NC6");
    expect(names("westus3")).toContain("Standard_DS2_v2");
    expect(names("eastus").length).toBeGreaterThan(700);
  });
});
