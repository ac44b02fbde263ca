import { describe, expect, it } from "vitest";
import type { AgentPoolProperties } from "#api/containerservice/model";
import { kindOfChange } from "./change.ts";

const stored: AgentPoolProperties = {
  count: 3,
  vmSize: "Standard_DS2_v2",
  osDiskSizeGB: 100,
  maxPods: 110,
  osType: "Linux",
  type: "VirtualMachineScaleSets",
  mode: "User",
  orchestratorVersion: "1.12.6",
  currentOrchestratorVersion: "1.12.6",
  provisioningState: "Succeeded",
  eTag: "a",
};

describe("kindOfChange", () => {
  it.each([
    { name: "a pool that is new", wanted: stored, before: undefined, kind: "Creating" },
    { name: "another count alone", wanted: { ...stored, count: 5, eTag: "b" }, before: stored, kind: "Scaling" },
    { name: "another count and other labels", wanted: { ...stored, count: 5, nodeLabels: { a: "b" } }, before: stored, kind: "Updating" },
    {
      name: "another version",
      wanted: { ...stored, orchestratorVersion: "1.12.7", currentOrchestratorVersion: "1.12.7" },
      before: stored,
      kind: "Upgrading",
    },
    { name: "nothing else", wanted: stored, before: stored, kind: "Updating" },
  ])("$name: $kind", ({ wanted, before, kind }) => expect(kindOfChange(wanted, before)).toBe(kind));
});
