import { describe, expect, test } from "vitest";
import { nameSuffix } from "./suffix.ts";

describe("the digits of a name", () => {
  // Expected values: Go 1's math/rand seeded with FNV-1a, and the documented cluster whose nodes are called aks-nodepool1-28993262-….
  test.each([
    ["myAKSClust-myResourceGroup-19da35", "28993262"],
    ["nodepool1", "24862129"],
    ["mynodepool", "36115696"],
    ["gpunodepool", "16665990"],
    ["agentpool", "99117399"],
    ["default", "24740563"],
    ["a", "41704259"],
  ])("of %s are %s", (text, digits) => {
    expect(nameSuffix(text)).toBe(digits);
  });

  test("are eight for any text", () => {
    for (let number = 0; number < 50; number++) expect(nameSuffix(`pool-${number}`)).toMatch(/^\d{8}$/);
  });
});
