import type { Pod } from "#api/kubernetes/core";
import { expect, it } from "vitest";
import { surplusTerminated } from "./plan.ts";

function ended(name: string, minute: number, reason?: string): Pod {
  return {
    metadata: { name, creationTimestamp: `2024-01-01T12:0${minute}:00Z` },
    spec: { containers: [] },
    status: { phase: reason === undefined ? "Succeeded" : "Failed", ...(reason !== undefined && { reason }) },
  };
}

it.each([
  { name: "none within the threshold", threshold: 3, want: [] },
  { name: "evicted ones first", threshold: 2, want: ["evicted"] },
  { name: "then the oldest", threshold: 1, want: ["evicted", "old"] },
])("surplusTerminated: $name", ({ threshold, want }) => {
  const pods = [ended("young", 3), ended("old", 1), ended("evicted", 5, "Evicted")];
  expect(surplusTerminated(pods, threshold).map(({ metadata }) => metadata.name)).toEqual(want);
});
